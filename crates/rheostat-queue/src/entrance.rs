//! A queue's entrance: what routes hold. When the last of them is gone, nothing
//! can come any more, and the queue is sealed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rheostat_core::flow::Chunk;
use rheostat_core::ledger::Cause;
use rheostat_core::sink::Tap;

use crate::inbox::Inbox;

#[derive(Debug)]
pub(crate) struct Entrance {
    inbox: Arc<Inbox>,
    age: u64,
}

impl Entrance {
    pub(crate) fn new(inbox: Arc<Inbox>) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(1);
        Self {
            inbox,
            age: MADE.fetch_add(1, Ordering::Relaxed),
        }
    }
}

impl Tap for Entrance {
    #[inline]
    fn admit(&self) -> Result<(), Cause> {
        self.inbox.admit()
    }

    fn wait(&self, before: u32) -> bool {
        self.inbox.wait(before)
    }

    fn age(&self) -> u64 {
        self.age
    }

    fn lost(&self, cause: Cause, records: u64) {
        self.inbox.lost(cause, records);
    }

    fn accept(&self, chunk: Chunk) {
        self.inbox.accept(chunk);
    }
}

impl Drop for Entrance {
    fn drop(&mut self) {
        // A forked child has no courier to tell, and the lock may be taken for ever.
        if !rheostat_core::flow::in_child() {
            self.inbox.seal();
        }
    }
}
