//! The most memory that a metric of a policy can take: known before anything runs.

use rheostat_policy::model::{Buckets, LabelSpec, Metric};

use crate::exemplar::Exemplars;
use crate::family;
use crate::histogram::Exponential;
use crate::series::Series;
use crate::snapshot::SeriesSnapshot;

/// What an allocation costs besides its bytes.
const ALLOCATION: u64 = 16;

/// What the table, the list of series, and the list of those that leave need for one: all of them grow by doubling.
const LISTED: u64 = 32 + 16 + 16 + 64;

/// What a line of a page holds besides names and label values: punctuation, suffix, number.
const LINE: u64 = 48;

/// The most that one metric can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricBound {
    /// How many series it can have, those that stand for what did not fit included.
    pub series: u64,
    /// How many bytes one of them takes.
    pub each: u64,
    /// How many bytes of that are its cells.
    pub cells: u64,
    /// How many bytes one of them takes while a page is made.
    pub page: u64,
}

/// What a bound depends on besides the metric.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// How many threads record, each into a bank of its own; there is one more bank for all others.
    pub threads: u64,
    /// How long a label value may be.
    pub max_label: u64,
    /// Whether there are traces, which exemplars name.
    pub traces: bool,
}

impl MetricBound {
    /// The bound of one metric.
    pub fn of(metric: &Metric, at: Circumstances) -> Self {
        let text = |label: &LabelSpec| label_bytes(label, at.max_label);
        let text: u64 = metric.labels.iter().map(text).sum();
        let (buckets, cells, apart) = match metric.kind.as_str() {
            "counter" => (1, 2, 0),
            "gauge" => (0, 0, 0),
            _ => match &metric.buckets {
                Buckets::Explicit(bounds) => (bounds.len() + 1, bounds.len() + 2, 0),
                Buckets::Exponential(bounds) => (
                    bounds.len() + 1,
                    bounds.len() + 3 + Exponential::MOST_CELLS,
                    Exponential::MOST_BYTES,
                ),
            },
        };
        let exemplars = match metric.exemplars && at.traces {
            true => Exemplars::most_bytes(buckets) as u64 + ALLOCATION,
            false => 0,
        };
        // Each segment of a bank is twice as large as the one before.
        let cells = 2 * 8 * cells as u64 * (at.threads + 1);
        let own = size_of::<Series>() as u64 + apart as u64 + text + 4 * ALLOCATION;
        let names: u64 = metric
            .labels
            .iter()
            .map(|of| of.name.len() as u64 + 4)
            .sum();
        let lines = buckets as u64 + 4;
        // Escaped, a text may be twice as long; the page grows by doubling.
        let line = metric.name.len() as u64 + names + 2 * text + LINE;
        Self {
            series: most_series(metric),
            each: own + LISTED + exemplars + cells,
            cells,
            page: 2 * lines * line + (size_of::<SeriesSnapshot>() + 64 * buckets) as u64,
        }
    }

    /// How many bytes all of its series take.
    pub fn bytes(&self) -> u64 {
        self.series * self.each
    }

    /// How many bytes a page of them takes while it is made.
    pub fn page_bytes(&self) -> u64 {
        self.series * self.page
    }
}

/// The cap and what is folded beyond it; fewer where all labels are closed.
fn most_series(metric: &Metric) -> u64 {
    let cap = u64::from(metric.max_series);
    let combinations = metric.labels.iter().try_fold(1_u64, |all, label| {
        // Besides its values: `other`, and nothing at all.
        let values = label.closed.as_ref()?.len() as u64 + 2;
        all.checked_mul(values)
    });
    match combinations {
        Some(all) if all <= cap => all,
        _ => cap + family::most_folded(metric.max_series as usize) as u64,
    }
}

/// The longest value of a label, as it stands in a key.
fn label_bytes(label: &LabelSpec, max_label: u64) -> u64 {
    /// As long as the words that stand for other values.
    const OTHER: u64 = 8;
    let longest = match &label.closed {
        Some(values) => values
            .iter()
            .map(|value| value.len() as u64)
            .fold(OTHER, u64::max),
        None => max_label.max(OTHER),
    };
    4 + longest
}
