//! What the threads of a day do.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{Scope, ScopedJoinHandle};

/// How many threads there are at a time; more than there are banks on a machine with two processors or less.
const LANES: u64 = 10;

/// One event in so many is inside a span of its own.
pub(super) const A_SPAN: u64 = 16;
/// One event in so many is streamed.
pub(super) const A_RECORD: u64 = 100;
/// How many events one visitor has before it never comes again.
const A_VISITOR: u64 = 4_000;
/// How many events a thread fires between two looks at the others' progress.
const STEP: u64 = 1_000;

/// Begins lanes, on each of which one thread follows another; each gives how many there were.
pub(super) fn lanes<'scope>(
    scope: &'scope Scope<'scope, '_>,
    events: u64,
    a_thread: u64,
    fired: &'scope AtomicU64,
) -> Vec<ScopedJoinHandle<'scope, u64>> {
    let lane = |number: u64| {
        let mut left = events / LANES + u64::from(number < events % LANES);
        move || {
            let mut threads = 0;
            while left > 0 {
                let now = left.min(a_thread);
                left -= now;
                threads += 1;
                let thread = scope.spawn(move || fire(now, fired));
                // One that died shows in the books.
                let _ = thread.join();
            }
            threads
        }
    };
    (0..LANES).map(|number| scope.spawn(lane(number))).collect()
}

fn fire(events: u64, fired: &AtomicU64) {
    let mut done = 0;
    while done < events {
        let step = STEP.min(events - done);
        let base = fired.load(Ordering::Relaxed);
        (0..step).for_each(|n| one(base + n, done + n));
        done += step;
        fired.fetch_add(step, Ordering::Relaxed);
    }
}

/// One event; `of_thread` counts those of the thread that fires it.
fn one(number: u64, of_thread: u64) {
    let route = ["/", "/orders", "/orders/{id}", "/products"][number as usize % 4];
    let took = (number % 977) as f64 / 1000.0;
    let event = || {
        tracing::info!(target: "soak::event", visitor = number / A_VISITOR, route, took, "visited");
    };
    if of_thread.is_multiple_of(A_SPAN) {
        tracing::info_span!(target: "soak::work", "visit", route).in_scope(event);
    } else {
        event();
    }
    if of_thread.is_multiple_of(A_RECORD) {
        tracing::info!(target: "soak::record", route, took, ok = true, "kept");
    }
}
