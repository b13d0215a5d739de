//! What came of a piece of program, as data.

use std::sync::Arc;

use rheostat_core::flow::RecordView;
use rheostat_core::ledger::Line;
use rheostat_core::value::Value;
use rheostat_metrics::Snapshot;

/// Everything that a policy made of a piece of program.
#[derive(Debug)]
pub struct Seen {
    pub(crate) metrics: Snapshot,
    pub(crate) sinks: Vec<(Arc<str>, Vec<SeenRecord>)>,
    pub(crate) ledger: Vec<Line>,
}

impl Seen {
    /// A counter's value; 0 where the series does not exist.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "tests count less than 2^53 and never below zero"
    )]
    pub fn counter(&self, metric: &str, labels: &[(&str, &str)]) -> u64 {
        self.metrics.number(metric, labels).unwrap_or(0.0) as u64
    }

    /// A gauge's value; `None` where the series does not exist.
    pub fn gauge(&self, metric: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.metrics.number(metric, labels)
    }

    /// How many values a histogram took, and their sum; `None` where the series does not exist.
    pub fn histogram(&self, metric: &str, labels: &[(&str, &str)]) -> Option<(u64, f64)> {
        match &self.metrics.family(metric)?.find(labels)?.value {
            rheostat_metrics::Value::Histogram(histogram) => {
                Some((histogram.count(), histogram.sum))
            }
            _ => None,
        }
    }

    /// All metrics.
    pub fn metrics(&self) -> &Snapshot {
        &self.metrics
    }

    /// The records of a sink, in their order; none where the policy has no such sink.
    pub fn records(&self, sink: &str) -> &[SeenRecord] {
        let found = self.sinks.iter().find(|(name, _)| **name == *sink);
        found.map_or(&[], |(_, records)| records)
    }

    /// What became of the records of each rule at each sink.
    pub fn ledger(&self) -> &[Line] {
        &self.ledger
    }
}

/// One record as a sink got it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenRecord {
    /// Its level, as the action wants it shown.
    pub level: String,
    /// Its target.
    pub target: String,
    /// Its class where the action gives one, else the callsite's name.
    pub name: String,
    /// Its message.
    pub message: Option<String>,
    /// Its fields under the names shown, as texts.
    pub fields: Vec<(String, String)>,
    /// The enclosing spans, outermost first: names and fields.
    pub spans: Vec<(String, Vec<(String, String)>)>,
    /// The rule that brought it.
    pub rule: String,
    /// How many records it stands for.
    pub weight: f64,
    /// Its number among the records of its thread.
    pub seq: u64,
}

impl SeenRecord {
    /// A record as it lies in a batch.
    pub fn of(record: &RecordView<'_>) -> Self {
        let own = |fields: &mut dyn Iterator<Item = (&str, Value<'_>)>| {
            fields
                .map(|(name, value)| (name.to_owned(), text(value)))
                .collect()
        };
        Self {
            level: record.level().as_str().to_owned(),
            target: record.target().to_owned(),
            name: record.name().to_owned(),
            message: record.message().map(text),
            fields: own(&mut record.fields()),
            spans: record
                .spans()
                .map(|span| (span.name.to_owned(), own(&mut span.fields())))
                .collect(),
            rule: record.rule().to_owned(),
            weight: record.weight(),
            seq: record.seq(),
        }
    }

    /// A field's value, as text.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| &**value)
    }
}

/// A value as labels show it.
fn text(value: Value<'_>) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::U64(value) | Value::Size(value) => value.to_string(),
        Value::I128(value) => value.to_string(),
        Value::U128(value) => value.to_string(),
        Value::F64(value) => value.to_string(),
        Value::Text(text) | Value::Formatted(text) | Value::Error(text) => text.to_owned(),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Duration(nanoseconds) => rheostat_policy::literal::format_nanos(nanoseconds),
    }
}
