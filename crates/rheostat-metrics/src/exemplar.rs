//! Traces that stand for what was counted: one slot a bucket, renewed at most once a second.

use std::sync::{Mutex, TryLockError};

use crate::sync::{AtomicU64, Ordering};

/// How long a slot keeps what it has, in milliseconds.
const KEPT: u64 = 1_000;

/// A pointer from a value to the trace it was recorded in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exemplar {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span, if it is known.
    pub span_id: Option<[u8; 8]>,
    /// The value that was recorded.
    pub value: f64,
    /// When, in milliseconds since the Unix epoch.
    pub unix_millis: u64,
}

/// The exemplars of one series.
pub(crate) struct Exemplars {
    slots: Box<[Slot]>,
}

#[derive(Default)]
struct Slot {
    // When it may be renewed; 0: at any time.
    due: AtomicU64,
    held: Mutex<Option<Exemplar>>,
}

impl Exemplars {
    pub(crate) fn new(buckets: usize) -> Self {
        Self {
            slots: (0..buckets).map(|_| Slot::default()).collect(),
        }
    }

    /// The memory of as many slots.
    #[cfg(not(loom))]
    pub(crate) const fn most_bytes(buckets: usize) -> usize {
        size_of::<Self>() + buckets * size_of::<Slot>()
    }

    /// Offers an exemplar for a bucket. Never waits: who finds the slot busy or fresh goes on.
    pub(crate) fn offer(&self, bucket: usize, exemplar: Exemplar) {
        let Some(slot) = self.slots.get(bucket) else {
            return;
        };
        let due = slot.due.load(Ordering::Relaxed);
        if exemplar.unix_millis < due {
            return;
        }
        match slot.held.try_lock() {
            Ok(mut held) => *held = Some(exemplar),
            Err(TryLockError::Poisoned(held)) => *held.into_inner() = Some(exemplar),
            Err(TryLockError::WouldBlock) => return,
        }
        slot.due
            .store(exemplar.unix_millis + KEPT, Ordering::Relaxed);
    }

    /// What the slot of a bucket holds. Nothing, while it is being renewed.
    pub(crate) fn read(&self, bucket: usize) -> Option<Exemplar> {
        match self.slots.get(bucket)?.held.try_lock() {
            Ok(held) => *held,
            Err(TryLockError::Poisoned(held)) => *held.into_inner(),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemplar(unix_millis: u64, value: f64) -> Exemplar {
        Exemplar {
            trace_id: [7; 16],
            span_id: None,
            value,
            unix_millis,
        }
    }

    #[test]
    fn a_slot_is_renewed_at_most_once_a_second() {
        let exemplars = Exemplars::new(2);
        for (millis, value) in [(5_000, 1.0), (5_999, 2.0), (6_000, 3.0), (6_500, 4.0)] {
            exemplars.offer(1, exemplar(millis, value));
        }
        assert_eq!(exemplars.read(1), Some(exemplar(6_000, 3.0)));
        assert_eq!(exemplars.read(0), None);
    }
}
