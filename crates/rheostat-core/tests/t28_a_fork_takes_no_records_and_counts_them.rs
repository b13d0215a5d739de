//! T28: threads do not survive a fork. A child takes no record, waits for no lock, and counts what
//! it did not take; what was in the rings stays the parent's.

use std::sync::{Arc, Mutex};

use rheostat_core::flow::{Chunk, Head, Hub, Route, RouteHandle, Scrub, in_child};
use rheostat_core::ledger::{Cause, Entry};
use rheostat_core::sink::Tap;
use rheostat_core::{Callsite, CallsiteId, CallsiteKind};
use rheostat_policy::model::Level;
use rheostat_policy::vocabulary::RecordClass;

/// Counts the records it is handed.
#[derive(Default)]
struct Counted(Mutex<usize>);

impl Tap for Counted {
    fn admit(&self) -> Result<(), Cause> {
        Ok(())
    }
    fn lost(&self, _cause: Cause, _records: u64) {
        unreachable!("a child tells nobody")
    }
    fn accept(&self, chunk: Chunk) {
        *self.0.lock().expect("nobody panics with it") += chunk.len();
    }
}

fn handle(tap: &Arc<Counted>) -> RouteHandle {
    RouteHandle::new(Route {
        callsite: Callsite {
            id: CallsiteId(0),
            kind: CallsiteKind::Event,
            name: "event".into(),
            target: "fork".into(),
            module: None,
            file: None,
            line: None,
            level: Level::Info,
            fields: Box::new([]),
            metadata: None,
        },
        level: Level::Info,
        class: None,
        rule: "rule".into(),
        record: RecordClass::Events,
        fields: Vec::new(),
        message: None,
        labels: Vec::new(),
        max_value: 100,
        raw_value_cap: 0,
        max_record: 100,
        scrub: Scrub::default(),
        durable: false,
        tap: tap.clone(),
        account: Arc::new(Entry::new("rule", "sink")),
    })
}

fn offer(handle: &RouteHandle) -> Result<(), Cause> {
    handle.offer(|draft, seq| {
        draft.head(
            &Head {
                seq,
                ..Head::default()
            },
            None,
        );
    })
}

/// What the child finds, as its exit code: 0 is what it should.
fn as_child(handle: &RouteHandle) -> i32 {
    let refused = (0..3).all(|_| offer(handle) == Err(Cause::Forked));
    let counted = handle.route().account.get(Cause::Forked) == 3;
    match (in_child(), refused, counted) {
        (true, true, true) => 0,
        (false, ..) => 1,
        (_, false, _) => 2,
        _ => 3,
    }
}

#[test]
fn a_fork_takes_no_records_and_counts_them() {
    let tap = Arc::new(Counted::default());
    let handle = handle(&tap);
    offer(&handle).expect("the ring has room");
    assert!(!in_child());
    // SAFETY: the child calls nothing that takes a lock or allocates, and leaves by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let code = as_child(&handle);
        // SAFETY: ends the child without running what is the parent's to run.
        unsafe { libc::_exit(code) };
    }
    assert!(child > 0, "the system can fork");
    let mut status = 0;
    // SAFETY: waits for the child just made.
    let waited = unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!(waited, child);
    assert!(libc::WIFEXITED(status));
    assert_eq!(libc::WEXITSTATUS(status), 0);
    offer(&handle).expect("the ring has room");
    Hub::global().drain();
    assert_eq!(
        *tap.0.lock().expect("nobody panics with it"),
        2,
        "both of the parent's, none of the child's"
    );
    assert_eq!(handle.route().account.get(Cause::Forked), 0);
}
