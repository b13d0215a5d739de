//! What happens when a metric would have more series than it may.
//!
//! The label whose folding frees the most series is folded first: new series get
//! `overflow` for its value. If that makes too many series again, all labels are
//! folded. Series that exist stay; totals are kept. It ends when expiry has brought
//! the metric under four fifths of its cap.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::demand::Demand;
use super::{Family, Inner};
use crate::series::{Keyed, LabelBuffer, Series, values};

/// The value of a folded label.
const OVERFLOW: &str = "overflow";

/// How many values that did not fit are remembered as examples.
const SAMPLES: usize = 3;

/// Which labels are folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// One of them.
    Label(usize),
    /// All of them.
    All,
}

/// A metric that is over its cap.
#[derive(Debug)]
pub(super) struct Fold {
    label: usize,
    all: bool,
    samples: Vec<Arc<str>>,
}

/// A metric that has more series than it may, as shown to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// The metric.
    pub metric: Arc<str>,
    /// The label that is folded first.
    pub label: Arc<str>,
    /// Whether all labels are folded by now.
    pub all: bool,
    /// Some of the values that did not fit.
    pub samples: Vec<Arc<str>>,
    /// About how many series were asked for and did not fit.
    pub demand: u64,
}

/// How many series can stand for what did not fit.
#[cfg(not(loom))]
pub(crate) fn most_folded(max_series: usize) -> usize {
    Fold::limit(max_series) + 1
}

impl Fold {
    /// How many folded series there may be before all labels are folded.
    pub(super) fn limit(max_series: usize) -> usize {
        (max_series / 4).max(4)
    }

    /// What a record tries, in this order.
    pub(super) fn places(&self) -> [Place; 2] {
        [Place::Label(self.label), Place::All]
    }

    /// For readers without the lock: 0 is no fold.
    fn code(&self) -> u32 {
        self.label as u32 + 1
    }

    pub(super) fn decode(code: u32) -> Option<Self> {
        Some(Self {
            label: code.checked_sub(1)? as usize,
            all: false,
            samples: Vec::new(),
        })
    }

    /// Remembers a value that did not fit, as an example.
    pub(super) fn sample(&mut self, labels: &LabelBuffer) {
        let Some(value) = labels.values().nth(self.label) else {
            return;
        };
        if self.samples.len() < SAMPLES && !self.samples.iter().any(|known| **known == *value) {
            self.samples.push(value.into());
        }
    }
}

/// The labels with some of their values folded.
pub(super) fn folded(labels: &LabelBuffer, place: Place) -> LabelBuffer {
    let mut other = LabelBuffer::new(usize::MAX);
    for (at, value) in labels.values().enumerate() {
        let fold = match place {
            Place::Label(label) => label == at,
            Place::All => true,
        };
        other.push(if fold { OVERFLOW } else { value });
    }
    other
}

impl Family {
    pub(super) fn begin_folding(&self, inner: &mut Inner) {
        let fold = Fold {
            label: worst(&inner.all, self.identity.labels.len()),
            all: false,
            samples: Vec::new(),
        };
        // Release: whoever sees the fold finds the table as it was when it began, or newer.
        self.fold.store(fold.code(), Ordering::Release);
        inner.fold = Some(fold);
    }

    pub(super) fn fold_all(&self, inner: &mut Inner) {
        if let Some(fold) = &mut inner.fold {
            fold.all = true;
        }
    }

    pub(super) fn end_folding(&self, inner: &mut Inner) {
        inner.fold = None;
        self.fold.store(0, Ordering::Release);
        if let Some(demand) = self.demand.get() {
            demand.clear();
        }
    }

    /// Notes that these labels asked for a series and did not fit.
    pub(super) fn want(&self, labels: &LabelBuffer) {
        self.demand
            .get_or_init(|| Box::new(Demand::new()))
            .add(labels.hash());
    }

    /// The overflow, if there is one.
    pub(crate) fn overflow(&self) -> Option<Overflow> {
        let inner = self.lock()?;
        let fold = inner.fold.as_ref()?;
        Some(Overflow {
            metric: Arc::clone(&self.identity.name),
            label: Arc::clone(self.identity.labels.get(fold.label)?),
            all: fold.all,
            samples: fold.samples.clone(),
            demand: self.demand.get().map_or(0, |demand| demand.estimate()),
        })
    }
}

/// The label whose folding frees the most series.
fn worst(all: &[Arc<Series>], labels: usize) -> usize {
    let hasher = RandomState::new();
    let left = |label: usize| {
        let without = |series: &Arc<Series>| {
            let others = values(series.key()).enumerate();
            let others: Vec<&str> = others
                .filter_map(|(at, value)| (at != label).then_some(value))
                .collect();
            hasher.hash_one(others)
        };
        all.iter().map(without).collect::<HashSet<u64>>().len()
    };
    (0..labels).min_by_key(|label| left(*label)).unwrap_or(0)
}
