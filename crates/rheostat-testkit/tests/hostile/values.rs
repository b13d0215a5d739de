//! Values whose `Debug` panics or logs.

use std::fmt;

use crate::world::hostile;

/// Panics while it is formatted.
struct Broken;

impl fmt::Debug for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("this is what the test is about")
    }
}

/// Logs while it is formatted.
struct Loud;

impl fmt::Debug for Loud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tracing::info!(target: "app", number = 99, "from inside a record");
        f.write_str("loud")
    }
}

#[test]
fn a_debug_that_panics_costs_its_value_and_nothing_else() {
    let name = "values::a_debug_that_panics_costs_its_value_and_nothing_else";
    hostile(name, "", |world| {
        for number in 0..10_u64 {
            if number.is_multiple_of(3) {
                tracing::info!(target: "app", number, value = ?Broken);
            } else {
                tracing::info!(target: "app", number, value = "fine");
            }
        }
        world.assert_all_kept(10);
        assert_eq!(world.kit.engine().status().debug_panics, 4);
    });
}

#[test]
fn a_debug_that_logs_costs_what_it_logs_and_nothing_else() {
    let name = "values::a_debug_that_logs_costs_what_it_logs_and_nothing_else";
    hostile(name, "", |world| {
        for number in 0..10_u64 {
            if number.is_multiple_of(3) {
                tracing::info!(target: "app", number, value = ?Loud);
            } else {
                tracing::info!(target: "app", number, value = "fine");
            }
        }
        world.assert_all_kept(10);
        assert_eq!(world.kit.engine().status().reentrant, 4);
    });
}
