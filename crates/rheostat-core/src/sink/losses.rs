//! What went missing on the way to a sink since it was last told.
//!
//! Threads of the program note what they lose, and a full ring loses much at
//! once, so noting takes no lock: a number for each cause, and two moments.
//! Numbers are exact: what is noted is told once. Moments are those between
//! which the losses fell, and may be those of a loss that is told next.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Gap;
use crate::ledger::Cause;
use crate::sync::{AtomicU64, Ordering};

/// A model looks at two causes, for the sake of its time.
const CAUSES: usize = if cfg!(loom) { 2 } else { Cause::ALL.len() };
/// Stands for a moment that is not known.
const NEVER: u64 = u64::MAX;

/// Losses by cause, and between which moments they fell.
#[derive(Debug)]
pub struct Losses {
    lost: [AtomicU64; CAUSES],
    /// When the first was noted; [`NEVER`] where none was.
    from: AtomicU64,
    /// When the last was; 0 where none was.
    to: AtomicU64,
}

impl Default for Losses {
    fn default() -> Self {
        Self {
            lost: std::array::from_fn(|_| AtomicU64::new(0)),
            from: AtomicU64::new(NEVER),
            to: AtomicU64::new(0),
        }
    }
}

impl Losses {
    /// Notes records that were lost now. Any thread may, at any time.
    pub fn note(&self, cause: Cause, records: u64) {
        if records > 0 {
            let now = now();
            self.add(cause, records, (now, now));
        }
    }

    fn add(&self, cause: Cause, records: u64, (from, to): (u64, u64)) {
        if self.from.load(Ordering::Relaxed) > from {
            self.from.fetch_min(from, Ordering::Relaxed);
        }
        // Two at once may leave the earlier of their moments, which is as near as makes no difference.
        if self.to.load(Ordering::Relaxed) < to {
            self.to.store(to, Ordering::Relaxed);
        }
        // Released after the moments: who sees the number finds them, unless they were told of already.
        self.lost[cause as usize].fetch_add(records, Ordering::Release);
    }

    /// Whether nothing is to be told.
    pub fn is_empty(&self) -> bool {
        let mut lost = self.lost.iter();
        lost.all(|lost| lost.load(Ordering::Relaxed) == 0)
    }

    /// Everything noted, as the gap that the next batch tells of.
    pub fn take(&self, sink: &Arc<str>) -> Option<Gap> {
        let taken = |lost: &AtomicU64| match lost.load(Ordering::Relaxed) {
            0 => 0,
            _ => lost.swap(0, Ordering::Acquire),
        };
        let lost = self.by_cause(taken);
        if lost.is_empty() {
            return None;
        }
        let moments = (
            self.from.swap(NEVER, Ordering::Relaxed),
            self.to.swap(0, Ordering::Relaxed),
        );
        Some(gap(sink, lost, moments))
    }

    /// The same, and it stays noted.
    pub fn peek(&self, sink: &Arc<str>) -> Option<Gap> {
        let lost = self.by_cause(|lost| lost.load(Ordering::Acquire));
        let moments = (
            self.from.load(Ordering::Relaxed),
            self.to.load(Ordering::Relaxed),
        );
        (!lost.is_empty()).then(|| gap(sink, lost, moments))
    }

    fn by_cause(&self, read: impl Fn(&AtomicU64) -> u64) -> Vec<(Cause, u64)> {
        let all = Cause::ALL.into_iter().zip(&self.lost);
        all.map(|(cause, lost)| (cause, read(lost)))
            .filter(|(_, records)| *records > 0)
            .collect()
    }

    /// Takes a gap back that could not be told.
    pub fn put_back(&self, gap: &Gap) {
        for (cause, records) in &gap.lost {
            self.add(*cause, *records, (gap.from, gap.to));
        }
    }
}

/// Moments that an earlier gap told of are not known any more: it is now, then.
fn gap(sink: &Arc<str>, lost: Vec<(Cause, u64)>, (from, to): (u64, u64)) -> Gap {
    let to = if to == 0 { now() } else { to };
    Gap {
        sink: sink.clone(),
        lost,
        from: from.min(to),
        to,
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn sink() -> Arc<str> {
        "sink".into()
    }

    #[test]
    fn what_was_noted_is_told_once() {
        let losses = Losses::default();
        losses.note(Cause::RingFull, 2);
        losses.note(Cause::QueueFull, 1);
        losses.note(Cause::RingFull, 3);
        let gap = losses.take(&sink()).unwrap();
        assert_eq!(gap.lost, [(Cause::RingFull, 5), (Cause::QueueFull, 1)]);
        assert!(0 < gap.from && gap.from <= gap.to);
        assert!(losses.is_empty());
        assert_eq!(losses.take(&sink()), None);
    }

    #[test]
    fn a_gap_that_comes_back_keeps_its_moments() {
        let losses = Losses::default();
        let gap = Gap {
            sink: sink(),
            lost: vec![(Cause::Disk, 7)],
            from: 100,
            to: 200,
        };
        losses.put_back(&gap);
        assert_eq!(losses.peek(&sink()), Some(gap.clone()));
        assert_eq!(losses.take(&sink()), Some(gap));
    }

    #[test]
    fn threads_that_note_and_one_that_takes_lose_nothing() {
        const EACH: u64 = 20_000;
        let losses = Losses::default();
        let told = std::thread::scope(|scope| {
            let noters: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| (0..EACH).for_each(|_| losses.note(Cause::RingFull, 1))))
                .collect();
            let mut told = 0;
            while !noters.iter().all(|noter| noter.is_finished()) {
                let gap = losses.take(&sink());
                told += gap.map_or(0, |gap| {
                    assert!(0 < gap.from && gap.from <= gap.to);
                    gap.lost[0].1
                });
            }
            told
        });
        let rest = losses.take(&sink()).map_or(0, |gap| gap.lost[0].1);
        assert_eq!(told + rest, 3 * EACH);
    }
}

#[cfg(all(test, loom))]
mod model {
    use super::*;

    /// Two threads note and one takes, in every interleaving: each loss is told once, between moments that can be.
    #[test]
    fn every_loss_is_told_once() {
        loom::model(|| {
            let losses = loom::sync::Arc::new(Losses::default());
            let noters: Vec<_> = [(Cause::Condition, 10), (Cause::Covered, 20)]
                .map(|(cause, at)| {
                    let losses = losses.clone();
                    loom::thread::spawn(move || losses.add(cause, 1, (at, at)))
                })
                .into();
            let sink: Arc<str> = "sink".into();
            let told = |gap: Option<Gap>| {
                gap.map_or(0, |gap| {
                    assert!(gap.from <= gap.to);
                    gap.lost.iter().map(|(_, records)| records).sum()
                })
            };
            let first: u64 = told(losses.take(&sink));
            noters.into_iter().for_each(|noter| noter.join().unwrap());
            assert_eq!(first + told(losses.take(&sink)), 2);
        });
    }
}
