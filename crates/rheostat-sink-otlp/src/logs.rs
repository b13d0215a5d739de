//! Records as OTLP logs.
//!
//! The order of records is kept: one scope holds those of one target that stand
//! beside each other. Constant labels are attributes of the resource, taken from
//! the records themselves, because records of an earlier policy may still wait.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs, SeverityNumber};
use rheostat_core::flow::{Moment, RecordView};
use rheostat_core::sink::Batch;
use rheostat_policy::model::Level;

use crate::gap;
use crate::value::{Attributes, any, list, number, resource_of, scope, text, wrapped};

/// The scope of what Rheostat says itself.
pub(crate) const OWN_SCOPE: &str = "rheostat";

/// Constant labels.
pub(crate) type Labels = [(Arc<str>, Arc<str>)];

/// A batch as one request; these are the constant labels of a gap without records.
pub(crate) fn request(batch: &Batch, labels: &Labels) -> ExportLogsServiceRequest {
    let mut all = Writing::default();
    if let Some(gap) = batch.gap() {
        let first = batch.records().next();
        all.resource(first.map_or(labels, |record| &record.route().labels));
        all.scope(OWN_SCOPE).push(gap::record(gap));
    }
    for record in batch.records() {
        all.resource(&record.route().labels);
        all.scope(record.target()).push(log_record(&record));
    }
    ExportLogsServiceRequest {
        resource_logs: all.done,
    }
}

/// A request while it is written.
#[derive(Default)]
struct Writing<'b> {
    done: Vec<ResourceLogs>,
    /// The constant labels of the last record.
    labels: &'b Labels,
}

impl<'b> Writing<'b> {
    /// What follows has these constant labels.
    fn resource(&mut self, labels: &'b Labels) {
        let same = std::ptr::eq(self.labels, labels) || self.labels == labels;
        self.labels = labels;
        if same && !self.done.is_empty() {
            return;
        }
        let labels = labels.iter().map(|(name, value)| (&**name, &**value));
        self.done.push(ResourceLogs {
            resource: Some(resource_of(labels)),
            ..ResourceLogs::default()
        });
    }

    /// The records of this scope, behind those that are there.
    fn scope(&mut self, name: &str) -> &mut Vec<LogRecord> {
        if self.done.is_empty() {
            self.done.push(ResourceLogs::default());
        }
        let last = self.done.len() - 1;
        let scopes = &mut self.done[last].scope_logs;
        let is_open = scopes
            .last()
            .and_then(|open| open.scope.as_ref())
            .is_some_and(|open| open.name == name);
        if !is_open {
            scopes.push(ScopeLogs {
                scope: Some(scope(name)),
                ..ScopeLogs::default()
            });
        }
        let last = scopes.len() - 1;
        &mut scopes[last].log_records
    }
}

/// One record.
fn log_record(record: &RecordView<'_>) -> LogRecord {
    let (severity, word) = severity(record.level());
    let body = record
        .message()
        .map(|message| wrapped(Any::StringValue(text(message))));
    let trace = record.trace();
    LogRecord {
        time_unix_nano: record.time(),
        observed_time_unix_nano: record.time(),
        severity_number: severity.into(),
        severity_text: word.to_owned(),
        body,
        attributes: attributes(record),
        trace_id: trace.map_or_else(Vec::new, |trace| trace.trace.to_be_bytes().to_vec()),
        span_id: trace.map_or_else(Vec::new, |trace| trace.span.to_be_bytes().to_vec()),
        event_name: event_name(record).to_owned(),
        ..LogRecord::default()
    }
}

/// Ours first, so that a field of the program's that is called the same has to give way.
fn attributes(record: &RecordView<'_>) -> Vec<opentelemetry_proto::tonic::common::v1::KeyValue> {
    let text = |text: &str| Any::StringValue(text.to_owned());
    let mut all = Attributes::with_capacity(16);
    all.add("log.record.uid", Any::StringValue(record.id().to_string()));
    all.add("rheostat.rule", text(record.rule()));
    all.add("rheostat.seq", number(record.seq()));
    if record.weight() != 1.0 {
        all.add("rheostat.weight", Any::DoubleValue(record.weight()));
    }
    all.add("thread.name", text(record.thread()));
    if let Some(file) = record.file() {
        all.add("code.file.path", text(file));
    }
    if let Some(line) = record.line() {
        all.add("code.line.number", Any::IntValue(line.into()));
    }
    if record.is_span() {
        of_span(record, &mut all);
    }
    if record.spans().len() > 0 {
        let names = record.spans().map(|span| span.name);
        all.add("rheostat.spans", list(names));
    }
    let route = record.route();
    // A constant label is on the resource, unless a field of that name takes its place here.
    let own = |name: &str| route.fields.iter().any(|field| *field.name == *name);
    let constant = |name: &str| route.labels.iter().any(|(label, _)| **label == *name);
    for (name, value) in record.fields() {
        if let Some(value) = any(value)
            && (!constant(name) || own(name))
        {
            all.add(name, value);
        }
    }
    for span in record.spans() {
        for (name, value) in span.fields() {
            if let Some(value) = any(value) {
                all.add(format!("{}.{name}", span.name), value);
            }
        }
    }
    all.into_vec()
}

fn of_span(record: &RecordView<'_>, all: &mut Attributes) {
    let phase = match record.moment() {
        Moment::Open => "open",
        Moment::Close | Moment::Event => "close",
    };
    all.add("rheostat.span.phase", Any::StringValue(phase.to_owned()));
    let timings = record.timings().unwrap_or_default();
    for (name, nanos) in [
        ("rheostat.span.duration_ns", timings.duration),
        ("rheostat.span.busy_ns", timings.busy),
        ("rheostat.span.idle_ns", timings.idle),
    ] {
        if let Some(nanos) = nanos {
            all.add(name, number(nanos));
        }
    }
}

/// What the action or the program calls it; what is only a place in the source is no name.
fn event_name<'a>(record: &RecordView<'a>) -> &'a str {
    let name = record.name();
    let has_class = record.route().class.is_some();
    let is_place = name.starts_with("event ") || name == "log";
    if has_class || !is_place { name } else { "" }
}

fn severity(level: Level) -> (SeverityNumber, &'static str) {
    match level {
        Level::Trace => (SeverityNumber::Trace, "TRACE"),
        Level::Debug => (SeverityNumber::Debug, "DEBUG"),
        Level::Info => (SeverityNumber::Info, "INFO"),
        Level::Warn => (SeverityNumber::Warn, "WARN"),
        Level::Error => (SeverityNumber::Error, "ERROR"),
    }
}
