//! The series itself: what is recorded into it and read out of it.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::{Foreign, Keyed};
use crate::bank::{Cells, Storage};
use crate::exemplar::{Exemplar, Exemplars};
use crate::histogram::{Exponential, NativeHistogram, bucket};
use crate::spec::{Bounds, Identity, Kind};

/// A gauge was written since the last look.
const FRESH: u8 = 1;
/// A gauge has a value.
const SHOWN: u8 = 2;

/// One series. What is recorded goes to the storage's cells, but for a gauge's value, which all threads share.
pub(crate) struct Series {
    storage: Arc<Storage>,
    // Counter: whole amounts, fractions. Histogram: text buckets, sum, and for exponential ones the zero
    // bucket. Gauge: none.
    cells: Option<Cells>,
    key: Arc<[u8]>,
    hash: u64,
    measure: Measure,
    // The bits of a gauge's value; the last reading of a counter that follows another.
    value: AtomicU64,
    // Boxed, because most series have neither, and there may be a million of them.
    seldom: OnceLock<Box<Seldom>>,
    pub(crate) state: State,
}

/// What few series have.
#[derive(Default)]
struct Seldom {
    exemplars: OnceLock<Exemplars>,
    // Where recording goes on when the program's own handle outlives a change of the metric.
    successor: OnceLock<Arc<Series>>,
}

enum Measure {
    Counter,
    Gauge,
    Explicit(Arc<[f64]>),
    Exponential(Arc<[f64]>, Box<Exponential>),
    // Kept by somebody else; it has no cells here.
    Foreign(Box<Foreign>),
}

/// What the family's upkeep knows of a series; written under its lock only, but for the gauge's word.
#[derive(Debug)]
pub(crate) struct State {
    /// When it was made, in milliseconds since the Unix epoch.
    pub(crate) created: u64,
    /// It was there from the start, and stays.
    pub(crate) permanent: AtomicBool,
    /// It holds what did not fit; it does not count for the cap.
    pub(crate) folded: bool,
    /// What [`Series::trace`] said at the last look.
    pub(crate) seen: AtomicU64,
    /// Since when that has not changed, on the registry's clock, in milliseconds.
    pub(crate) idle_since: AtomicU64,
    /// What became of a gauge; here because there is room.
    pub(crate) gauge: AtomicU8,
}

impl Series {
    /// A series at zero; `None` when there is no room for its cells.
    pub(crate) fn new(
        storage: &Arc<Storage>,
        identity: &Identity,
        (key, hash): (Arc<[u8]>, u64),
        state: State,
    ) -> Option<Arc<Self>> {
        let (measure, cells) = match &identity.bounds {
            None if identity.kind == Kind::Gauge => (Measure::Gauge, 0),
            None => (Measure::Counter, 2),
            Some(Bounds::Explicit(bounds)) => {
                (Measure::Explicit(Arc::clone(bounds)), bounds.len() + 2)
            }
            Some(Bounds::Exponential(bounds)) => {
                let exponential = Box::new(Exponential::new());
                let text = Arc::clone(bounds);
                (Measure::Exponential(text, exponential), bounds.len() + 3)
            }
        };
        let cells = match cells {
            0 => None,
            len => Some(storage.take(len as u32)?),
        };
        Some(Self::of(storage, measure, cells, (key, hash), state))
    }

    /// A series whose values somebody else keeps.
    pub(crate) fn foreign(
        storage: &Arc<Storage>,
        foreign: Foreign,
        key: (Arc<[u8]>, u64),
        state: State,
    ) -> Arc<Self> {
        Self::of(
            storage,
            Measure::Foreign(Box::new(foreign)),
            None,
            key,
            state,
        )
    }

    fn of(
        storage: &Arc<Storage>,
        measure: Measure,
        cells: Option<Cells>,
        (key, hash): (Arc<[u8]>, u64),
        state: State,
    ) -> Arc<Self> {
        Arc::new(Self {
            storage: Arc::clone(storage),
            cells,
            key,
            hash,
            measure,
            value: AtomicU64::new(0),
            seldom: OnceLock::new(),
            state,
        })
    }

    // === recording, on the threads of the program ===

    /// Adds to a counter.
    #[inline]
    pub(crate) fn add(&self, amount: u64) {
        match self.cells {
            Some(cells) => self.storage.writer().add(cells, 0, amount),
            None => self.elsewhere(|foreign| foreign.add(amount)),
        }
    }

    /// The cells of a counter that is kept here.
    pub(crate) fn counter(&self) -> Option<(&Arc<Storage>, Cells)> {
        match self.measure {
            Measure::Counter => Some((&self.storage, self.cells?)),
            _ => None,
        }
    }

    /// Adds an amount with a fraction, finite and not negative. Whole amounts stay exact.
    #[inline]
    pub(crate) fn add_float(&self, amount: f64) {
        let Some(cells) = self.cells else {
            return self.elsewhere(|foreign| foreign.add_float(amount));
        };
        let writer = self.storage.writer();
        let whole = amount.trunc();
        // Beyond 2^53 an `f64` has no fraction, and at 2^63 it would fill the cell.
        if whole < (1_u64 << 62) as f64 {
            writer.add(cells, 0, whole as u64);
            if amount != whole {
                writer.add_float(cells, 1, amount - whole);
            }
        } else {
            writer.add_float(cells, 1, amount);
        }
    }

    /// Follows another counter, which now reads this.
    ///
    /// Readings can arrive late, so a slightly smaller one says nothing. One below half of the last
    /// means that the other began anew: all of it is added.
    pub(crate) fn follow(&self, reading: u64) {
        let mut last = self.value.load(Ordering::Relaxed);
        loop {
            let more = if reading >= last {
                reading - last
            } else if reading < last / 2 {
                reading
            } else {
                return;
            };
            match self.value.compare_exchange_weak(
                last,
                reading,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return self.add(more),
                Err(now) => last = now,
            }
        }
    }

    /// Raises a counter to at least this reading of another.
    pub(crate) fn raise(&self, reading: u64) {
        let last = self.value.fetch_max(reading, Ordering::Relaxed);
        if reading > last {
            self.add(reading - last);
        }
    }

    /// Sets a gauge.
    #[inline]
    pub(crate) fn set(&self, value: f64) {
        self.elsewhere(|foreign| foreign.set(value));
        self.value.store(value.to_bits(), Ordering::Relaxed);
        self.state.gauge.store(FRESH | SHOWN, Ordering::Release);
    }

    /// Adds to a gauge.
    #[inline]
    pub(crate) fn shift(&self, amount: f64) {
        self.elsewhere(|foreign| foreign.shift(amount));
        let _ = self
            .value
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| {
                Some((f64::from_bits(now) + amount).to_bits())
            });
        self.state.gauge.store(FRESH | SHOWN, Ordering::Release);
    }

    /// Counts a finite value in a histogram.
    #[inline]
    pub(crate) fn record(&self, value: f64) {
        if self.record_alone(value).is_none() {
            self.record_times(value, 1);
        }
    }

    /// The frequent case of it: the thread has a bank and has counted near these cells before. `None` in every
    /// other case, and nothing has happened then.
    #[inline(always)]
    fn record_alone(&self, value: f64) -> Option<()> {
        let Measure::Exponential(bounds, exponential) = &self.measure else {
            return None;
        };
        let bank = self.storage.own()?;
        let text = bank.lane(self.cells?)?;
        let (fine, part) = exponential.lane(bank, value)?;
        fine.add(part, 1);
        text.add(bucket(bounds, value) as usize, 1);
        text.add_float(bounds.len() + 1, value);
        Some(())
    }

    /// Counts a finite value so many times.
    #[inline(never)]
    pub(crate) fn record_times(&self, value: f64, times: u64) {
        let Some(cells) = self.cells else {
            return self.elsewhere(|foreign| foreign.record(value, times));
        };
        let writer = self.storage.writer();
        let (bounds, exponential) = match &self.measure {
            Measure::Explicit(bounds) => (bounds, None),
            Measure::Exponential(bounds, exponential) => (bounds, Some(exponential)),
            Measure::Counter | Measure::Gauge | Measure::Foreign(_) => return,
        };
        let (bucket, sum) = (bucket(bounds, value), bounds.len() as u32 + 1);
        let is_zero = exponential.is_some_and(|exponential| {
            let counted = exponential.count(&self.storage, writer, value, times);
            counted.is_none()
        });
        let total = value * times as f64;
        writer.add(cells, bucket, times);
        writer.add_float(cells, sum, total);
        if is_zero {
            writer.add(cells, sum + 1, times);
        }
    }

    /// Offers the trace in which a value was recorded.
    pub(crate) fn point(&self, exemplar: Exemplar) {
        let buckets = match &self.measure {
            Measure::Counter => 1,
            Measure::Gauge | Measure::Foreign(_) => return,
            Measure::Explicit(bounds) | Measure::Exponential(bounds, _) => bounds.len() + 1,
        };
        let index = match &self.measure {
            Measure::Explicit(bounds) | Measure::Exponential(bounds, _) => {
                bucket(bounds, exemplar.value) as usize
            }
            Measure::Counter | Measure::Gauge | Measure::Foreign(_) => 0,
        };
        let seldom = self.seldom.get_or_init(Box::default);
        seldom
            .exemplars
            .get_or_init(|| Exemplars::new(buckets))
            .offer(index, exemplar);
    }

    /// Where a kept handle records: here, or into what took this one's place.
    pub(crate) fn current(&self) -> &Self {
        let mut here = self;
        while let Some(successor) = here.seldom.get().and_then(|has| has.successor.get()) {
            here = successor;
        }
        here
    }

    // === reading, under the locks of the family ===

    /// Sends kept handles on to another series, once.
    pub(crate) fn succeed(&self, by: Arc<Self>) {
        let _ = self.seldom.get_or_init(Box::default).successor.set(by);
    }

    /// Shows a gauge that nobody wrote to yet.
    pub(crate) fn show(&self) {
        self.state.gauge.fetch_or(SHOWN, Ordering::Release);
    }

    /// Whether there is a value to show: a gauge has none before its first.
    pub(crate) fn has_value(&self) -> bool {
        !matches!(self.measure, Measure::Gauge)
            || self.state.gauge.load(Ordering::Acquire) & SHOWN != 0
    }

    /// A counter's whole and fractional amounts.
    pub(crate) fn amounts(&self) -> (u64, f64) {
        self.cells.map_or((0, 0.0), |cells| {
            (self.storage.sum(cells, 0), self.storage.sum_float(cells, 1))
        })
    }

    /// A gauge's value.
    pub(crate) fn gauge(&self) -> f64 {
        f64::from_bits(self.value.load(Ordering::Relaxed))
    }

    /// A histogram's text buckets (one more than there are bounds) and the sum of its values.
    pub(crate) fn buckets(&self) -> (Vec<u64>, f64) {
        let (Some(cells), Some(bounds)) = (self.cells, self.bounds()) else {
            return (Vec::new(), 0.0);
        };
        let len = bounds.len() as u32;
        let counts = (0..=len).map(|index| self.storage.sum(cells, index));
        (counts.collect(), self.storage.sum_float(cells, len + 1))
    }

    /// A histogram's exponential buckets.
    pub(crate) fn native(&self) -> Option<NativeHistogram> {
        let Measure::Exponential(bounds, exponential) = &self.measure else {
            return None;
        };
        let zero = self.storage.sum(self.cells?, bounds.len() as u32 + 2);
        Some(exponential.read(&self.storage, zero))
    }

    /// The exemplar of a bucket; a counter has one.
    pub(crate) fn exemplar(&self, bucket: usize) -> Option<Exemplar> {
        self.seldom.get()?.exemplars.get()?.read(bucket)
    }

    /// A number that changes when something is recorded.
    pub(crate) fn trace(&self) -> u64 {
        match &self.measure {
            Measure::Gauge => {
                let was = self.state.gauge.fetch_and(!FRESH, Ordering::AcqRel);
                let seen = self.state.seen.load(Ordering::Relaxed);
                seen.wrapping_add(u64::from(was & FRESH))
            }
            Measure::Counter => {
                let (whole, part) = self.amounts();
                // Spread, so that a whole amount and a fraction cannot make up for each other.
                whole.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ part.to_bits()
            }
            Measure::Explicit(_) | Measure::Exponential(..) => self.buckets().0.iter().sum(),
            Measure::Foreign(_) => 0,
        }
    }

    /// The label values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        super::values(&self.key)
    }

    /// The label values as the key they are found by.
    pub(crate) fn shared_key(&self) -> &Arc<[u8]> {
        &self.key
    }

    fn bounds(&self) -> Option<&Arc<[f64]>> {
        match &self.measure {
            Measure::Explicit(bounds) | Measure::Exponential(bounds, _) => Some(bounds),
            Measure::Counter | Measure::Gauge | Measure::Foreign(_) => None,
        }
    }

    #[inline]
    fn elsewhere(&self, record: impl FnOnce(&Foreign)) {
        if let Measure::Foreign(foreign) = &self.measure {
            record(foreign);
        }
    }
}

impl Keyed for Series {
    #[inline]
    fn hash(&self) -> u64 {
        self.hash
    }

    #[inline]
    fn key(&self) -> &[u8] {
        &self.key
    }
}

impl Drop for Series {
    fn drop(&mut self) {
        // The last owner is gone, and before it every reader who found this in a table: nobody writes.
        if let Measure::Exponential(_, exponential) = &self.measure {
            exponential
                .runs()
                .for_each(|run| self.storage.give_back(run));
        }
        if let Some(cells) = self.cells {
            self.storage.give_back(cells);
        }
    }
}
