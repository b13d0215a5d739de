//! The entrances to sinks, as outputs hold them.

use std::sync::Arc;

use rheostat_policy::model::SinkId;

use crate::flow::Chunk;
use crate::ledger::Cause;

/// The entrances to the sinks of one policy.
pub trait Taps {
    /// The entrance to a sink of the policy being staged.
    fn tap(&self, sink: SinkId) -> Option<Arc<dyn Tap>>;
}

/// The bounded entrance to one sink's queue.
pub trait Tap: Send + Sync + 'static {
    /// Whether the sink takes records at all now; on the thread that fires one.
    ///
    /// Must not block, unless the sink says `full = "block"`: then it may wait
    /// for room, never longer than its limit.
    ///
    /// # Errors
    ///
    /// Why it takes none.
    fn admit(&self) -> Result<(), Cause>;

    /// A ring is full, on the thread that fires: waits a moment and says whether to try again.
    /// `before` counts the calls for this record.
    fn wait(&self, before: u32) -> bool {
        let _ = before;
        false
    }

    /// A number that is greater the later the entrance was made: an entrance that
    /// replaces another gets its records after that one.
    fn age(&self) -> u64 {
        0
    }

    /// Records were lost before they came into the queue: the next batch is to
    /// say so. They are already counted.
    fn lost(&self, cause: Cause, records: u64);

    /// Takes records into the queue; on the drainer's thread. Counts whatever it does not take.
    fn accept(&self, chunk: Chunk);
}

/// A policy without sinks.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTaps;

impl Taps for NoTaps {
    fn tap(&self, _sink: SinkId) -> Option<Arc<dyn Tap>> {
        None
    }
}

/// An entrance that takes nothing: what records that come back from a disk came by.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTap;

impl Tap for NoTap {
    fn admit(&self) -> Result<(), Cause> {
        Err(Cause::Closed)
    }

    fn lost(&self, _cause: Cause, _records: u64) {}

    fn accept(&self, _chunk: Chunk) {}
}
