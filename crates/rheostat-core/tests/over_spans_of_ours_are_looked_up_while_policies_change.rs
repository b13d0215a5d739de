//! Eight threads look spans up while a hundred policies change who wants them: nothing panics, nothing stays open,
//! and the stack ships what it ships without us.

mod common;
mod host;

use std::sync::atomic::{AtomicBool, Ordering};

use common::World;
use host::Shipped;
use opentelemetry::Context;
use rheostat_core::mount::Root;
use tracing::dispatcher::with_default;
use tracing::{Dispatch, Span, info, info_span};
use tracing_error::SpanTrace;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan as _;

const THREADS: usize = 8;
const RELOADS: usize = 100;
const ROUNDS: usize = 300;

const POLICIES: [&str; 4] = [
    "",
    r#"
    [[rules]]
    name = "ours"
    match = { target = "ours" }
    count = { metric = "ours_total", labels = ["n"] }
    "#,
    r#"
    [[rules]]
    name = "theirs"
    match = { target = "theirs" }
    count = { metric = "theirs_total", labels = ["n"] }
    "#,
    r#"
    [[rules]]
    name = "all"
    match = { span = "*" }
    count = { metric = "all_total", labels = ["n"] }
    "#,
];

fn ask(span: &Span) {
    let _refused = span.set_parent(Context::new());
    span.set_attribute("asked", true);
    let _context = span.context();
}

/// One request; what it leaves open goes to the next, on whichever thread.
fn round(n: usize, kept: &std::sync::Mutex<Vec<Span>>) {
    let request = info_span!(target: "theirs", "request", n);
    request.in_scope(|| {
        let ours = info_span!(target: "ours", "ours", n);
        ask(&ours);
        ours.in_scope(|| {
            let _trace = SpanTrace::capture();
            let _context = Span::current().context();
            let child = info_span!(target: "theirs", "child", n);
            child.in_scope(|| info!(target: "theirs", n, "in child"));
            info!(target: "theirs", n, "in ours");
            // Without us the parent would be none: `tracing` names no disabled span.
            let explicit = info_span!(target: "theirs", parent: &ours, "explicit", n);
            explicit.follows_from(&ours);
            info!(target: "theirs", parent: &ours, n, "explicit");
        });
        let mut kept = kept.lock().expect("no holder panics");
        kept.push(ours);
        if kept.len() > 40 {
            let old = kept.swap_remove(n % 40);
            drop(kept);
            ask(&old);
            drop(old);
        }
    });
}

fn rounds(dispatch: Option<&Dispatch>) {
    let kept = std::sync::Mutex::default();
    std::thread::scope(|threads| {
        for thread in 0..THREADS {
            let kept = &kept;
            threads.spawn(move || {
                let run = || (0..ROUNDS).for_each(|n| round(thread * ROUNDS + n, kept));
                match dispatch {
                    Some(dispatch) => with_default(dispatch, run),
                    None => run(),
                }
            });
        }
    });
    let rest = kept.into_inner().expect("no holder panics");
    let drop_rest = || drop(rest);
    match dispatch {
        Some(dispatch) => with_default(dispatch, drop_rest),
        None => drop_rest(),
    }
}

#[test]
fn spans_are_looked_up_while_policies_change() {
    let (without, over) = (Shipped::default(), Shipped::default());
    rounds(Some(&Dispatch::new(without.stack(false))));

    let engine = World::engine();
    let world = World {
        engine,
        neighbour: common::Neighbour::new().1,
        has_neighbour: false,
    };
    let dispatch = Dispatch::new(Root::over(world.engine.clone(), over.stack(false)));
    tracing::dispatcher::set_global_default(dispatch.clone()).expect("it is the first");
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let reloader = threads.spawn(|| {
            let mut reloads = 0;
            while reloads < RELOADS || !done.load(Ordering::Relaxed) {
                world.apply(POLICIES[reloads % POLICIES.len()]);
                reloads += 1;
            }
        });
        let rounds = threads.spawn(|| rounds(None));
        let rounds = rounds.join();
        // Whatever came of them: nobody waits for ever.
        done.store(true, Ordering::Relaxed);
        assert!(rounds.is_ok(), "a span could not be looked up");
        reloader.join().expect("no policy is refused");
    });
    assert!(without.printed() == over.printed(), "the lines differ");
    assert!(without.exported() == over.exported(), "the spans differ");
    assert_eq!(over.exported().len(), 2 * THREADS * ROUNDS);
    assert_eq!(world.status().open_spans, 0);

    // Every stand-in is closed: the next ones take the places of those before.
    world.apply(POLICIES[1]);
    let registry = dispatch.downcast_ref::<Registry>().expect("it is inside");
    let id = info_span!(target: "ours", "last", n = 0).id();
    assert!(id.is_some_and(|id| registry.span_data(&id).is_none()));
}
