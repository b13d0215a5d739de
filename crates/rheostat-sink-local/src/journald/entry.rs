//! A record as a journal entry.

use std::sync::Arc;

use rheostat_core::Value;
use rheostat_core::flow::{Moment, RecordView};
use rheostat_core::sink::Gap;
use rheostat_policy::model::Level;
use rheostat_queue::format::{plain, rfc3339};

use crate::names;

/// The longest name of a field that journald takes.
const LONGEST_NAME: usize = 64;

/// How records become entries.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    /// The program, as the journal shows it.
    pub(super) identifier: Arc<str>,
    /// Stands before the names of a record's own fields.
    pub(super) prefix: Arc<str>,
}

impl Journal {
    /// Appends a record.
    pub(crate) fn record(&self, record: &RecordView<'_>, out: &mut Vec<u8>) {
        if let Some(message) = record.message() {
            value("MESSAGE", message, out);
        }
        let priority: &[u8] = match record.level() {
            Level::Error => b"3",
            Level::Warn => b"4",
            Level::Info => b"6",
            Level::Debug | Level::Trace => b"7",
        };
        field("PRIORITY", priority, out);
        field("SYSLOG_IDENTIFIER", self.identifier.as_bytes(), out);
        if let Some(file) = record.file() {
            field("CODE_FILE", file.as_bytes(), out);
        }
        if let Some(line) = record.line() {
            number("CODE_LINE", u64::from(line), out);
        }
        self.own(record, out);
        let some = |(_, value): &(&str, Value<'_>)| value.is_some();
        for (name, written) in record.fields().filter(some) {
            value(&self.name(&[name]), written, out);
        }
        for span in record.spans() {
            for (name, written) in span.fields().filter(some) {
                value(&self.name(&[span.name, name]), written, out);
            }
        }
    }

    /// Appends what tells of missing records.
    pub(crate) fn gap(&self, gap: &Gap, out: &mut Vec<u8>) {
        let all: u64 = gap.lost.iter().map(|(_, records)| records).sum();
        let text = format!("{all} records went missing before this");
        field("MESSAGE", text.as_bytes(), out);
        field("PRIORITY", b"4", out);
        field("SYSLOG_IDENTIFIER", self.identifier.as_bytes(), out);
        field("RHEOSTAT_KIND", b"gap", out);
        field("RHEOSTAT_SINK", gap.sink.as_bytes(), out);
        field("RHEOSTAT_FROM", rfc3339(gap.from).as_bytes(), out);
        field("RHEOSTAT_TO", rfc3339(gap.to).as_bytes(), out);
        for (cause, records) in &gap.lost {
            let name = format!("RHEOSTAT_LOST_{}", cause.as_str().to_ascii_uppercase());
            number(&name, *records, out);
        }
    }

    /// What a record says of itself besides its fields.
    fn own(&self, record: &RecordView<'_>, out: &mut Vec<u8>) {
        let text = |name: &str, text: &str, out: &mut Vec<u8>| field(name, text.as_bytes(), out);
        text("RHEOSTAT_TIME", &rfc3339(record.time()), out);
        text("RHEOSTAT_LEVEL", record.level().as_str(), out);
        text("RHEOSTAT_TARGET", record.target(), out);
        text("RHEOSTAT_NAME", record.name(), out);
        let kind = if record.is_span() { "span" } else { "event" };
        text("RHEOSTAT_KIND", kind, out);
        text("RHEOSTAT_RULE", record.rule(), out);
        value("RHEOSTAT_WEIGHT", Value::F64(record.weight()), out);
        number("RHEOSTAT_SEQ", record.seq(), out);
        text("RHEOSTAT_THREAD", record.thread(), out);
        if let Some(trace) = record.trace() {
            text("TRACE_ID", &format!("{:032x}", trace.trace), out);
            text("SPAN_ID", &format!("{:016x}", trace.span), out);
        }
        let timings = record.timings().unwrap_or_default();
        for (name, nanos) in [
            ("RHEOSTAT_DURATION_NS", timings.duration),
            ("RHEOSTAT_BUSY_NS", timings.busy),
            ("RHEOSTAT_IDLE_NS", timings.idle),
        ] {
            if let Some(nanos) = nanos {
                number(name, nanos, out);
            }
        }
        match record.moment() {
            Moment::Event => {}
            Moment::Open => text("RHEOSTAT_PHASE", "open", out),
            Moment::Close => text("RHEOSTAT_PHASE", "close", out),
        }
        if record.spans().len() > 0 {
            let names: Vec<&str> = record.spans().map(|span| span.name).collect();
            text("RHEOSTAT_SPANS", &names.join(":"), out);
        }
    }

    /// The name of a field of the program: capitals, digits and `_`, whatever it was.
    ///
    /// Names that differ in nothing else become one, and an entry with two
    /// such fields has that field twice, which the journal keeps.
    fn name(&self, parts: &[&str]) -> String {
        let mut name = String::from(&*self.prefix);
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                name.push('_');
            }
            name.extend(part.chars().map(|char| match char.to_ascii_uppercase() {
                char @ ('A'..='Z' | '0'..='9') => char,
                _ => '_',
            }));
        }
        if name.len() > LONGEST_NAME {
            // Cut, it ends in a hash of what it was.
            let mut word = Vec::new();
            names::word(&name, LONGEST_NAME, "", &mut word);
            name = String::from_utf8_lossy(&word).to_ascii_uppercase();
            name = name.replace('-', "_");
        }
        name
    }
}

fn number(name: &str, number: u64, out: &mut Vec<u8>) {
    field(name, number.to_string().as_bytes(), out);
}

fn value(name: &str, value: Value<'_>, out: &mut Vec<u8>) {
    if let Value::Bytes(bytes) = value {
        return field(name, bytes, out);
    }
    let mut text = Vec::new();
    match plain(value, &mut text) {
        Some(text) => field(name, text.as_bytes(), out),
        None => field(name, &text, out),
    }
}

/// `NAME=value`, or with a length before it where the value holds a line feed.
fn field(name: &str, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    if value.contains(&b'\n') {
        out.push(b'\n');
        out.extend_from_slice(&(value.len() as u64).to_le_bytes());
    } else {
        out.push(b'=');
    }
    out.extend_from_slice(value);
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use rheostat_core::ledger::Cause;

    use super::*;

    fn journal() -> Journal {
        Journal {
            identifier: "shop".into(),
            prefix: "F_".into(),
        }
    }

    #[test]
    fn a_value_with_a_line_feed_has_its_length_before_it() {
        let mut out = Vec::new();
        field("A", b"plain=1", &mut out);
        field("B", b"two\nlines", &mut out);
        assert_eq!(out, b"A=plain=1\nB\n\x09\0\0\0\0\0\0\0two\nlines\n");
    }

    #[test]
    fn names_are_what_journald_takes() {
        assert_eq!(journal().name(&["user.id"]), "F_USER_ID");
        assert_eq!(journal().name(&["request", "größe"]), "F_REQUEST_GR__E");
        let (one, other) = ("x".repeat(70), "x".repeat(71));
        let (one, other) = (journal().name(&[&one]), journal().name(&[&other]));
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(one.bytes().all(fits), "{one}");
    }

    #[test]
    fn a_gap_says_how_many_went_missing_and_why() {
        let mut out = Vec::new();
        let gap = Gap {
            sink: "s".into(),
            lost: vec![(Cause::QueueFull, 3)],
            from: 0,
            to: 1_000_000_000,
        };
        journal().gap(&gap, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("MESSAGE=3 records went missing before this\nPRIORITY=4\n"));
        assert!(text.ends_with("RHEOSTAT_LOST_QUEUE_FULL=3\n"), "{text}");
    }
}
