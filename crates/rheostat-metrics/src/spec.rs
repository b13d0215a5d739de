//! What a metric is, and how it is kept: the words in which one is declared.

use std::sync::Arc;
use std::time::Duration;

/// The kinds of metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Only goes up.
    Counter,
    /// Goes up and down.
    Gauge,
    /// A distribution.
    Histogram,
}

impl Kind {
    /// The word of the exposition formats.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Where a histogram counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Bounds {
    /// In buckets with these upper bounds, ascending and finite, and one above them.
    Explicit(Arc<[f64]>),
    /// In exponential buckets, and in these for formats that cannot show exponential ones.
    Exponential(Arc<[f64]>),
}

impl Bounds {
    /// The bounds that text shows.
    pub fn text(&self) -> &Arc<[f64]> {
        match self {
            Self::Explicit(bounds) | Self::Exponential(bounds) => bounds,
        }
    }

    /// Prometheus's eleven bounds for seconds, exponential besides: what a histogram has unless told otherwise.
    pub fn usual() -> Self {
        Self::Exponential(Arc::new([
            0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
        ]))
    }
}

/// What makes a metric the same metric: while it stays, values go on; when it changes, they start anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The name, as exposed: a counter ends in `_total`.
    pub name: Arc<str>,
    /// The kind.
    pub kind: Kind,
    /// The unit's name.
    pub unit: Option<Arc<str>>,
    /// The names of the labels, in the order in which their values are recorded.
    pub labels: Arc<[Arc<str>]>,
    /// Where a histogram counts; nothing for the other kinds.
    pub bounds: Option<Bounds>,
}

impl Identity {
    /// A counter.
    pub fn counter(name: &str, labels: &[&str]) -> Self {
        Self::new(name, Kind::Counter, labels, None)
    }

    /// A gauge.
    pub fn gauge(name: &str, labels: &[&str]) -> Self {
        Self::new(name, Kind::Gauge, labels, None)
    }

    /// A histogram.
    pub fn histogram(name: &str, labels: &[&str], bounds: Bounds) -> Self {
        Self::new(name, Kind::Histogram, labels, Some(bounds))
    }

    /// The same in a unit.
    #[must_use]
    pub fn in_unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.into());
        self
    }

    fn new(name: &str, kind: Kind, labels: &[&str], bounds: Option<Bounds>) -> Self {
        Self {
            name: name.into(),
            kind,
            unit: None,
            labels: labels.iter().map(|label| Arc::from(*label)).collect(),
            bounds,
        }
    }

    /// The names under which a scraper would see it, in any format: nothing else may take one of them.
    pub(crate) fn exposed(&self) -> Vec<String> {
        let name = &self.name;
        match self.kind {
            Kind::Counter => {
                let base = name.strip_suffix("_total").unwrap_or(name);
                vec![
                    base.into(),
                    format!("{base}_total"),
                    format!("{base}_created"),
                ]
            }
            Kind::Gauge => vec![name.to_string()],
            Kind::Histogram => ["", "_bucket", "_sum", "_count", "_created"]
                .map(|suffix| format!("{name}{suffix}"))
                .into(),
        }
    }
}

/// How a metric is kept. It can change without the values starting anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What the metric means, in a sentence.
    pub help: Option<Arc<str>>,
    /// How many live series it may have.
    pub max_series: usize,
    /// Idle time after which one series goes.
    pub expire: Option<Duration>,
    /// Idle time after which a gauge is not shown.
    pub stale_after: Option<Duration>,
    /// Whether traces are kept beside what is counted.
    pub exemplars: bool,
    /// The series that are there from the start, at zero, as label values.
    pub from_start: Vec<Vec<Arc<str>>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            help: None,
            max_series: 1_000,
            expire: None,
            stale_after: None,
            exemplars: true,
            from_start: Vec::new(),
        }
    }
}
