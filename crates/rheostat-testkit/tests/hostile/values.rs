//! Values whose `Debug` panics or logs.

use std::fmt;

use rheostat_core::ledger::Cause;
use tracing::field::Empty;

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
fn a_debug_that_panics_in_a_span_or_a_message_costs_its_value_and_nothing_else() {
    let name =
        "values::a_debug_that_panics_in_a_span_or_a_message_costs_its_value_and_nothing_else";
    let spans = "[sinks.spans]\ntype = 'file'\npath = '{folder}/spans'\n\
        [[rules]]\nname = 'spans'\nmatch = { span = 'work' }\nstream = { sink = 'spans' }\n";
    hostile(name, spans, |world| {
        // Thirty backtraces would take longer than all the rest.
        std::panic::set_hook(Box::new(|_| {}));
        for number in 0..10_u64 {
            let span = tracing::info_span!(target: "app", "work", at_open = ?Broken, later = Empty);
            span.record("later", tracing::field::debug(Broken));
            span.in_scope(|| tracing::info!(target: "app", number, "it is {:?}", Broken));
        }
        world.assert_all_kept(10);
        assert_eq!(world.kit.ended("spans", "spans", Cause::Delivered), 10);
        assert_eq!(world.kit.engine().status().debug_panics, 30);
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
