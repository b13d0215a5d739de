//! Metrics on their way to a sink: typed points, read from whoever keeps them.

use std::sync::Arc;

pub use rheostat_policy::vocabulary::MetricKind;

/// How a sink wants counters and histograms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Temporality {
    /// What came since the last report that this sink took; nothing where
    /// nothing changed. For rows in a store and for StatsD.
    #[default]
    Delta,
    /// The totals since each series began, every series every time, and once a
    /// [`Amount::Gone`] for a series that left. For remote write and OTLP.
    Cumulative,
}

/// Metrics, as a sink gets them every `metrics_every` and once at the end.
///
/// A report is given again, the same in every part, until the sink has settled
/// it; meanwhile what happens adds up for the next. It holds at most
/// `batch.records` points: more metrics come as several reports of one moment.
#[derive(Clone, Debug)]
pub struct Report {
    /// How counters and histograms are meant.
    pub temporality: Temporality,
    /// The same at every attempt, and of no other report: for destinations that deduplicate.
    pub token: String,
    /// On every point, unless its metric has a label of that name itself.
    pub const_labels: Arc<[(Arc<str>, Arc<str>)]>,
    /// The metrics, in order of their names; none without a point.
    pub families: Vec<Family>,
}

/// One metric, and those of its series that are reported.
#[derive(Clone, Debug)]
pub struct Family {
    /// The name; a counter's ends in `_total`.
    pub name: Arc<str>,
    /// The kind.
    pub kind: MetricKind,
    /// The unit's name.
    pub unit: Option<Arc<str>>,
    /// Declared help.
    pub help: Option<Arc<str>>,
    /// The names of the labels.
    pub labels: Arc<[Arc<str>]>,
    /// The points, one a series.
    pub points: Vec<Point>,
}

/// One series at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its label values, in the order of the family's names; an empty one is absent.
    pub labels: Arc<[Arc<str>]>,
    /// What the amount counts from, in nanoseconds since the Unix epoch: the
    /// series' beginning, or for deltas the report before.
    pub from: u64,
    /// When it was read, in nanoseconds since the Unix epoch.
    pub to: u64,
    /// How much.
    pub amount: Amount,
}

/// The value of a point.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    /// A counter's.
    Counter {
        /// The sum of what was whole.
        whole: u64,
        /// The sum of fractions, and of amounts beyond 2^62; mostly 0.
        part: f64,
        /// A trace that stands for it.
        exemplar: Option<Exemplar>,
    },
    /// A gauge's, as it stands at `to`.
    Gauge(f64),
    /// A histogram's.
    Histogram(Box<Histogram>),
    /// The series has left: no more points will come. Only in cumulative reports.
    Gone,
}

/// A distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The upper bounds of all buckets but the last, which has none.
    pub bounds: Arc<[f64]>,
    /// How many values fell in each bucket, not cumulated; one more than bounds.
    pub counts: Vec<u64>,
    /// The sum of all values.
    pub sum: f64,
    /// A trace for each bucket; empty where none is kept.
    pub exemplars: Vec<Option<Exemplar>>,
    /// The same values in exponential buckets, where the metric has them.
    pub exponential: Option<Exponential>,
}

/// A distribution in exponential buckets, as Prometheus and OpenTelemetry have them.
///
/// Bucket `i` holds the values above b^(i-1) up to b^i, where b is 2^(2^-schema).
#[derive(Clone, Debug, PartialEq)]
pub struct Exponential {
    /// The resolution.
    pub schema: i32,
    /// Up to here, either way, a value counts as zero.
    pub zero_threshold: f64,
    /// How many did.
    pub zero_count: u64,
    /// Buckets above zero that are not empty, ascending.
    pub positive: Vec<(i32, u64)>,
    /// Buckets below zero, by magnitude.
    pub negative: Vec<(i32, u64)>,
}

/// A pointer from a value to the trace it was recorded in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exemplar {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span, if it is known.
    pub span_id: Option<[u8; 8]>,
    /// The value that was recorded.
    pub value: f64,
    /// When, in nanoseconds since the Unix epoch.
    pub time: u64,
}

/// All metrics of a program, wherever they are kept.
pub trait MetricSource: Send + Sync + 'static {
    /// Everything as it is now, as totals since each series began. On a worker thread.
    fn read(&self) -> Reading;
}

/// What a [`MetricSource`] gives.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// On every point, unless its metric has a label of that name itself.
    pub const_labels: Arc<[(Arc<str>, Arc<str>)]>,
    /// The metrics, in order of their names.
    pub families: Vec<Family>,
}

impl Report {
    /// How many points it holds.
    pub fn len(&self) -> usize {
        self.families.iter().map(|family| family.points.len()).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.families.iter().all(|family| family.points.is_empty())
    }

    /// Each point with its metric, in the order that positions count.
    pub fn points(&self) -> impl Iterator<Item = (&Family, &Point)> {
        let of_one = |family: &'_ Family| family.points.len();
        debug_assert!(self.families.iter().all(|family| of_one(family) > 0));
        self.families
            .iter()
            .flat_map(|family| family.points.iter().map(move |point| (family, point)))
    }

    /// All labels of a point, the constant ones first; absent ones are left out.
    pub fn labels<'r>(
        &'r self,
        family: &'r Family,
        point: &'r Point,
    ) -> impl Iterator<Item = (&'r str, &'r str)> {
        let constant = self
            .const_labels
            .iter()
            .filter(|(name, _)| !family.labels.contains(name))
            .map(|(name, value)| (&**name, &**value));
        constant.chain(family.labels_of(point))
    }

    /// Keeps only the points at these positions, which ascend.
    pub fn keep(&mut self, positions: &[usize]) {
        let mut at = 0;
        for family in &mut self.families {
            family.points.retain(|_| {
                at += 1;
                positions.binary_search(&(at - 1)).is_ok()
            });
        }
        self.families.retain(|family| !family.points.is_empty());
    }
}

impl Family {
    /// The labels of one of its points; absent ones are left out.
    pub fn labels_of<'f>(&'f self, point: &'f Point) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.labels
            .iter()
            .zip(&*point.labels)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (&**name, &**value))
    }
}

impl Amount {
    /// As one number: a counter's or gauge's value, how many values a histogram took.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a number for destinations that have only floats; the parts are exact"
    )]
    pub fn number(&self) -> f64 {
        match self {
            Self::Counter { whole, part, .. } => *whole as f64 + part,
            Self::Gauge(value) => *value,
            Self::Histogram(histogram) => histogram.count() as f64,
            Self::Gone => f64::NAN,
        }
    }
}

impl Histogram {
    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Upper bound and cumulated count of each bucket; the last bound is infinity.
    pub fn cumulated(&self) -> impl Iterator<Item = (f64, u64)> {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        bounds.zip(&self.counts).scan(0, |sum, (bound, count)| {
            *sum += count;
            Some((bound, *sum))
        })
    }
}
