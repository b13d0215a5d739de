//! Where records go: sinks, the entrances to them, and who makes them.
//!
//! A sink is written by whoever knows a destination. It is handed batches on a
//! worker thread of ours and answers with a [`Verdict`]; waiting, batching,
//! retrying and dropping are the queue's work and the same for all sinks.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rheostat_policy::Diagnostic;
use rheostat_policy::model::{self, CheckedPolicy, SinkId};
use rheostat_policy::vocabulary::SinkDef;

use crate::flow::{Chunk, RecordView, Route};
use crate::ledger::Cause;

/// What a sink's methods return: a future on the heap, so that sinks of many kinds stand in one list.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A destination.
///
/// Called on a worker thread of its own, inside a tokio runtime with timers
/// and sockets, one call at a time. It may wait; what it waits for is limited
/// by the sink's `timeout`, after which the call is dropped and the whole
/// batch is tried again.
pub trait Sink: Send + 'static {
    /// Hands over a batch.
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict>;

    /// No batch will follow: writes out whatever was held back.
    fn close(&mut self) -> Answer<'_, Result<(), Failure>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// What became of a batch.
#[derive(Debug)]
#[must_use]
pub enum Verdict {
    /// The destination took all of it.
    Delivered,
    /// It took the first records; the rest is to be tried again.
    RetryAfter {
        /// How many records it took.
        delivered: usize,
        /// Not before this; absent: the queue's own backoff decides.
        after: Option<Duration>,
        /// What was in the way.
        why: Failure,
    },
    /// It took all but these, which it will never take.
    Refused(Vec<Refusal>),
}

impl Verdict {
    /// Nothing was taken, try again when the queue thinks fit.
    pub fn retry(why: Failure) -> Self {
        Self::RetryAfter {
            delivered: 0,
            after: None,
            why,
        }
    }
}

/// A record that a destination will never take.
#[derive(Debug)]
pub struct Refusal {
    /// Its position in the batch, from 0; the gap does not count.
    pub record: usize,
    /// The destination's reason.
    pub why: Failure,
}

/// What was in the way: what we were doing and, as its source, the cause.
#[derive(Debug)]
pub struct Failure {
    doing: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// Says what we were doing and to what, in lower case and without a full stop.
    pub fn new(doing: impl Into<String>) -> Self {
        Self {
            doing: doing.into(),
            source: None,
        }
    }

    /// The same, because of something.
    pub fn because(
        doing: impl Into<String>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            doing: doing.into(),
            source: Some(cause.into()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.doing)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

/// Records for a sink, in order.
#[derive(Debug, Default)]
pub struct Batch {
    gap: Option<Gap>,
    chunks: Vec<Chunk>,
    records: usize,
}

impl Batch {
    /// A batch of these chunks, before which records went missing.
    pub fn new(gap: Option<Gap>, chunks: Vec<Chunk>) -> Self {
        let records = chunks.iter().map(Chunk::len).sum();
        Self {
            gap,
            chunks,
            records,
        }
    }

    /// What went missing before the first record; to be written before it.
    pub fn gap(&self) -> Option<&Gap> {
        self.gap.as_ref()
    }

    /// How many records it holds; the gap does not count.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether there is neither record nor gap.
    pub fn is_empty(&self) -> bool {
        self.records == 0 && self.gap.is_none()
    }

    /// The records.
    pub fn records(&self) -> impl Iterator<Item = RecordView<'_>> {
        self.chunks.iter().flat_map(Chunk::records)
    }

    /// By which routes its records came, in their order.
    pub fn routes(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.chunks.iter().flat_map(Chunk::routes)
    }

    /// The memory of its records, in bytes.
    pub fn size(&self) -> usize {
        self.chunks.iter().map(Chunk::size).sum()
    }

    /// Gives its parts back.
    pub fn into_parts(self) -> (Option<Gap>, Vec<Chunk>) {
        (self.gap, self.chunks)
    }
}

/// Records that went missing on their way to a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The sink's name.
    pub sink: Arc<str>,
    /// How many, by cause.
    pub lost: Vec<(Cause, u64)>,
    /// When the first went missing, in nanoseconds since the Unix epoch.
    pub from: u64,
    /// When the last did.
    pub to: u64,
}

/// Makes the sinks of one type.
pub trait SinkFactory: Send + Sync + 'static {
    /// The type's name, keys and texts.
    fn definition(&self) -> SinkDef;

    /// Makes a sink, with whatever it needs of this machine (files, directories) opened.
    ///
    /// A remote that cannot be reached is no finding: such a sink starts as *down*.
    ///
    /// # Errors
    ///
    /// A finding at the sink's place in the policy, which is then not applied.
    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>>;
}

/// What a sink is made in.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The policy.
    pub policy: &'a CheckedPolicy,
}

impl Around<'_> {
    /// A path of the policy: relative ones start at the policy file's folder.
    pub fn path(&self, written: &str) -> PathBuf {
        let folder = Path::new(&*self.policy.source.name).parent();
        folder.unwrap_or(Path::new("")).join(written)
    }
}

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
