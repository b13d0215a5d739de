//! The root around a stack: one handle of a span is still being given back, inside, while another thread
//! gives back the last one. The span that comes next has nothing to do with either.

mod common;

use std::cell::Cell;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use common::{Neighbour, World};
use rheostat_core::mount::Root;
use tracing::dispatcher::with_default;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry;

const POLICY: &str = r#"
    [[rules]]
    name = "spans"
    match = { span = "*" }
    count = { metric = "spans_total" }
"#;

thread_local! {
    static SLOW: Cell<bool> = const { Cell::new(false) };
}

/// A stack that takes its time, after the fact, on threads that are slow.
struct Slow<S> {
    inner: S,
    closing: Sender<()>,
    may_go_on: Mutex<Receiver<()>>,
}

impl<S: Subscriber> Subscriber for Slow<S> {
    fn register_callsite(
        &self,
        metadata: &'static Metadata<'static>,
    ) -> tracing::subscriber::Interest {
        self.inner.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.enabled(metadata)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.inner.new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.inner.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.inner.record_follows_from(span, follows);
    }

    fn event(&self, event: &Event<'_>) {
        self.inner.event(event);
    }

    fn enter(&self, span: &Id) {
        self.inner.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.inner.exit(span);
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.inner.clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        let closed = self.inner.try_close(id);
        if SLOW.get() {
            self.closing.send(()).expect("the test waits for this");
            let may_go_on = self.may_go_on.lock().expect("nobody panicked with it");
            may_go_on.recv().expect("the test sends this");
        }
        closed
    }
}

#[test]
fn a_slow_close_costs_no_later_span() {
    let engine = World::engine();
    let (neighbour, told) = Neighbour::new();
    let wanted = Targets::new().with_target("theirs", tracing::Level::TRACE);
    let (closing, is_closing) = channel();
    let (go_on, may_go_on) = channel();
    let inner = Slow {
        inner: registry().with(neighbour.with_filter(wanted)),
        closing,
        may_go_on: Mutex::new(may_go_on),
    };
    let dispatch = Dispatch::new(Root::over(engine.clone(), inner));
    let world = World {
        engine,
        neighbour: told,
        has_neighbour: true,
    };
    world.apply(POLICY);
    with_default(&dispatch, || {
        let first = tracing::info_span!(target: "theirs", "first");
        let handle = first.clone();
        let slow = thread::spawn(move || {
            SLOW.set(true);
            drop(handle);
        });
        is_closing.recv().expect("the other thread closes");
        drop(first);
        let later = tracing::info_span!(target: "theirs", "later");
        let ours = tracing::info_span!(target: "ours", parent: &later, "ours");
        go_on.send(()).expect("the other thread waits");
        slow.join().expect("the other thread ends well");
        tracing::info!(target: "theirs", parent: &ours, "event");
    });
    assert_eq!(
        world.neighbour.lines(),
        [
            "open first in -",
            "close first",
            "open later in -",
            "event event in later",
            "close later"
        ]
    );
    assert_eq!(world.heard(), ["spans close"; 3]);
}
