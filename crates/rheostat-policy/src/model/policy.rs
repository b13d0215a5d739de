//! The whole of a checked policy.

use std::sync::Arc;
use std::time::Duration;

use super::{Args, Level, Lint, Rule, Secret};
use crate::glob::Glob;
use crate::place::{Place, Source};
use crate::vocabulary::{MetricKind, RecordClass};

/// A policy without errors.
#[derive(Clone, Debug)]
pub struct CheckedPolicy {
    /// The text it was read from.
    pub source: Source,
    /// `[defaults]`
    pub defaults: Defaults,
    /// `[http]`
    pub http: Option<Http>,
    /// `[inventory]`
    pub inventory: Inventory,
    /// `[lint]`
    pub lint: Lint,
    /// The metrics, declared and made by rules; a [`MetricId`] is an index.
    pub metrics: Vec<Metric>,
    /// The sinks in use or declared, `stdout` and `stderr` when used; a [`SinkId`] is an index.
    pub sinks: Vec<Sink>,
    /// The rules in file order; a [`RuleId`](super::RuleId) is an index.
    pub rules: Vec<Rule>,
}

/// The position of a metric in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricId(pub u32);

/// The position of a sink in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SinkId(pub u32);

/// `[defaults]`, with the language's own defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Defaults {
    /// Spans at this level or more severe lend their fields to bare names.
    pub scope_level: Level,
    /// The key of `hash`; absent: one per process.
    pub hash_key: Option<Secret>,
    /// On every series, record and resource.
    pub const_labels: Vec<(Arc<str>, Arc<str>)>,
    /// The cap on series of a metric that says no other: those of the program's own too.
    pub max_series: u32,
    /// The cap on keys of one limiter.
    pub max_keys: u32,
    /// Label text when a value is missing.
    pub missing: Arc<str>,
    /// What is hidden in streams, logs, spans and handlers.
    pub redact: Vec<Redaction>,
    /// The cap on one record, in bytes.
    pub max_record: u64,
    /// The cap on one value, in bytes.
    pub max_value: u64,
    /// The cap on one label value, in bytes; longer is cut and marked `…`.
    pub max_label: u64,
}

/// `[http]`
#[derive(Clone, Debug, PartialEq)]
pub struct Http {
    /// Host and port.
    pub listen: Arc<str>,
    /// Guards every route.
    pub token: Option<Secret>,
    /// Where it stands.
    pub place: Place,
}

/// `[inventory]`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// Callsites down to this level register even when no rule wants them.
    pub level: Option<Level>,
    /// Where learned callsites are written.
    pub file: Option<Arc<str>>,
}

/// One metric, as all its rules agree on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The name, as exposed: a counter ends in `_total`.
    pub name: Arc<str>,
    /// The kind.
    pub kind: MetricKind,
    /// The unit, written or read from the name.
    pub unit: Option<Unit>,
    /// Declared help; the exposition makes one up where there is none.
    pub help: Option<Arc<str>>,
    /// The label names and, where they are closed, their values.
    pub labels: Vec<LabelSpec>,
    /// The bounds of a histogram.
    pub buckets: Buckets,
    /// The cap on live series.
    pub max_series: u32,
    /// Idle time after which one series goes.
    pub expire: Option<Duration>,
    /// Idle time after which a gauge is no longer shown.
    pub stale_after: Option<Duration>,
    /// Whether exemplars are kept.
    pub exemplars: bool,
    /// Where it stands: its table, or the first rule that uses it.
    pub place: Place,
}

/// One label of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSpec {
    /// Its name.
    pub name: Arc<str>,
    /// A closed set of values (others become `other`); `None`: open.
    pub closed: Option<Vec<Arc<str>>>,
}

/// The bounds of a histogram, in the metric's unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Buckets {
    /// Exponential, plus these for text.
    Exponential(Vec<f64>),
    /// Only these, ascending, `+Inf` not written.
    Explicit(Vec<f64>),
}

/// A unit of measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Its name, such as `seconds`.
    pub name: Arc<str>,
    /// What one of it is in the base of its dimension; `None` for units that convert to nothing.
    pub scale: Option<OutOf>,
}

/// What a unit converts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OutOf {
    /// This many nanoseconds.
    Nanoseconds(f64),
    /// This many bytes.
    Bytes(f64),
}

/// One sink.
#[derive(Clone, Debug, PartialEq)]
pub struct Sink {
    /// Its name.
    pub name: Arc<str>,
    /// The vocabulary's name of its type.
    pub ty: &'static str,
    /// `format`, where the type has formats.
    pub format: Option<&'static str>,
    /// What it is handed at all.
    pub only: Vec<RecordClass>,
    /// What it hides besides `[defaults]`.
    pub redact: Vec<Redaction>,
    /// `batch`, `buffer`, `full`, `retry`, `timeout`, `dead_letter`, `metrics_every`, defaults filled in.
    /// The types: `batch` {records Integer, bytes Size, every Duration}, `buffer` {memory, disk Size, dir
    /// Path, fsync Choice}, `full` Choice, `retry` {first, max, for Duration}, `timeout` Duration,
    /// `dead_letter` Path, `metrics_every` Duration. Without `disk` there is no `dir`, and the other way
    /// round; there is always an `fsync`.
    pub common: Args,
    /// The type's own keys, defaults filled in.
    pub args: Args,
    /// Where it stands; the place of its first use where it is not declared.
    pub place: Place,
}

/// One entry of `redact`.
#[derive(Clone, Debug, PartialEq)]
pub enum Redaction {
    /// Fields with such a name.
    Field(Glob, RedactionWith),
    /// Parts of values, in messages too, replaced by the text.
    Pattern(crate::expr::Pattern, Arc<str>),
}

/// What stands in for a redacted value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedactionWith {
    /// This text; `[redacted]` unless said otherwise.
    Text(Arc<str>),
    /// Its hash.
    Hash,
    /// Nothing: the field goes.
    Remove,
}
