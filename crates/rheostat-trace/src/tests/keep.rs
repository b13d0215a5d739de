//! Traces that wait for their local root.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::trace::TraceId;
use rheostat_core::ledger::Cause;
use tracing::info_span;
use tracing::subscriber::with_default;

use super::mini::{KEEP, Mini};
use crate::held::HeldTraces;
use crate::shipping::Shipping;

fn keeping(mini: &Mini) -> Shipping {
    Shipping {
        ratio: 0.0,
        keeps: true,
        ..mini.action()
    }
}

fn request(keep: bool) {
    KEEP.set(false);
    let root = info_span!("root");
    root.in_scope(|| info_span!("middle").in_scope(|| drop(info_span!("inner"))));
    KEEP.set(keep);
    drop(root);
    KEEP.set(false);
}

#[test]
fn a_trace_whose_root_is_kept_is_shipped_whole() {
    let mini = Mini::new();
    with_default(mini.root(keeping(&mini)), || {
        request(false);
        request(true);
        request(false);
    });
    assert_eq!(mini.names(), ["inner", "middle", "root"]);
    assert!(
        mini.spans()
            .iter()
            .all(|span| span["flags"].as_u64().is_some_and(|flags| flags & 1 == 1))
    );
    assert_eq!(mini.account.get(Cause::Sample), 6);
    assert_eq!(mini.account.get(Cause::Delivered), 3);
    assert_eq!(mini.service.stats().held, 0);
}

#[test]
fn a_sampled_trace_is_shipped_whatever_keep_says() {
    let mini = Mini::new();
    with_default(
        mini.root(Shipping {
            ratio: 1.0,
            ..keeping(&mini)
        }),
        || request(false),
    );
    assert_eq!(mini.names(), ["inner", "middle", "root"]);
}

#[test]
fn a_child_that_ends_after_its_root_follows_the_decision() {
    let mini = Mini::new();
    with_default(mini.root(keeping(&mini)), || {
        for keep in [true, false] {
            let root = info_span!("root");
            let late = root.in_scope(|| info_span!("late"));
            late.in_scope(|| {});
            // A child holds its parent open, so the root closes with it; the OpenTelemetry spans still end
            // one after the other.
            KEEP.set(keep);
            drop(root);
            drop(late);
            KEEP.set(false);
        }
    });
    assert_eq!(mini.names(), ["late", "root"]);
}

#[test]
fn a_root_that_nobody_judges_is_let_go() {
    let mini = Mini::new();
    let shipped = Arc::new(crate::shipped::Shipped::new(
        Arc::new(keeping(&mini)),
        7,
        Vec::new(),
    ));
    let held = Arc::new(HeldTraces::with_limits(10, Duration::from_secs(30)));
    shipped.hold(held.open_root(TraceId::from(1)), true);
    shipped
        .held()
        .expect("it is held")
        .finish(finished(&mini, 1));
    mini.service.judged.opened(&shipped);
    shipped.end();
    mini.service.judged.closed(&shipped);
    mini.service.judged.sweep(Instant::now());
    assert_eq!(held.waiting(), 1);
    mini.service
        .judged
        .sweep(Instant::now() + Duration::from_secs(2));
    assert_eq!(held.waiting(), 0);
    assert_eq!(mini.account.get(Cause::Sample), 1);
}

#[test]
fn what_waits_too_long_is_judged_by_sample_and_counted() {
    let held = Arc::new(HeldTraces::with_limits(10, Duration::from_secs(30)));
    let trace = held.open_root(TraceId::from(1));
    let mini = Mini::new();
    trace.finish(finished(&mini, 1));
    held.sweep(Instant::now() + Duration::from_secs(29));
    assert_eq!((held.waiting(), held.overflowed()), (1, 0));
    held.sweep(Instant::now() + Duration::from_secs(31));
    assert_eq!((held.waiting(), held.overflowed()), (0, 1));
    trace.root_closed(true);
    assert_eq!(mini.names(), [""; 0]);
    assert_eq!(mini.account.get(Cause::Sample), 1);
}

#[test]
fn what_has_no_room_is_judged_by_sample_and_counted() {
    let held = Arc::new(HeldTraces::with_limits(3, Duration::from_secs(30)));
    let (small, large) = (
        held.open_root(TraceId::from(1)),
        held.open_root(TraceId::from(2)),
    );
    let mini = Mini::new();
    small.finish(finished(&mini, 1));
    for _ in 0..3 {
        large.finish(finished(&mini, 2));
    }
    // The trace that had no room went as a whole, and made room for the others.
    assert_eq!((held.waiting(), held.overflowed()), (1, 3));
    small.finish(finished(&mini, 1));
    small.root_closed(true);
    large.root_closed(true);
    assert_eq!(mini.spans().len(), 2);
    assert_eq!(mini.account.get(Cause::Sample), 3);
}

#[test]
fn two_roots_of_one_trace_are_kept_if_one_is() {
    let held = Arc::new(HeldTraces::with_limits(10, Duration::from_secs(30)));
    let mini = Mini::new();
    let (one, two) = (
        held.open_root(TraceId::from(1)),
        held.open_root(TraceId::from(1)),
    );
    one.finish(finished(&mini, 1));
    one.root_closed(false);
    assert_eq!(held.waiting(), 1);
    two.root_closed(true);
    assert_eq!(mini.spans().len(), 1);
}

#[test]
fn a_trace_is_forgotten_with_its_last_span() {
    let held = Arc::new(HeldTraces::with_limits(10, Duration::from_secs(30)));
    let trace = held.open_root(TraceId::from(1));
    assert!(held.find(TraceId::from(1)).is_some());
    drop(trace);
    assert!(held.find(TraceId::from(1)).is_none());
}

fn finished(mini: &Mini, trace: u128) -> crate::pipe::Finished {
    crate::pipe::Finished::new(super::span_data(trace), Arc::new(mini.action()))
}
