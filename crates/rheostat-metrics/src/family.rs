//! One metric: its series, and the rules by which they come and go.
//!
//! ```text
//! labels ──▶ table ──found──▶ series                     (no lock)
//!              └─missed─▶ folding? ──▶ series of the fold  (no lock)
//!                            └─no──▶ under the lock: from limbo, made, or folded
//! ```
//!
//! A series leaves in two steps. Idle for as long as the policy says, it is taken
//! out of the table and waits in limbo until no thread can still hold it. Then it
//! is summed once more: if anything came, it is linked again, else it goes.

mod demand;
mod insert;
mod overflow;
mod read;
mod upkeep;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, TryLockError};

use crate::backend::ForeignRecorder;
use crate::bank::Storage;
use crate::clock::Clock;
use crate::grace::{Ticket, announcements};
use crate::series::{LabelBuffer, Retired, Series, Table};
use crate::spec::{Identity, Settings};

use demand::Demand;
use overflow::Fold;
pub use overflow::Overflow;
#[cfg(not(loom))]
pub(crate) use overflow::most_folded;

/// One metric.
pub(crate) struct Family {
    pub(crate) identity: Identity,
    maker: Maker,
    storage: Arc<Storage>,
    clock: Arc<dyn Clock>,
    // Invariant: finds series of `inner.all` only, and each of them; a series stays until it was taken
    // out of here and the grace period after that is over.
    table: Table<Series>,
    // What `inner.fold` says, for readers: see `Fold::code`.
    fold: AtomicU32,
    demand: OnceLock<Box<Demand>>,
    exemplars: AtomicBool,
    lost: AtomicU64,
    process: u32,
    inner: Mutex<Inner>,
    // Held while reading and while series are freed, so that neither sees half of the other.
    // Taken before `inner`.
    reading: Mutex<()>,
}

/// Who keeps the values of a metric's series.
pub(crate) enum Maker {
    /// The cells of the registry.
    Native,
    /// Somebody else.
    Foreign(Arc<ForeignRecorder>),
}

/// What is changed under the lock.
struct Inner {
    settings: Settings,
    all: Vec<Arc<Series>>,
    limbo: Vec<Limbo>,
    retired: Vec<(Ticket, Retired<Series>)>,
    // Live series that count for the cap, those in limbo included: their place stays reserved.
    live: usize,
    // Live series that hold what did not fit.
    folded: usize,
    fold: Option<Fold>,
    // What series had counted that went, so that a test can account for every count.
    #[cfg(test)]
    departed: u64,
}

/// Series that were unlinked together and may still be written to.
struct Limbo {
    // By hash; with each, what its trace was.
    series: HashMap<u64, (Arc<Series>, u64)>,
    ticket: Ticket,
}

impl Family {
    pub(crate) fn new(
        identity: Identity,
        settings: Settings,
        maker: Maker,
        storage: &Arc<Storage>,
        clock: &Arc<dyn Clock>,
    ) -> Arc<Self> {
        let family = Arc::new(Self {
            identity,
            maker,
            storage: Arc::clone(storage),
            clock: Arc::clone(clock),
            table: Table::new(),
            fold: AtomicU32::new(0),
            demand: OnceLock::new(),
            exemplars: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            process: std::process::id(),
            inner: Mutex::new(Inner {
                settings: Settings::default(),
                all: Vec::new(),
                limbo: Vec::new(),
                retired: Vec::new(),
                live: 0,
                folded: 0,
                fold: None,
                #[cfg(test)]
                departed: 0,
            }),
            reading: Mutex::new(()),
        });
        family.apply(settings);
        family
    }

    /// Acts on the series of these labels. Without one (nothing could be made) it is counted as lost.
    #[inline]
    pub(crate) fn with(&self, labels: &LabelBuffer, act: impl FnOnce(&Series)) {
        let hash = labels.hash();
        {
            let _inside = announcements().enter();
            // SAFETY: announced until the end of this block, which is after the last use.
            if let Some(series) = unsafe { self.table.find(hash, labels.bytes()) } {
                return act(series);
            }
        }
        self.with_other(labels, act);
    }

    /// The series of these labels, kept for as long as the caller likes.
    pub(crate) fn series(&self, labels: &LabelBuffer) -> Option<Arc<Series>> {
        let mut kept = None;
        self.with(labels, |series| {
            // SAFETY: whatever the table finds, and whatever `with` passes, is owned by an `Arc` that
            // exists for as long as the reader is announced or the call lasts.
            kept = Some(unsafe { keep(series) });
        });
        kept
    }

    /// Whether traces are wanted beside what is counted.
    #[inline]
    pub(crate) fn wants_exemplars(&self) -> bool {
        self.exemplars.load(Ordering::Relaxed)
    }

    /// How many records found no series, because a forked process holds what they needed.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn now(&self) -> u64 {
        self.clock.elapsed().as_millis() as u64
    }

    /// The lock; `None` in a forked child whose parent held it at the fork.
    fn lock(&self) -> Option<MutexGuard<'_, Inner>> {
        let mut tries = 0;
        loop {
            match self.inner.try_lock() {
                Ok(inner) => return Some(inner),
                // Nothing under the lock panics but for our own bugs; series and cells are whole anyway.
                Err(TryLockError::Poisoned(inner)) => return Some(inner.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
            if std::process::id() == self.process {
                return Some(match self.inner.lock() {
                    Ok(inner) => inner,
                    Err(inner) => inner.into_inner(),
                });
            }
            tries += 1;
            if tries > 1_000 {
                return None;
            }
            std::thread::yield_now();
        }
    }
}

impl Inner {
    /// Keeps replaced slots until nobody reads them.
    fn retire(&mut self, retired: Option<Retired<Series>>) {
        if let Some(retired) = retired {
            // A metric that grows replaces many in the time between two looks after it.
            self.free_retired();
            self.retired.push((announcements().begin(), retired));
        }
    }

    /// Frees replaced slots that nobody can be reading any more.
    fn free_retired(&mut self) {
        self.retired
            .retain_mut(|(ticket, _)| !announcements().is_over(ticket));
    }
}

/// Another owner of a series.
///
/// # Safety
///
/// The series is owned by an `Arc`, and that one exists during the call.
unsafe fn keep(series: &Series) -> Arc<Series> {
    let address: *const Series = series;
    // SAFETY: the caller's promise; the count that `from_raw` takes over was added just before.
    unsafe {
        Arc::increment_strong_count(address);
        Arc::from_raw(address)
    }
}

#[cfg(test)]
mod tests;
