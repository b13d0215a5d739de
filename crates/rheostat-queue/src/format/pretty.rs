//! A line for people: when, how bad, where, what, with what, inside what.
//!
//! ```text
//! 2026-11-21T22:30:00.123456Z  INFO shop::db: order placed total=12.5 in request{method=GET}:order
//! ```

use rheostat_core::Value;
use rheostat_core::flow::{Moment, RecordView};
use rheostat_core::sink::Gap;
use rheostat_policy::model::Level;

use super::logfmt::shown;
use super::{escape, number, time};

const PLAIN: &str = "\x1b[0m";
const DIM: &str = "\x1b[2m";

pub(super) fn record(record: &RecordView<'_>, colour: bool, out: &mut Vec<u8>) {
    dimmed(colour, out, |out| time::rfc3339_to(record.time(), 6, out));
    out.push(b' ');
    level(record.level(), colour, out);
    out.push(b' ');
    dimmed(colour, out, |out| escape::plain(record.target(), out));
    out.extend_from_slice(b": ");
    if record.is_span() || record.route().class.is_some() {
        escape::plain(record.name(), out);
        out.push(b' ');
    }
    what_happened(record, out);
    if let Some(message) = record.message() {
        if let Some(text) = number::plain(message, out) {
            escape::plain(text, out);
        }
        out.push(b' ');
    }
    for (name, value) in record.fields() {
        if value != Value::Missing {
            field(name, value, out);
            out.push(b' ');
        }
    }
    spans(record, colour, out);
    if record.weight() != 1.0 {
        out.extend_from_slice("×".as_bytes());
        shown(Value::F64(record.weight()), out);
        out.push(b' ');
    }
    out.pop();
}

/// What happened to a span, and how long it took.
fn what_happened(record: &RecordView<'_>, out: &mut Vec<u8>) {
    match record.moment() {
        Moment::Event => return,
        Moment::Open => out.extend_from_slice(b"opened "),
        Moment::Close => out.extend_from_slice(b"closed "),
    }
    let timings = record.timings().unwrap_or_default();
    for (before, nanos, after) in [
        ("after ", timings.duration, " "),
        ("(busy ", timings.busy, ") "),
    ] {
        if let Some(nanos) = nanos {
            out.extend_from_slice(before.as_bytes());
            duration(nanos, out);
            out.extend_from_slice(after.as_bytes());
        }
    }
}

/// Three digits and the unit that fits.
fn duration(nanos: u64, out: &mut Vec<u8>) {
    let (unit, name) = match nanos {
        0..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let whole = nanos / unit;
    number::integer(whole, out);
    let places = match whole {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    if unit > 1 && places > 0 {
        let fraction = nanos % unit * 10_u64.pow(places) / unit;
        out.push(b'.');
        if places == 2 && fraction < 10 {
            out.push(b'0');
        }
        number::integer(fraction, out);
    }
    out.extend_from_slice(name.as_bytes());
}

fn field(name: &str, value: Value<'_>, out: &mut Vec<u8>) {
    escape::plain(name, out);
    out.push(b'=');
    shown(value, out);
}

fn spans(record: &RecordView<'_>, colour: bool, out: &mut Vec<u8>) {
    if record.spans().len() == 0 {
        return;
    }
    dimmed(colour, out, |out| {
        out.extend_from_slice(b"in ");
        for (at, span) in record.spans().enumerate() {
            if at > 0 {
                out.push(b':');
            }
            escape::plain(span.name, out);
            let mut any = false;
            for (name, value) in span.fields() {
                out.push(if any { b' ' } else { b'{' });
                any = true;
                field(name, value, out);
            }
            if any {
                out.push(b'}');
            }
        }
    });
    out.push(b' ');
}

pub(super) fn gap(gap: &Gap, colour: bool, out: &mut Vec<u8>) {
    dimmed(colour, out, |out| time::rfc3339_to(gap.to, 6, out));
    out.push(b' ');
    level(Level::Warn, colour, out);
    let all: u64 = gap.lost.iter().map(|(_, records)| records).sum();
    out.extend_from_slice(b" rheostat: ");
    number::integer(all, out);
    out.extend_from_slice(b" records did not reach sink ");
    escape::plain(&gap.sink, out);
    for (at, (cause, records)) in gap.lost.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b": " } else { b", " });
        number::integer(*records, out);
        out.push(b' ');
        out.extend_from_slice(cause.as_str().as_bytes());
    }
}

fn level(level: Level, colour: bool, out: &mut Vec<u8>) {
    let (colours, word) = match level {
        Level::Error => ("\x1b[31m", "ERROR"),
        Level::Warn => ("\x1b[33m", " WARN"),
        Level::Info => ("\x1b[32m", " INFO"),
        Level::Debug => ("\x1b[34m", "DEBUG"),
        Level::Trace => ("\x1b[35m", "TRACE"),
    };
    if colour {
        out.extend_from_slice(colours.as_bytes());
    }
    out.extend_from_slice(word.as_bytes());
    if colour {
        out.extend_from_slice(PLAIN.as_bytes());
    }
}

fn dimmed(colour: bool, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    if colour {
        out.extend_from_slice(DIM.as_bytes());
    }
    write(out);
    if colour {
        out.extend_from_slice(PLAIN.as_bytes());
    }
}
