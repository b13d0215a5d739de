//! Records on their way to a sink.

use std::fmt;
use std::sync::Arc;

use crate::flow::{Chunk, RecordView, Route};
use crate::ledger::Cause;

/// Records for a sink, in order.
///
/// `Clone` is not offered on purpose: a batch is delivered from where it lies.
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

    /// The numbers of its records, in their order.
    pub fn ids(&self) -> impl Iterator<Item = RecordId> {
        self.chunks.iter().flat_map(Chunk::ids)
    }

    /// Names what is in it: the same records, the same token, at every attempt.
    ///
    /// For destinations that drop what they have seen already. `None` where
    /// there is only a gap.
    pub fn token(&self) -> Option<String> {
        let first = self.ids().next()?;
        let last = self
            .chunks
            .iter()
            .rev()
            .find_map(|chunk| chunk.ids().last())?;
        Some(format!("{first}+{last}+{}", self.records))
    }

    /// The memory of its records, in bytes.
    pub fn size(&self) -> usize {
        self.chunks.iter().map(Chunk::size).sum()
    }

    /// Gives its parts back.
    pub fn into_parts(self) -> (Option<Gap>, Vec<Chunk>) {
        (self.gap, self.chunks)
    }

    /// Takes the first records away as a batch of their own; the gap goes with them.
    pub fn split_front(&mut self, records: usize) -> Self {
        let mut left = records;
        let mut front = Vec::new();
        for chunk in &mut self.chunks {
            if left == 0 {
                break;
            }
            let part = chunk.split_front(left, usize::MAX);
            left -= part.len();
            front.push(part);
        }
        self.chunks.retain(|chunk| !chunk.is_empty());
        let front = Self::new(self.gap.take(), front);
        self.records -= front.records;
        front
    }

    /// Keeps only the records at these positions, which ascend; the gap is gone.
    pub fn keep(&mut self, positions: &[usize]) {
        let mut before = 0;
        for chunk in &mut self.chunks {
            let len = chunk.len();
            chunk.keep(|at| positions.binary_search(&(before + at)).is_ok());
            before += len;
        }
        self.chunks.retain(|chunk| !chunk.is_empty());
        self.records = self.chunks.iter().map(Chunk::len).sum();
        self.gap = None;
    }
}

/// The number of a record in the queue of its sink: the same at every attempt
/// to deliver it, and after a restart where it came back from a spool.
///
/// Shown as text of at most 37 characters, such as `9f86d081884c7d65-42`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId {
    /// Which queue gave it; drawn anew for each.
    pub origin: u64,
    /// Counts what that queue accepted.
    pub number: u64,
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.origin, self.number)
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
