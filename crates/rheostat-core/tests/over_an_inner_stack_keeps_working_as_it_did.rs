//! The root around a stack: what only we want does not reach it, its filters do not limit us, its
//! spans keep its ids, and it is never shown a span that it does not know.

mod common;

use common::{Mount, Neighbour, Telling, Told, World, on};
use rheostat_core::mount::Root;
use tracing::Dispatch;
use tracing::dispatcher::with_default;
use tracing_subscriber::filter::{EnvFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan as _;
use tracing_subscriber::{Registry, registry};

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "ours", event = "*" }
    count = { metric = "seen_total", labels = ["ours", "theirs"] }
    [[rules]]
    name = "spans"
    match = { target = "ours", span = "*" }
    count = { metric = "spans_total", labels = ["ours"] }
    [[rules]]
    name = "both"
    match = { target = "both" }
    count = { metric = "both_total", labels = ["ours", "theirs"] }
"#;

/// A world whose inner stack wants the targets `theirs` and `both`.
fn world() -> (World, Dispatch) {
    let engine: std::sync::Arc<rheostat_core::Engine<Telling>> = World::engine();
    let (neighbour, told) = Neighbour::new();
    let wanted = Targets::new()
        .with_target("theirs", tracing::Level::TRACE)
        .with_target("both", tracing::Level::TRACE);
    let inner = registry().with(neighbour.with_filter(wanted));
    let dispatch = Dispatch::new(Root::over(engine.clone(), inner));
    let world = World {
        engine,
        neighbour: told,
        has_neighbour: true,
    };
    world.apply(POLICY);
    (world, dispatch)
}

fn told(told: &Told) -> Vec<String> {
    told.lines()
}

#[test]
fn what_only_we_want_never_reaches_the_inner_stack() {
    let (world, dispatch) = world();
    with_default(&dispatch, || {
        let span = tracing::info_span!(target: "ours", "span", ours = 1);
        span.in_scope(|| tracing::info!(target: "ours", "event"));
    });
    assert_eq!(told(&world.neighbour), [""; 0]);
    assert_eq!(world.heard(), ["seen ours=1 theirs=", "spans close ours=1"]);
}

#[test]
fn a_global_filter_inside_does_not_limit_us() {
    let engine: std::sync::Arc<rheostat_core::Engine<Telling>> = World::engine();
    let (neighbour, seen) = Neighbour::new();
    let inner = registry().with(neighbour).with(EnvFilter::new("warn"));
    let dispatch = Dispatch::new(Root::over(engine.clone(), inner));
    let world = World {
        engine,
        neighbour: seen,
        has_neighbour: true,
    };
    world.apply(POLICY);
    with_default(&dispatch, || {
        tracing::info!(target: "ours", "wanted by us alone");
        tracing::warn!(target: "ours", "wanted by both");
    });
    assert_eq!(world.heard().len(), 2);
    assert_eq!(told(&world.neighbour), ["event wanted by both in -"]);
}

#[test]
fn a_span_of_the_inner_stack_keeps_its_id() {
    let (_world, dispatch) = world();
    with_default(&dispatch, || {
        let span = tracing::info_span!(target: "both", "span");
        let id = span.id().expect("it is enabled");
        let registry = dispatch.downcast_ref::<Registry>().expect("it is inside");
        let data = registry.span_data(&id).expect("it knows its own id");
        assert_eq!(
            tracing_subscriber::registry::SpanData::metadata(&data).name(),
            "span"
        );
    });
}

#[test]
fn a_parent_of_ours_stands_for_the_nearest_span_that_is_known_inside() {
    let (world, dispatch) = world();
    with_default(&dispatch, || {
        let known = tracing::info_span!(target: "theirs", "known", theirs = "k");
        let inside = known.enter();
        let ours = tracing::info_span!(target: "ours", "ours", ours = 1);
        drop(inside);
        let deeper = tracing::info_span!(target: "ours", parent: &ours, "deeper", ours = 2);
        let child = tracing::info_span!(target: "theirs", parent: &deeper, "child");
        tracing::info!(target: "theirs", parent: &deeper, n = 1, text = "x", debug = ?Some(1), "event");
        child.follows_from(&deeper);
        let root = tracing::info_span!(target: "ours", parent: None, "root", ours = 3);
        drop(tracing::info_span!(target: "theirs", parent: &root, "alone"));
        drop((child, deeper, ours, root));
        drop(known);
    });
    assert_eq!(
        told(&world.neighbour),
        [
            "open known in -",
            "open child in known",
            "event event n=1 text=\"x\" debug=Some(1) in known",
            "child follows known",
            "open alone in -",
            "close alone",
            "close child",
            "close known",
        ]
    );
    assert_eq!(world.status().open_spans, 0);
}

#[test]
fn a_known_ancestor_that_closed_is_passed_over() {
    let (world, dispatch) = world();
    with_default(&dispatch, || {
        let far = tracing::info_span!(target: "theirs", "far");
        let inside_far = far.enter();
        let near = tracing::info_span!(target: "theirs", "near");
        let inside_near = near.enter();
        let ours = tracing::info_span!(target: "ours", "ours", ours = 1);
        drop(inside_near);
        drop(inside_far);
        drop(near);
        // `near` has closed inside: what we keep does not hold what others keep.
        drop(tracing::info_span!(target: "theirs", parent: &ours, "child"));
        drop((ours, far));
    });
    let told = told(&world.neighbour);
    assert_eq!(told[2], "close near");
    assert!(told[3].starts_with("open child in"), "{told:?}");
}

#[test]
fn the_current_span_is_the_innermost_of_either() {
    let (_world, dispatch) = world();
    let name = || {
        tracing::Span::current()
            .metadata()
            .map(|metadata| metadata.name())
    };
    with_default(&dispatch, || {
        assert_eq!(name(), None);
        let theirs = tracing::info_span!(target: "theirs", "theirs");
        let ours = tracing::info_span!(target: "ours", "ours");
        theirs.in_scope(|| {
            assert_eq!(name(), Some("theirs"));
            ours.in_scope(|| {
                assert_eq!(name(), Some("ours"));
                tracing::info_span!(target: "both", "both").in_scope(|| {
                    assert_eq!(name(), Some("both"));
                });
                assert_eq!(name(), Some("ours"));
            });
            assert_eq!(name(), Some("theirs"));
        });
        assert_eq!(name(), None);
    });
}

#[test]
fn a_record_under_the_inner_stack_is_seen_once_by_each() {
    on(
        "a_record_under_the_inner_stack_is_seen_once_by_each",
        |case| case.mount != Mount::Subscriber,
        |_, world| {
            world.apply(POLICY);
            let span = tracing::info_span!(target: "both", "span", ours = 1, theirs = 2);
            span.in_scope(|| tracing::info!(target: "both", "event"));
            drop(span);
            assert_eq!(world.heard(), ["both ours=1 theirs=2"]);
            let expected = ["open span in -", "event event in span", "close span"];
            assert_eq!(told(&world.neighbour), expected);
        },
    );
}
