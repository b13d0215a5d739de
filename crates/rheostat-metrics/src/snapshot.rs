//! Metrics as data: what a scrape, a push or a test reads.

use std::sync::Arc;

use crate::exemplar::Exemplar;
use crate::histogram::NativeHistogram;
use crate::series::{LabelBuffer, values};
use crate::spec::Kind;

/// All metrics at one time, by name.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// On every series.
    pub const_labels: Arc<[(Arc<str>, Arc<str>)]>,
    /// The metrics, in order of their names.
    pub families: Vec<FamilySnapshot>,
}

/// One metric.
#[derive(Clone, Debug)]
pub struct FamilySnapshot {
    /// The name; a counter's ends in `_total`.
    pub name: Arc<str>,
    /// The kind.
    pub kind: Kind,
    /// The unit's name.
    pub unit: Option<Arc<str>>,
    /// Declared help.
    pub help: Option<Arc<str>>,
    /// The names of the labels.
    pub labels: Arc<[Arc<str>]>,
    /// The series, in the order in which they were made.
    pub series: Vec<SeriesSnapshot>,
}

/// One series.
#[derive(Clone, Debug)]
pub struct SeriesSnapshot {
    pub(crate) key: Arc<[u8]>,
    /// When it began, in milliseconds since the Unix epoch.
    pub created: u64,
    /// Its value.
    pub value: Value,
}

/// The value of a series.
#[derive(Clone, Debug)]
pub enum Value {
    /// A counter's.
    Counter {
        /// The sum of what was whole.
        whole: u64,
        /// The sum of fractions, and of amounts beyond 2^62.
        part: f64,
        /// A trace that stands for it.
        exemplar: Option<Exemplar>,
    },
    /// A gauge's.
    Gauge(f64),
    /// A histogram's.
    Histogram(Box<HistogramSnapshot>),
}

/// A distribution.
#[derive(Clone, Debug)]
pub struct HistogramSnapshot {
    /// The upper bounds of all buckets but the last.
    pub bounds: Arc<[f64]>,
    /// How many values fell in each bucket, not cumulated.
    pub counts: Vec<u64>,
    /// The sum of all values.
    pub sum: f64,
    /// A trace for each bucket.
    pub exemplars: Vec<Option<Exemplar>>,
    /// The same values in exponential buckets.
    pub native: Option<NativeHistogram>,
}

impl FamilySnapshot {
    /// A metric that is computed when it is read, from a name, a sentence, and label values with a value each.
    ///
    /// Counters are written with their whole value.
    pub fn computed<'a>(
        name: &str,
        kind: Kind,
        help: &str,
        labels: &[&str],
        series: impl IntoIterator<Item = (Vec<&'a str>, f64)>,
    ) -> Self {
        let one = |(values, value): (Vec<&str>, f64)| {
            let mut key = LabelBuffer::new(usize::MAX);
            values.iter().for_each(|value| key.push(value));
            let value = match kind {
                Kind::Counter => Value::Counter {
                    whole: value as u64,
                    part: 0.0,
                    exemplar: None,
                },
                Kind::Gauge | Kind::Histogram => Value::Gauge(value),
            };
            SeriesSnapshot {
                key: key.bytes().into(),
                created: 0,
                value,
            }
        };
        Self {
            name: name.into(),
            kind: if kind == Kind::Histogram {
                Kind::Gauge
            } else {
                kind
            },
            unit: None,
            help: Some(help.into()),
            labels: labels.iter().map(|label| Arc::from(*label)).collect(),
            series: series.into_iter().map(one).collect(),
        }
    }

    /// Labels and values of a series of this metric; empty values are left out.
    pub fn labels_of<'a>(
        &'a self,
        series: &'a SeriesSnapshot,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let names = self.labels.iter().map(|name| &**name);
        names
            .zip(values(&series.key))
            .filter(|(_, value)| !value.is_empty())
    }

    /// The series with exactly these label values.
    pub fn find(&self, labels: &[(&str, &str)]) -> Option<&SeriesSnapshot> {
        self.series.iter().find(|series| {
            let mut has: Vec<_> = self.labels_of(series).collect();
            let mut wanted = labels.to_vec();
            has.sort_unstable();
            wanted.sort_unstable();
            has == wanted
        })
    }
}

impl Snapshot {
    /// The metric of this name.
    pub fn family(&self, name: &str) -> Option<&FamilySnapshot> {
        self.families.iter().find(|family| *family.name == *name)
    }

    /// The value of one series as a number: a counter's or gauge's value, a histogram's count.
    pub fn number(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        // More than one family can have a name, when a program uses it with different labels.
        let families = self.families.iter().filter(|family| *family.name == *name);
        families
            .filter_map(|family| family.find(labels))
            .map(|series| series.value.number())
            .next()
    }
}

impl Value {
    /// A counter's or gauge's value, a histogram's count.
    pub fn number(&self) -> f64 {
        match self {
            Self::Counter { whole, part, .. } => *whole as f64 + part,
            Self::Gauge(value) => *value,
            Self::Histogram(histogram) => histogram.count() as f64,
        }
    }
}

impl HistogramSnapshot {
    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}
