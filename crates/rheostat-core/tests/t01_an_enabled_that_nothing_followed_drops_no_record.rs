//! T1: a question to `Dispatch::enabled` that no record follows leaves per-layer filters an answer
//! that is not meant for the next record. We must not be fooled by it, and where we stand around
//! others, neither must they.

mod common;

use std::sync::Arc;

use common::{Mount, Neighbour, Telling, World, everywhere};
use rheostat_core::Engine;
use rheostat_core::mount::Root;
use tracing::dispatcher;
use tracing::subscriber::with_default;
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

const POLICY: &str = r#"
    [[rules]]
    name = "spans"
    match = { target = "app", span = "work" }
    count = { metric = "spans_total" }
    [[rules]]
    name = "events"
    match = { target = "app", event = "*" }
    count = { metric = "events_total" }
"#;

/// What `log_enabled!` through a `LogTracer` does: a question about metadata made up on the stack.
fn ask_about_something_unwanted() {
    let like = tracing_log::log::Metadata::builder()
        .target("nobody::wants::this")
        .level(tracing_log::log::Level::Trace)
        .build();
    dispatcher::get_default(|dispatch| dispatch.enabled(&tracing_log::AsTrace::as_trace(&like)));
}

fn six_times() {
    for _ in 0..6 {
        ask_about_something_unwanted();
        let _work = tracing::info_span!(target: "app", "work");
        ask_about_something_unwanted();
        tracing::info!(target: "app", "done");
    }
}

#[test]
fn an_enabled_that_nothing_followed_drops_no_record() {
    everywhere(
        "an_enabled_that_nothing_followed_drops_no_record",
        |case, world| {
            world.apply(POLICY);
            six_times();
            let heard = world.heard();
            assert_eq!(heard.len(), 12, "{heard:?}");
            if case.mount == Mount::Over {
                let told = world.neighbour.lines();
                assert_eq!(told.len(), 18, "open, event, close: {told:?}");
            }
        },
    );
}

#[test]
fn a_filtered_neighbour_inside_the_root_loses_none_either() {
    let engine: Arc<Engine<Telling>> = World::engine();
    let (neighbour, told) = Neighbour::new();
    let filter = Targets::new().with_target("app", LevelFilter::INFO);
    let inner =
        tracing_subscriber::registry().with(neighbour.with_filter(filter.and(LevelFilter::DEBUG)));
    with_default(Root::over(engine.clone(), inner), || {
        six_times();
        assert_eq!(told.lines().len(), 18);
        let world = World {
            engine: engine.clone(),
            neighbour: told.clone(),
            has_neighbour: true,
        };
        world.apply(POLICY);
        six_times();
        assert_eq!(told.lines().len(), 18);
        assert_eq!(world.heard().len(), 12);
    });
}
