//! Which format, and what it makes of a record.

use rheostat_core::flow::{Link, RecordView};
use rheostat_core::sink::Gap;

use super::{cbor, emit, json, logfmt, pretty, time};

/// What comes last in the line of a record in a chain: `,"hash":"`, the digits, `"}}`.
const HASH_AND_END: usize = 9 + 64 + 3;

/// A line or frame format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// A line for people.
    Pretty {
        /// Whether levels are coloured: only where a terminal shows them.
        colour: bool,
    },
    /// CBOR with numbers for keys.
    Compact,
    /// CBOR with the keys of JSON.
    Cbor,
}

impl Format {
    /// The format of a name of the policy language.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "logfmt" => Some(Self::Logfmt),
            "pretty" => Some(Self::Pretty { colour: false }),
            "compact" => Some(Self::Compact),
            "cbor" => Some(Self::Cbor),
            _ => None,
        }
    }

    /// Whether records end with a line feed and hold no other.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Json | Self::Logfmt | Self::Pretty { .. })
    }

    /// Appends a record, framed.
    #[inline]
    pub fn record(self, record: &RecordView<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Json => {
                emit::record(record, &mut json::Json::new(out));
                out.push(b'\n');
            }
            Self::Logfmt => {
                logfmt::record(record, out);
                out.push(b'\n');
            }
            Self::Pretty { colour } => {
                pretty::record(record, colour, out);
                out.push(b'\n');
            }
            Self::Compact => emit::record(record, &mut cbor::Cbor::numbered(out)),
            Self::Cbor => emit::record(record, &mut cbor::Cbor::named(out)),
        }
    }

    /// The part of a record's JSON line that its hash is of.
    pub(crate) fn unhashed<'o>(
        record: &RecordView<'_>,
        link: &Link,
        out: &'o mut Vec<u8>,
    ) -> &'o [u8] {
        emit::linked(record, Some(*link), &mut json::Json::new(out));
        &out[..out.len() - HASH_AND_END]
    }

    /// Appends a line of a dead-letter file: a record, and why whom did not take it when.
    pub(crate) fn letter(
        record: &RecordView<'_>,
        sink: &str,
        why: &str,
        at: u64,
        out: &mut Vec<u8>,
    ) {
        json::letter(record, sink, why, at, out);
    }

    /// Appends what tells of missing records, framed.
    pub fn gap(self, gap: &Gap, out: &mut Vec<u8>) {
        match self {
            Self::Json => {
                emit::gap(gap, &mut json::Json::new(out));
                out.push(b'\n');
            }
            Self::Logfmt => {
                logfmt::gap(gap, out);
                out.push(b'\n');
            }
            Self::Pretty { colour } => {
                pretty::gap(gap, colour, out);
                out.push(b'\n');
            }
            Self::Compact => emit::gap(gap, &mut cbor::Cbor::numbered(out)),
            Self::Cbor => emit::gap(gap, &mut cbor::Cbor::named(out)),
        }
    }
}

/// A moment in nanoseconds since the Unix epoch, as records show it: `2026-11-21T22:30:00.123456789Z`.
pub fn rfc3339(nanos: u64) -> String {
    let mut out = Vec::with_capacity(30);
    time::rfc3339(nanos, &mut out);
    out.into_iter().map(char::from).collect()
}
