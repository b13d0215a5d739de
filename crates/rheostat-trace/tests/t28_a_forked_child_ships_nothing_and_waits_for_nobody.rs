//! T28: nobody ships spans in a forked child, and what another thread held at the `fork` stays locked there.
//! The child opens, nests, drops and closes spans all the same; what its rules would have shipped is counted.

#![cfg(target_os = "linux")]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use support::World;
use tracing::{Span, info, info_span};

const RULES: &str = r#"
    [[rules]]
    name = "hide"
    match = { span = "hidden" }
    drop = true
    [[rules]]
    name = "ship"
    match = { span = "*" }
    trace = { sink = "file", sample = 0.5, keep = "@error" }
"#;
const FORKS: usize = 100;
const NOISY: usize = 4;

/// Opens and closes spans that are shipped, held, kept and hidden.
fn request() {
    info_span!("outer").in_scope(|| {
        info_span!("inner").in_scope(|| tracing::error!("so that the trace is kept"));
        info_span!("hidden").in_scope(|| drop(info_span!("below")));
    });
}

/// What the child does; true where all its spans are counted, and none is waited for.
fn child(world: &World, open: Span) -> bool {
    drop(open);
    info_span!("outer").in_scope(|| drop(info_span!("inner")));
    info_span!("never before").in_scope(|| info!("in a span of the child"));
    let lines = world.engine.ledger().lines();
    let forked = lines.iter().find(|line| line.cause == "forked");
    let counted = forked.is_some_and(|line| &*line.rule == "ship" && line.records == 3);
    request();
    counted && world.traces.flush(std::time::Duration::from_secs(60))
}

fn forked(world: &World) -> i32 {
    let open = info_span!("open at the fork");
    let _inside = open.enter();
    // SAFETY: the child calls what this test is about, and leaves by `_exit`.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        // SAFETY: ends a child that waits for nobody; it has far more time than it needs.
        unsafe { libc::alarm(30) };
        let good = child(world, open.clone());
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
fn a_forked_child_ships_nothing_and_waits_for_nobody() {
    let world = World::new();
    world.run(|| {
        world.apply(RULES);
        let stop = AtomicBool::new(false);
        thread::scope(|threads| {
            for _ in 0..NOISY {
                threads.spawn(|| {
                    world.run(|| {
                        while !stop.load(Ordering::Relaxed) {
                            request();
                        }
                    });
                });
            }
            let bad = (0..FORKS)
                .map(|_| forked(&world))
                .find(|status| *status != 0);
            stop.store(true, Ordering::Relaxed);
            assert_eq!(
                bad, None,
                "a child waited until it was ended, or lost count"
            );
        });
    });
}
