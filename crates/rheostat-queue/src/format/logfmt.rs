//! `key=value` pairs on one line.
//!
//! The pairs have the names and the order of `json`. Fields stand under their
//! own names, unless one of ours has it: then `fields.` goes before it. A span
//! gives its fields as `span.field`, and all spans together `spans=a:b:c`.

use rheostat_core::Value;
use rheostat_core::flow::{Moment, RecordView};
use rheostat_core::sink::Gap;

use super::emit::Key;
use super::{escape, number, time};

pub(super) fn record(record: &RecordView<'_>, out: &mut Vec<u8>) {
    head(record, out);
    for (name, value) in record.fields() {
        if value == Value::Missing {
            continue;
        }
        out.push(b' ');
        if Key::ALL.iter().any(|key| key.as_str() == name) {
            out.extend_from_slice(b"fields.");
        }
        key(name, out);
        out.push(b'=');
        shown(value, out);
    }
    spans(record, out);
    tail(record, out);
}

fn head(record: &RecordView<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"time=");
    time::rfc3339(record.time(), out);
    pair(Key::Level, record.level().as_str(), out);
    pair(Key::Target, record.target(), out);
    pair(Key::Name, record.name(), out);
    pair(
        Key::Kind,
        if record.is_span() { "span" } else { "event" },
        out,
    );
    if let Some(message) = record.message() {
        begin(Key::Message, out);
        shown(message, out);
    }
}

fn tail(record: &RecordView<'_>, out: &mut Vec<u8>) {
    pair(Key::Rule, record.rule(), out);
    begin(Key::Weight, out);
    shown(Value::F64(record.weight()), out);
    begin(Key::Seq, out);
    number::integer(record.seq(), out);
    pair(Key::Thread, record.thread(), out);
    if let Some(file) = record.file() {
        pair(Key::File, file, out);
    }
    if let Some(line) = record.line() {
        begin(Key::Line, out);
        number::integer(line, out);
    }
    if let Some(trace) = record.trace() {
        begin(Key::TraceId, out);
        number::hex_u128(trace.trace, out);
        begin(Key::SpanId, out);
        number::hex_u64(trace.span, out);
    }
    let timings = record.timings().unwrap_or_default();
    for (key, nanos) in [
        (Key::DurationNs, timings.duration),
        (Key::BusyNs, timings.busy),
        (Key::IdleNs, timings.idle),
    ] {
        if let Some(nanos) = nanos {
            begin(key, out);
            number::integer(nanos, out);
        }
    }
    match record.moment() {
        Moment::Event => {}
        Moment::Open => pair(Key::Phase, "open", out),
        Moment::Close => pair(Key::Phase, "close", out),
    }
}

fn spans(record: &RecordView<'_>, out: &mut Vec<u8>) {
    for span in record.spans() {
        for (name, value) in span.fields() {
            out.push(b' ');
            key(span.name, out);
            out.push(b'.');
            key(name, out);
            out.push(b'=');
            shown(value, out);
        }
    }
    for (at, span) in record.spans().enumerate() {
        if at == 0 {
            begin(Key::Spans, out);
        } else {
            out.push(b':');
        }
        key(span.name, out);
    }
}

pub(super) fn gap(gap: &Gap, out: &mut Vec<u8>) {
    out.extend_from_slice(b"time=");
    time::rfc3339(gap.to, out);
    pair(Key::Kind, "gap", out);
    pair(Key::Sink, &gap.sink, out);
    for (cause, records) in &gap.lost {
        out.extend_from_slice(b" lost.");
        out.extend_from_slice(cause.as_str().as_bytes());
        out.push(b'=');
        number::integer(*records, out);
    }
    begin(Key::From, out);
    time::rfc3339(gap.from, out);
    begin(Key::To, out);
    time::rfc3339(gap.to, out);
}

fn begin(key: Key, out: &mut Vec<u8>) {
    out.push(b' ');
    out.extend_from_slice(key.as_str().as_bytes());
    out.push(b'=');
}

fn pair(key: Key, text: &str, out: &mut Vec<u8>) {
    begin(key, out);
    shown(Value::Text(text), out);
}

/// A name of the program; what would end it is replaced, and an empty one is shown.
fn key(name: &str, out: &mut Vec<u8>) {
    if name.is_empty() {
        out.push(b'_');
    }
    let safe = |char: char| match char {
        '=' | '"' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
        char if char.is_whitespace() || char.is_control() => '_',
        char => char,
    };
    let mut room = [0; 4];
    for char in name.chars().map(safe) {
        out.extend_from_slice(char.encode_utf8(&mut room).as_bytes());
    }
}

/// A value; texts in quotes where something in them could end it.
pub(super) fn shown(value: Value<'_>, out: &mut Vec<u8>) {
    let Some(text) = number::plain(value, out) else {
        return;
    };
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'=' | b'\\');
    if !text.is_empty() && text.bytes().all(plain) {
        out.extend_from_slice(text.as_bytes());
    } else {
        escape::quoted(text, out);
    }
}
