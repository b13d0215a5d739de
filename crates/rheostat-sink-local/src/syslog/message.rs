//! A record as a message.
//!
//! ```text
//! <PRI>1 TIME HOSTNAME APP-NAME PROCID MSGID [fields@N …][spans@N …][rheostat@N …] MESSAGE
//! ```
//!
//! Where all of it is more than the receiver takes, the message is cut first,
//! then whole fields are left out from the last; both are said in the message's
//! own data.

use std::sync::Arc;

use rheostat_core::Value;
use rheostat_core::flow::{Moment, RecordView};
use rheostat_core::sink::Gap;
use rheostat_policy::model::Level;
use rheostat_queue::format::{plain, printable, rfc3339};

use crate::names;

/// Stays free for what says that something was cut or left out.
const SAID: usize = 40;

/// How records become messages.
#[derive(Clone, Debug)]
pub(crate) struct Syslog {
    /// The facility's number.
    pub(super) facility: u8,
    /// Host, program and process, as they stand in the header.
    pub(super) origin: Arc<[u8]>,
    /// The number behind the names of our data.
    pub(super) enterprise: i64,
    /// The most bytes of a message.
    pub(super) most: usize,
    /// Whether its length stands before each message.
    pub(super) counted: bool,
}

impl Syslog {
    /// Whether its length stands before each message, as in a stream.
    pub(crate) fn is_counted(&self) -> bool {
        self.counted
    }

    /// Appends a record.
    pub(crate) fn record(&self, record: &RecordView<'_>, out: &mut Vec<u8>) {
        let severity = match record.level() {
            Level::Error => 3,
            Level::Warn => 4,
            Level::Info => 6,
            Level::Debug | Level::Trace => 7,
        };
        let mut message = Message::begin(self, severity, record.time());
        message_id(record, &mut message.bytes);
        message.bytes.push(b' ');
        let mut text = Vec::new();
        if let Some(value) = record.message() {
            shown(value, &mut text);
        }
        let mut own = Vec::new();
        about(record, &mut own);
        message.finish(&own, &text, |fields| {
            let some = |(_, value): &(&str, Value<'_>)| value.is_some();
            for (name, value) in record.fields().filter(some) {
                fields.add("fields", "", name, value);
            }
            for span in record.spans() {
                for (name, value) in span.fields().filter(some) {
                    fields.add("spans", span.name, name, value);
                }
            }
        });
        self.frame(&message.bytes, out);
    }

    /// Appends what tells of missing records.
    pub(crate) fn gap(&self, gap: &Gap, out: &mut Vec<u8>) {
        let mut message = Message::begin(self, 4, gap.to);
        message.bytes.extend_from_slice(b"gap ");
        let all: u64 = gap.lost.iter().map(|(_, records)| records).sum();
        let text = format!("{all} records went missing before this");
        let mut own = Vec::new();
        param("sink", Value::Text(&gap.sink), &mut own);
        param("from", Value::Text(&rfc3339(gap.from)), &mut own);
        param("to", Value::Text(&rfc3339(gap.to)), &mut own);
        message.finish(&own, text.as_bytes(), |fields| {
            for (cause, records) in &gap.lost {
                fields.add("lost", "", cause.as_str(), Value::U64(*records));
            }
        });
        self.frame(&message.bytes, out);
    }

    fn frame(&self, message: &[u8], out: &mut Vec<u8>) {
        if self.counted {
            out.extend_from_slice(message.len().to_string().as_bytes());
            out.push(b' ');
        }
        out.extend_from_slice(message);
    }
}

/// A message while it is written.
struct Message<'s> {
    with: &'s Syslog,
    bytes: Vec<u8>,
}

impl<'s> Message<'s> {
    fn begin(with: &'s Syslog, severity: u8, time: u64) -> Self {
        let mut bytes = Vec::with_capacity(512);
        let priority = with.facility * 8 + severity;
        bytes.extend_from_slice(format!("<{priority}>1 ").as_bytes());
        // The protocol has microseconds; what is behind them stands in `time`.
        let shown = rfc3339(time);
        bytes.extend_from_slice(&shown.as_bytes()[..shown.len().min(26)]);
        bytes.extend_from_slice(b"Z ");
        bytes.extend_from_slice(&with.origin);
        bytes.push(b' ');
        Self { with, bytes }
    }

    /// Writes data and text, as much as there is room for.
    fn finish(&mut self, own: &[u8], text: &[u8], add: impl FnOnce(&mut Fields<'_>)) {
        let after = own.len() + SAID;
        let left = self.with.most.saturating_sub(self.bytes.len() + after);
        // The text is cut first, but not below a fifth of what there is.
        let reserved = text.len().min(left / 5);
        let mut fields = Fields {
            enterprise: self.with.enterprise,
            out: Vec::new(),
            element: "",
            room: left - reserved,
            omitted: 0,
        };
        add(&mut fields);
        fields.close();
        let (data, omitted) = (fields.out, fields.omitted);
        self.bytes.extend_from_slice(&data);
        let start = format!("[rheostat@{}", self.with.enterprise);
        self.bytes.extend_from_slice(start.as_bytes());
        self.bytes.extend_from_slice(own);
        if omitted > 0 {
            param("omitted", Value::U64(omitted), &mut self.bytes);
        }
        let room = left - data.len().min(left);
        let kept = boundary(text, room);
        if kept < text.len() {
            let cut = (text.len() - kept) as u64;
            param("cut", Value::U64(cut), &mut self.bytes);
        }
        self.bytes.push(b']');
        if kept > 0 {
            self.bytes.push(b' ');
            self.bytes.extend_from_slice(&text[..kept]);
        }
    }
}

/// Structured data while it is written.
struct Fields<'e> {
    enterprise: i64,
    out: Vec<u8>,
    /// The element that is open.
    element: &'e str,
    room: usize,
    omitted: u64,
}

impl<'e> Fields<'e> {
    fn add(&mut self, element: &'e str, before: &str, name: &str, value: Value<'_>) {
        let mut one = Vec::new();
        if element != self.element {
            if !self.element.is_empty() {
                one.push(b']');
            }
            one.extend_from_slice(format!("[{element}@{}", self.enterprise).as_bytes());
        }
        if before.is_empty() {
            param(name, value, &mut one);
        } else {
            param(&format!("{before}.{name}"), value, &mut one);
        }
        // The bracket that ends it all needs room too.
        if self.omitted > 0 || self.out.len() + one.len() + 1 > self.room {
            self.omitted += 1;
            return;
        }
        self.element = element;
        self.out.extend_from_slice(&one);
    }

    fn close(&mut self) {
        if !self.element.is_empty() {
            self.out.push(b']');
        }
    }
}

/// What a record says of itself besides its fields.
fn about(record: &RecordView<'_>, out: &mut Vec<u8>) {
    let text = |name: &str, text: &str, out: &mut Vec<u8>| param(name, Value::Text(text), out);
    text("time", &rfc3339(record.time()), out);
    text("target", record.target(), out);
    text("name", record.name(), out);
    text("level", record.level().as_str(), out);
    text("kind", if record.is_span() { "span" } else { "event" }, out);
    text("rule", record.rule(), out);
    param("weight", Value::F64(record.weight()), out);
    param("seq", Value::U64(record.seq()), out);
    text("thread", record.thread(), out);
    if let Some(file) = record.file() {
        text("file", file, out);
    }
    if let Some(line) = record.line() {
        param("line", Value::U64(u64::from(line)), out);
    }
    if let Some(trace) = record.trace() {
        text("trace_id", &format!("{:032x}", trace.trace), out);
        text("span_id", &format!("{:016x}", trace.span), out);
    }
    let timings = record.timings().unwrap_or_default();
    for (name, nanos) in [
        ("duration_ns", timings.duration),
        ("busy_ns", timings.busy),
        ("idle_ns", timings.idle),
    ] {
        if let Some(nanos) = nanos {
            param(name, Value::U64(nanos), out);
        }
    }
    match record.moment() {
        Moment::Event => {}
        Moment::Open => text("phase", "open", out),
        Moment::Close => text("phase", "close", out),
    }
    if record.spans().len() > 0 {
        let names: Vec<&str> = record.spans().map(|span| span.name).collect();
        text("spans", &names.join(":"), out);
    }
}

/// The class, or what the program called it; a place in the source without its folders.
fn message_id(record: &RecordView<'_>, out: &mut Vec<u8>) {
    let name = record.name();
    let place = name.strip_prefix("event ").filter(|_| !record.is_span());
    let short = place.map_or(name, |place| {
        place.rsplit(['/', '\\']).next().unwrap_or(place)
    });
    names::word(short, 32, "", out);
}

/// ` name="value"`
fn param(name: &str, value: Value<'_>, out: &mut Vec<u8>) {
    out.push(b' ');
    names::word(name, 32, "=]\"", out);
    out.extend_from_slice(b"=\"");
    let mut text = Vec::new();
    shown(value, &mut text);
    for byte in text {
        if matches!(byte, b'"' | b'\\' | b']') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// A value as people read it, without what steers a terminal.
fn shown(value: Value<'_>, out: &mut Vec<u8>) {
    if let Some(text) = plain(value, out) {
        printable(text, out);
    }
}

/// The longest beginning of a text of at most so many bytes.
fn boundary(text: &[u8], room: usize) -> usize {
    if text.len() <= room {
        return text.len();
    }
    let continues = |at: &usize| text[*at] & 0b1100_0000 == 0b1000_0000;
    (0..=room).rev().find(|at| !continues(at)).unwrap_or(0)
}
