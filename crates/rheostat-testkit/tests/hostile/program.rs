//! What programs do at their edges: thread-local destructors, and `fork`.

use std::cell::RefCell;

use rheostat_core::ledger::Cause;

use crate::world::hostile;

/// Fires when its thread's locals are destroyed.
struct Last(u64);

impl Drop for Last {
    fn drop(&mut self) {
        tracing::info!(target: "app", number = self.0, "at the end of a thread");
    }
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

#[test]
fn an_event_from_a_thread_local_destructor_is_not_lost() {
    let name = "program::an_event_from_a_thread_local_destructor_is_not_lost";
    hostile(name, "", |world| {
        for thread in 0..10_u64 {
            let fires_first = thread.is_multiple_of(2);
            let (now, last) = (2 * thread, Last(2 * thread + 1));
            let ended = std::thread::spawn(move || {
                // Destructors run in the order in which locals were first used, or in the other one.
                let fire = || tracing::info!(target: "app", number = now, "while the thread runs");
                if fires_first {
                    fire();
                }
                LAST.set(Some(last));
                if !fires_first {
                    fire();
                }
            });
            ended.join().expect("the thread does not panic");
        }
        world.assert_all_kept(20);
    });
}

#[test]
fn a_forked_child_loses_its_own_records_and_the_parent_none() {
    let name = "program::a_forked_child_loses_its_own_records_and_the_parent_none";
    hostile(name, "", |world| {
        for number in 0..5_u64 {
            tracing::info!(target: "app", number, "before the fork");
        }
        world.flush();
        // SAFETY: the child only fires records, reads atomics and leaves with `_exit`.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "the system can fork");
        if child == 0 {
            for number in 100..103_u64 {
                tracing::info!(target: "app", number, "in the child");
            }
            let forked = world.kit.ended("kept", "kept", Cause::Forked);
            let counted = world.kit.counter("records_total", &[]);
            let is_right = forked == 3 && counted == 8;
            // SAFETY: ends the process at once, as a child of a threaded program has to.
            unsafe { libc::_exit(if is_right { 7 } else { 8 }) };
        }
        for number in 5..10_u64 {
            tracing::info!(target: "app", number, "after the fork");
        }
        assert_eq!(exit_code(child), Some(7));
        world.assert_all_kept(10);
        assert_eq!(world.kept(Cause::Forked), 0, "the parent lost nothing");
    });
}

/// With which code a child left.
fn exit_code(child: libc::pid_t) -> Option<i32> {
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(waited, child, "the child can be waited for");
    libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status))
}
