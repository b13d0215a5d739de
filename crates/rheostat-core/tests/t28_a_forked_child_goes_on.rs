//! T28: a `fork` takes one thread along. The others may have been anywhere, even inside a callback;
//! in the child records are still judged, policies still come into force, and tables are still freed.

#![cfg(target_os = "linux")]

mod common;

use std::fmt;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use common::{Mount, World, on};

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app" }
    count = { metric = "seen_total" }
    [[rules]]
    name = "spans"
    match = { target = "app", span = "*" }
    count = { metric = "spans_total" }
"#;

struct Parks(Sender<()>, Mutex<Receiver<()>>);

impl fmt::Debug for Parks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.send(()).expect("the test waits for this");
        self.1
            .lock()
            .expect("nobody panicked with it")
            .recv()
            .expect("the test sends this");
        f.write_str("parked")
    }
}

/// What the child does; whether all is as it should be.
fn child(world: &World, before: &tracing::Span) -> bool {
    before.in_scope(|| tracing::info!(target: "app", "in the child"));
    drop(tracing::info_span!(target: "app", "span"));
    let heard = world.heard();
    if heard != ["seen", "spans close"] {
        return false;
    }
    for round in 0..20 {
        world.apply(&format!("{POLICY}\n# {round}"));
    }
    let other = std::thread::spawn(|| tracing::info!(target: "app", "from a new thread"));
    let joined = other.join().is_ok();
    world.engine.tick();
    joined && world.heard() == ["seen"] && world.status().unfreed_tables == 0
}

#[test]
fn a_forked_child_goes_on() {
    let asked = |case: common::Case| case.global && case.mount == Mount::Subscriber;
    on("a_forked_child_goes_on", asked, |_, world| {
        world.apply(&POLICY.replace("seen_total\" }", "seen_total\", labels = [\"value\"] }"));
        let (parked, is_parked) = channel();
        let (leave, may_leave) = channel();
        let reader = std::thread::spawn(move || {
            let value = Parks(parked, Mutex::new(may_leave));
            tracing::info!(target: "app", ?value);
        });
        is_parked.recv().expect("the reader parks");
        world.apply(POLICY);
        let before = tracing::info_span!(target: "app", "before");
        // SAFETY: the child touches only what it owns, and ends without running destructors of others.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            let good = child(world, &before);
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(i32::from(!good)) };
        }
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
        assert_eq!(
            libc::WEXITSTATUS(status),
            0,
            "the child says that something is wrong"
        );
        assert!(libc::WIFEXITED(status));
        leave.send(()).expect("the reader waits for this");
        reader.join().expect("the reader ends well");
        assert_eq!(world.heard(), ["seen value=parked"]);
    });
}
