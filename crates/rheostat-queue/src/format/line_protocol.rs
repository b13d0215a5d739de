//! InfluxDB's line protocol: `measurement,tag=value field=1i,other="text" 1700000000000000000`.
//!
//! A server keeps one point of a series and time, so that a second one replaces
//! the first. Two records can have the same time. Their timestamps therefore
//! end, below the microsecond, in the records' own numbers, the same at each
//! attempt; `time_ns` is the exact time.

use std::io::Write as _;
use std::sync::Arc;

use rheostat_core::Value;
use rheostat_core::flow::RecordView;
use rheostat_core::sink::{Amount, Family, Gap, Histogram, Point, Report};
use rheostat_policy::model::{Arg, Args, Template, TemplatePart};

use super::number::{base64, float, integer, plain};
use super::template::fill;

/// How records become lines.
#[derive(Clone, Debug)]
pub struct LineProtocol {
    measurement: Template,
    tags: Vec<Arc<str>>,
}

/// Keys that a line has whatever the program's fields are, and that no field may have.
const OURS: [&str; 15] = [
    "level",
    "target",
    "name",
    "kind",
    "rule",
    "message",
    "weight",
    "seq",
    "thread",
    "time",
    "time_ns",
    "spans",
    "trace_id",
    "span_id",
    "duration_ns",
];

impl LineProtocol {
    /// Of the keys `measurement` and `tags` of a sink.
    pub fn read(args: &Args) -> Self {
        let tags = args.list("tags").into_iter().flatten();
        let tags = tags.filter_map(|tag| match tag {
            Arg::Text(text) => Some(text.clone()),
            _ => None,
        });
        let plain = || Template(vec![TemplatePart::Text("events".into())]);
        let measurement = args.template("measurement").cloned();
        Self::new(measurement.unwrap_or_else(plain), tags.collect())
    }

    fn new(template: Template, tags: Vec<Arc<str>>) -> Self {
        let parts = template.0.into_iter().map(|part| match part {
            TemplatePart::Text(text) => {
                let mut out = Vec::new();
                measurement(&text, &mut out);
                TemplatePart::Text(String::from_utf8_lossy(&out).into())
            }
            hole @ TemplatePart::Hole(_) => hole,
        });
        Self {
            measurement: Template(parts.collect()),
            tags,
        }
    }

    /// Appends a record's line.
    pub fn record(&self, record: &RecordView<'_>, out: &mut Vec<u8>) {
        fill(&self.measurement, record, out, measurement);
        for (name, value) in [
            ("level", record.level().as_str()),
            ("target", record.target()),
            ("name", record.name()),
            ("kind", if record.is_span() { "span" } else { "event" }),
            ("rule", record.rule()),
        ] {
            tag(name, value, out);
        }
        for (name, value) in record.fields().filter(|(name, _)| self.is_tag(name)) {
            let mut made = Vec::new();
            match plain(value, &mut made) {
                Some(text) => tag(name, text, out),
                None => tag(name, &String::from_utf8_lossy(&made), out),
            }
        }
        out.extend_from_slice(b" weight=");
        number(record.weight(), out);
        if let Some(message) = record.message() {
            field("", "message", message, out);
        }
        for (name, value) in record.fields().filter(|(name, _)| !self.is_tag(name)) {
            field("", name, value, out);
        }
        self.origin(record, out);
        out.push(b' ');
        let time = record.time() / 1000 * 1000 + record.id().number % 1000;
        integer(time, out);
        out.push(b'\n');
    }

    /// Where and when it came about.
    fn origin(&self, record: &RecordView<'_>, out: &mut Vec<u8>) {
        let mut path = String::new();
        for span in record.spans() {
            for (name, value) in span.fields() {
                field(span.name, name, value, out);
            }
            path.push_str(if path.is_empty() { "" } else { ">" });
            path.push_str(span.name);
        }
        if !path.is_empty() {
            ours("spans", Value::Text(&path), out);
        }
        ours("seq", Value::U64(record.seq()), out);
        ours("thread", Value::Text(record.thread()), out);
        ours("time_ns", Value::U64(record.time()), out);
        if let Some(trace) = record.trace() {
            ours(
                "trace_id",
                Value::Text(&format!("{:032x}", trace.trace)),
                out,
            );
            ours("span_id", Value::Text(&format!("{:016x}", trace.span)), out);
        }
        if let Some(nanos) = record.timings().and_then(|timings| timings.duration) {
            ours("duration_ns", Value::U64(nanos), out);
        }
    }

    /// Appends a line that tells of missing records: a field for each cause.
    pub fn gap(gap: &Gap, out: &mut Vec<u8>) {
        out.extend_from_slice(b"rheostat_gap");
        tag("sink", &gap.sink, out);
        for (at, (cause, records)) in gap.lost.iter().enumerate() {
            out.push(if at == 0 { b' ' } else { b',' });
            key(cause.as_str(), out);
            out.push(b'=');
            integer(*records, out);
            out.push(b'i');
        }
        // Writing to memory cannot fail.
        let _ = writeln!(out, " {}", gap.to);
    }

    /// Appends a point's line. What has no number there is left out.
    pub fn point(report: &Report, family: &Family, point: &Point, out: &mut Vec<u8>) {
        let start = out.len();
        measurement(&family.name, out);
        for (name, value) in report.labels(family, point) {
            tag(name, value, out);
        }
        let written = match &point.amount {
            Amount::Histogram(histogram) => {
                distribution(histogram, out);
                true
            }
            other if other.number().is_finite() => {
                out.extend_from_slice(b" value=");
                number(other.number(), out);
                true
            }
            _ => false,
        };
        if written {
            let _ = writeln!(out, " {}", point.to);
        } else {
            out.truncate(start);
        }
    }

    fn is_tag(&self, name: &str) -> bool {
        self.tags.iter().any(|tag| **tag == *name)
    }
}

/// Count, sum, and the cumulated count under each bound's own name.
fn distribution(histogram: &Histogram, out: &mut Vec<u8>) {
    out.extend_from_slice(b" count=");
    integer(histogram.count(), out);
    out.push(b'i');
    if histogram.sum.is_finite() {
        out.extend_from_slice(b",sum=");
        number(histogram.sum, out);
    }
    for (bound, count) in histogram.cumulated() {
        out.push(b',');
        if bound.is_finite() {
            float(bound, out);
        } else {
            out.extend_from_slice(b"+Inf");
        }
        out.push(b'=');
        integer(count, out);
        out.push(b'i');
    }
}

fn number(value: f64, out: &mut Vec<u8>) {
    let whole = value.fract() == 0.0 && value.abs() < 9e15;
    if whole {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is whole and small enough"
        )]
        integer(value as i64, out);
    } else {
        float(value, out);
    }
}

fn ours(name: &str, value: Value<'_>, out: &mut Vec<u8>) {
    out.push(b',');
    out.extend_from_slice(name.as_bytes());
    out.push(b'=');
    put(value, out);
}

/// A field of the program's, or of the span that is named before it.
fn field(span: &str, name: &str, value: Value<'_>, out: &mut Vec<u8>) {
    let there = match value {
        Value::Missing => false,
        // The protocol has no way to write an infinity.
        Value::F64(value) => value.is_finite(),
        _ => true,
    };
    if !there {
        return;
    }
    out.push(b',');
    if !span.is_empty() {
        key(span, out);
        out.push(b'.');
    }
    key(name, out);
    let is_message = span.is_empty() && name == "message";
    if span.is_empty() && OURS.contains(&name) && !is_message {
        out.push(b'_');
    }
    out.push(b'=');
    put(value, out);
}

fn put(value: Value<'_>, out: &mut Vec<u8>) {
    let whole = match value {
        Value::I64(value) => Some(value),
        Value::U64(value) | Value::Size(value) => i64::try_from(value).ok(),
        Value::I128(value) | Value::Duration(value) => i64::try_from(value).ok(),
        Value::U128(value) => i64::try_from(value).ok(),
        _ => None,
    };
    match (value, whole) {
        (_, Some(whole)) => {
            integer(whole, out);
            out.push(b'i');
        }
        (Value::Bool(value), _) => out.push(if value { b't' } else { b'f' }),
        (Value::F64(value), _) => float(value, out),
        (Value::Text(text) | Value::Formatted(text) | Value::Error(text), _) => quoted(text, out),
        (Value::Bytes(bytes), _) => {
            out.push(b'"');
            base64(bytes, out);
            out.push(b'"');
        }
        // A number that is too large for the protocol's is exact as a text.
        (other, _) => {
            out.push(b'"');
            let _text = plain(other, out);
            out.push(b'"');
        }
    }
}

fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

fn measurement(text: &str, out: &mut Vec<u8>) {
    escaped(text, b", ", out);
}

fn key(text: &str, out: &mut Vec<u8>) {
    escaped(text, b",= ", out);
}

fn tag(name: &str, value: &str, out: &mut Vec<u8>) {
    if value.trim_end_matches('\\').is_empty() {
        // An empty tag is no tag.
        return;
    }
    out.push(b',');
    key(name, out);
    out.push(b'=');
    key(value, out);
}

/// A text outside of quotes. A line feed would end the line, and a backslash at
/// the end would take the next separator's meaning: neither can be written.
fn escaped(text: &str, special: &[u8], out: &mut Vec<u8>) {
    for byte in text.trim_end_matches('\\').bytes() {
        match byte {
            b'\n' | b'\r' => out.extend_from_slice(if special.contains(&b' ') {
                b"\\ "
            } else {
                b" "
            }),
            other if special.contains(&other) => out.extend_from_slice(&[b'\\', other]),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, one};

    fn line(write: impl FnMut(&mut rheostat_core::flow::Draft<'_>), tags: &[&str]) -> String {
        let chunk = one(|_| {}, write);
        let template = Template(vec![TemplatePart::Text("shop orders".into())]);
        let tags = tags.iter().map(|tag| Arc::from(*tag)).collect();
        let lines = LineProtocol::new(template, tags);
        let mut out = Vec::new();
        for record in chunk.records() {
            lines.record(&record, &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_record_is_a_line_of_tags_and_typed_fields() {
        let line = line(
            |draft| {
                draft.head(
                    &at(1_700_000_000_123_456_789, 7),
                    Some(Value::Formatted("say \"hi\"\\")),
                );
                draft.field(0, Value::Text("a, b=c"));
                draft.field(1, Value::I64(-5));
            },
            &["a"],
        );
        let start = "shop\\ orders,level=info,target=shop::db,name=event\\ src/db.rs:41,kind=event,rule=orders,a=a\\,\\ b\\=c weight=1,";
        assert!(line.starts_with(start), "{line}");
        assert!(
            line.contains(",message=\"say \\\"hi\\\"\\\\\",b=-5i,seq=7i,"),
            "{line}"
        );
        assert!(line.contains(",time_ns=1700000000123456789i "), "{line}");
        assert!(line.ends_with(" 1700000000123456000\n"), "{line}");
    }

    #[test]
    fn what_the_protocol_cannot_write_is_left_out_or_a_text() {
        let line = line(
            |draft| {
                draft.head(&at(0, 0), None);
                draft.field(0, Value::F64(f64::NAN));
                draft.field(1, Value::U64(u64::MAX));
            },
            &[],
        );
        assert!(!line.contains(",a="), "{line}");
        assert!(line.contains(",b=\"18446744073709551615\","), "{line}");
    }

    #[test]
    fn no_text_ends_a_line_or_a_tag_too_early() {
        let mut out = Vec::new();
        tag("a b", "two\nlines\\", &mut out);
        tag("empty", "\\", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), ",a\\ b=two\\ lines");
    }
}
