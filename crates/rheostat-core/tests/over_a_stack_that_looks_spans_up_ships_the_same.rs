//! A stack whose layers look spans up, in a program that asks spans which the stack does not want: inside our root
//! it ships what it ships without us.
//!
//! Alone here: beside another subscriber the stack's own filters forget what they said.

mod common;
mod host;

use common::World;
use host::Shipped;
use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use rheostat_core::mount::Root;
use tracing::dispatcher::with_default;
use tracing::{Dispatch, Span, info, info_span};
use tracing_error::SpanTrace;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const POLICY: &str = r#"
    [[rules]]
    name = "spans"
    match = { target = "ours", span = "*" }
    count = { metric = "spans_total", labels = ["n"] }
    [[rules]]
    name = "both"
    match = { target = "theirs", span = "*" }
    count = { metric = "theirs_total" }
    [[rules]]
    name = "sometimes"
    match = { target = "theirs", event = "*" }
    count = { metric = "events_total", labels = ["n"] }
"#;

fn remote() -> Context {
    Context::new().with_remote_span_context(SpanContext::new(
        TraceId::from(77),
        SpanId::from(7),
        TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    ))
}

/// All that a program may ask a span for.
fn ask(span: &Span) {
    let _refused = span.set_parent(remote());
    span.set_attribute("asked", true);
    span.add_link(SpanContext::new(
        TraceId::from(1),
        SpanId::from(1),
        TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    ));
    let _context = span.context();
}

fn program() {
    let request = info_span!(target: "theirs", "request", n = 1);
    assert!(request.set_parent(remote()).is_ok());
    let inside = request.enter();
    let ours = info_span!(target: "ours", "ours", n = 2);
    ask(&ours);
    ours.in_scope(|| {
        info!(target: "theirs", n = 3, "in ours");
        let _trace = SpanTrace::capture();
        ask(&info_span!(target: "ours", "deeper", n = 4));
        let child = info_span!(target: "theirs", "child", n = 5);
        child.in_scope(|| info!(target: "theirs", "in child"));
        // Without us the parent would be none: `tracing` names no disabled span.
        let explicit = info_span!(target: "theirs", parent: &ours, "explicit");
        explicit.follows_from(&ours);
        info!(target: "theirs", parent: &ours, "explicit");
    });
    drop(inside);
    let outlives = ours.clone();
    drop((ours, request));
    std::thread::scope(|threads| {
        let dispatch = tracing::dispatcher::get_default(Dispatch::clone);
        threads.spawn(move || {
            with_default(&dispatch, || {
                ask(&outlives);
                drop(info_span!(target: "theirs", parent: &outlives, "explicit, and late"));
            });
        });
    });
}

#[test]
fn what_the_stack_ships_is_what_it_ships_without_us() {
    for as_a_whole in [true, false] {
        let (without, over) = (Shipped::default(), Shipped::default());
        with_default(&Dispatch::new(without.stack(as_a_whole)), program);
        let world = World {
            engine: World::engine(),
            neighbour: common::Neighbour::new().1,
            has_neighbour: false,
        };
        let root = Root::over(world.engine.clone(), over.stack(as_a_whole));
        let dispatch = Dispatch::new(root);
        world.apply(POLICY);
        with_default(&dispatch, program);
        assert_eq!(without.printed(), over.printed());
        assert_eq!(without.exported(), over.exported());
        assert_eq!(over.exported().len(), 2);
        let heard = world.heard();
        assert_eq!(
            heard.len(),
            9,
            "two of ours, four spans and three events of theirs: {heard:?}"
        );
        assert_eq!(world.status().open_spans, 0);
    }
}
