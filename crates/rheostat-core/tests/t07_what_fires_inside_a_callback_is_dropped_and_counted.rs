//! T7, T23: a `Debug` that logs, one that panics, one that opens spans. With a global subscriber
//! nothing of `tracing`'s guards against re-entrance.

mod common;

use std::fmt;

use common::{Mount, everywhere};

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*" }
    count = { metric = "seen_total", labels = ["value"] }
    [[rules]]
    name = "inner"
    match = { target = "inner" }
    count = { metric = "inner_total" }
"#;

/// Logs while it is formatted.
struct Loud;

impl fmt::Debug for Loud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tracing::info!(target: "inner", "from a Debug");
        tracing::info_span!(target: "inner", "span").in_scope(|| f.write_str("loud"))
    }
}

/// Panics while it is formatted.
struct Broken;

impl fmt::Debug for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("this is what the test is about")
    }
}

#[test]
fn what_fires_inside_a_callback_is_dropped_and_counted() {
    let name = "what_fires_inside_a_callback_is_dropped_and_counted";
    everywhere(name, |case, world| {
        world.apply(POLICY);
        tracing::info!(target: "app", value = ?Loud);
        let heard = world.heard();
        let seen = heard.iter().filter(|line| *line == "seen value=loud");
        assert_eq!(seen.count(), 1, "{heard:?}");
        if case.mount == Mount::Subscriber {
            assert_eq!(heard.len(), 1, "{heard:?}");
        }
        // A scoped dispatcher refuses what fires inside it before we hear of it.
        let counted = world.status().reentrant;
        assert_eq!(counted > 0, case.global, "{counted}");
        // The program's own records go on as before.
        tracing::info!(target: "inner", "from outside");
        assert!(world.heard().contains(&"inner".to_owned()));
    });
}

#[test]
fn a_debug_that_panics_is_counted_and_loses_only_its_value() {
    let name = "a_debug_that_panics_is_counted_and_loses_only_its_value";
    common::on(
        name,
        |case| case.mount == Mount::Subscriber,
        |_, world| {
            world.apply(POLICY);
            tracing::info!(target: "app", value = ?Broken);
            assert_eq!(world.heard(), ["seen value="]);
            assert_eq!(world.status().debug_panics, 1);
        },
    );
}
