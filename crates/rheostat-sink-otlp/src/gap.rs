//! What says that records are missing: a log record of its own.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use rheostat_core::sink::Gap;

use crate::value::{Attributes, number, wrapped};

/// What such a record is called; no record of a program has this name.
pub(crate) const EVENT: &str = "rheostat.gap";

/// The record that stands before the first one after a gap.
pub(crate) fn record(gap: &Gap) -> LogRecord {
    let lost: u64 = gap.lost.iter().map(|(_, records)| records).sum();
    let mut attributes = Attributes::default();
    attributes.add("rheostat.sink", Any::StringValue(gap.sink.to_string()));
    attributes.add("rheostat.lost", number(lost));
    for (cause, records) in &gap.lost {
        attributes.add(
            format!("rheostat.lost.{}", cause.as_str()),
            number(*records),
        );
    }
    attributes.add("rheostat.lost_from_unix_nano", number(gap.from));
    attributes.add("rheostat.lost_to_unix_nano", number(gap.to));
    let body = format!("{lost} records for the sink `{}` were lost", gap.sink);
    LogRecord {
        time_unix_nano: gap.to,
        observed_time_unix_nano: gap.to,
        severity_number: SeverityNumber::Warn.into(),
        severity_text: "WARN".to_owned(),
        body: Some(wrapped(Any::StringValue(body))),
        attributes: attributes.into_vec(),
        event_name: EVENT.to_owned(),
        ..LogRecord::default()
    }
}
