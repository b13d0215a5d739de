//! A queue's entrance: what routes hold. When the last of them is gone, nothing
//! can come any more, and the queue is sealed.

use std::sync::Arc;

use rheostat_core::flow::Chunk;
use rheostat_core::ledger::Cause;
use rheostat_core::sink::Tap;

use crate::inbox::Inbox;

#[derive(Debug)]
pub(crate) struct Entrance(pub(crate) Arc<Inbox>);

impl Tap for Entrance {
    #[inline]
    fn admit(&self) -> Result<(), Cause> {
        self.0.admit()
    }

    fn wait(&self, before: u32) -> bool {
        self.0.wait(before)
    }

    fn lost(&self, cause: Cause, records: u64) {
        self.0.lost(cause, records);
    }

    fn accept(&self, chunk: Chunk) {
        self.0.accept(chunk);
    }
}

impl Drop for Entrance {
    fn drop(&mut self) {
        // A forked child has no courier to tell, and the lock may be taken for ever.
        if !rheostat_core::flow::in_child() {
            self.0.seal();
        }
    }
}
