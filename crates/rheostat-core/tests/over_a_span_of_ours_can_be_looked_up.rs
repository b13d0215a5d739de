//! Over a stack whose layers look spans up by the ids that the program has: a span that only we keep is there to
//! be found, empty, until it closes.

mod common;
mod host;

use std::cell::RefCell;

use common::World;
use host::Shipped;
use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use rheostat_core::mount::Root;
use tracing::dispatcher::with_default;
use tracing::{Dispatch, Span, info_span};
use tracing_error::SpanTrace;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan as _;

const POLICY: &str = r#"
    [[rules]]
    name = "spans"
    match = { target = "ours", span = "*" }
    count = { metric = "spans_total", labels = ["n"] }
"#;

/// A stack inside our root.
fn over() -> (World, Dispatch) {
    let world = World {
        engine: World::engine(),
        neighbour: common::Neighbour::new().1,
        has_neighbour: false,
    };
    let over = Root::over(world.engine.clone(), Shipped::default().stack(true));
    let over = Dispatch::new(over);
    world.apply(POLICY);
    (world, over)
}

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

#[test]
fn the_current_span_can_be_asked_where_it_is_one_of_ours() {
    let (_world, over) = over();
    with_default(&over, || {
        info_span!(target: "theirs", "theirs").in_scope(|| {
            info_span!(target: "ours", "ours").in_scope(|| {
                ask(&Span::current());
                let trace = SpanTrace::capture();
                assert!(trace.to_string().contains("ours::ours"), "{trace}");
            });
            let trace = SpanTrace::capture();
            assert!(trace.to_string().contains("theirs::theirs"), "{trace}");
        });
    });
}

#[test]
fn the_registry_forgets_a_span_when_it_closes() {
    let (_world, over) = over();
    let registry = over.downcast_ref::<Registry>().expect("it is inside");
    with_default(&over, || {
        let parent = info_span!(target: "ours", "parent");
        let child = info_span!(target: "ours", parent: &parent, "child");
        let ids = [&parent, &child].map(|span| span.id().expect("it is kept"));
        let open = || ids.clone().map(|id| registry.span_data(&id).is_some());
        drop(parent.clone());
        drop(parent);
        assert_eq!(open(), [true, true], "a child holds its parent");
        drop(child);
        assert_eq!(open(), [false, false]);
    });
}

thread_local! {
    static LATE: RefCell<Option<Late>> = const { RefCell::new(None) };
}

struct Late(Dispatch);

impl Drop for Late {
    fn drop(&mut self) {
        // Whatever the thread still has: not a panic, which here would abort.
        let span = self
            .0
            .downcast_ref::<Registry>()
            .map(|_| with_default(&self.0, || info_span!(target: "ours", "late")));
        span.iter().for_each(ask);
    }
}

#[test]
fn a_span_that_opens_while_its_thread_ends_does_no_harm() {
    let (_world, over) = over();
    for used_before in [true, false] {
        let over = over.clone();
        let thread = std::thread::spawn(move || {
            let late = || LATE.with(|late| *late.borrow_mut() = Some(Late(over.clone())));
            let use_it = || {
                with_default(&over, || drop(info_span!(target: "theirs", "first")));
                with_default(&over, || drop(info_span!(target: "ours", "second")));
            };
            if used_before {
                use_it();
                late();
            } else {
                late();
                use_it();
            }
        });
        assert!(thread.join().is_ok());
    }
}
