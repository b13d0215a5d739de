//! T28: at the `fork` other threads may be making callsites known, with whatever that takes in their
//! hands. The child, which lacks these threads, makes its own callsites known all the same.

#![cfg(target_os = "linux")]

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{Case, World, on};
use tracing::{Dispatch, Level, Metadata, dispatcher};
use tracing_core::Kind;
use tracing_core::callsite::{DefaultCallsite, Identifier};
use tracing_core::field::FieldSet;

const POLICY: &str = r#"
    [[rules]]
    name = "noise"
    match = { target = "noise", span = "*" }
    count = { metric = "noise_total" }
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*" }
    count = { metric = "seen_total", labels = ["tenant"] }
    [[rules]]
    name = "spans"
    match = { target = "app", span = "*" }
    count = { metric = "spans_total", labels = ["shelf"] }
    [[rules]]
    name = "first"
    match = { target = "app", event = "*" }
    log = { sink = "stderr", every = { every = "1h", by = ["tenant"] } }
"#;

const FORKS: usize = 50;
const NOISY: usize = 4;
/// Fresh callsites that each noisy thread makes at most; after that it comes back to them.
const FRESH: usize = 2_000;

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// A span callsite with a field that no other has; `tracing` is not told of it.
fn fresh(thread: usize, nth: usize) -> &'static Metadata<'static> {
    static HERE: DefaultCallsite = DefaultCallsite::new(&PLACE);
    static PLACE: Metadata<'static> = tracing_core::metadata! {
        name: "here", target: "noise", level: Level::INFO, fields: &[], callsite: &HERE, kind: Kind::SPAN
    };
    let fields = Box::leak(Box::new([leaked(format!("field_{thread}_{nth}"))]));
    Box::leak(Box::new(Metadata::new(
        leaked(format!("span {nth}")),
        "noise",
        Level::INFO,
        None,
        None,
        None,
        FieldSet::new(fields, Identifier(&HERE)),
        Kind::SPAN,
    )))
}

fn noise(thread: usize, stop: &AtomicBool) {
    let dispatch = dispatcher::get_default(Dispatch::clone);
    let mut made: Vec<&'static Metadata<'static>> = Vec::new();
    for nth in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        if made.len() < FRESH {
            made.push(fresh(thread, nth));
        }
        let metadata = made[nth % made.len()];
        dispatch.register_callsite(metadata);
    }
}

/// What the child does, at callsites that its parent never came to.
fn child(world: &World) -> bool {
    let span = tracing::info_span!(target: "app", "span", tenant = "acme", shelf = 7);
    span.in_scope(|| tracing::info!(target: "app", shelf = 8, "in the child"));
    drop(span);
    tracing::info!(target: "app", tenant = "other", "again");
    let heard = world.heard();
    heard
        == [
            "seen tenant=acme",
            "first",
            "spans close shelf=7",
            "seen tenant=other",
            "first",
        ]
}

fn forked(world: &World) -> i32 {
    // SAFETY: the child calls what this test is about, and leaves by `_exit`.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        // SAFETY: ends a child that waits for nobody; it has far more time than it needs.
        unsafe { libc::alarm(30) };
        let good = child(world);
        // SAFETY: ends the child without running what is the parent's to run.
        unsafe { libc::_exit(i32::from(!good)) };
    }
    assert!(pid > 0, "the system can fork");
    let mut status = 0;
    // SAFETY: waits for the child just made; `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    status
}

#[test]
fn a_forked_child_waits_for_nobody() {
    let asked = |case: Case| case.global && !case.second_dispatcher;
    on("a_forked_child_waits_for_nobody", asked, |_, world| {
        world.apply(POLICY);
        drop(tracing::info_span!(target: "app", "before", shelf = 1));
        world.heard();
        let stop = AtomicBool::new(false);
        thread::scope(|threads| {
            for thread in 0..NOISY {
                let stop = &stop;
                threads.spawn(move || noise(thread, stop));
            }
            let bad = (0..FORKS)
                .map(|_| forked(world))
                .find(|status| *status != 0);
            stop.store(true, Ordering::Relaxed);
            if let Some(status) = bad {
                assert!(
                    !libc::WIFSIGNALED(status),
                    "a child waited until it was ended"
                );
                panic!("a child says that something is wrong: {status}");
            }
        });
    });
}
