//! JSON as `jsonb` reads it: the same values as in JSON records, but no NUL, which it refuses.

use rheostat_core::Value;
use rheostat_queue::format::plain;

use crate::cells::NUL;
use crate::dialect::Dialect;

/// Integers up to here are the same in every reader; larger ones are texts, as in records.
const SAFE: u128 = 1 << 53;

/// A value.
pub(crate) fn value(value: Value<'_>, out: &mut Vec<u8>) {
    let is_safe = |magnitude: u128| magnitude <= SAFE;
    let is_bare = match value {
        Value::Missing => return out.extend_from_slice(b"null"),
        Value::Text(value) | Value::Formatted(value) | Value::Error(value) => {
            return text(value, out);
        }
        Value::Bool(_) => true,
        Value::I64(number) => is_safe(number.unsigned_abs().into()),
        Value::U64(number) | Value::Size(number) => is_safe(number.into()),
        Value::I128(number) | Value::Duration(number) => is_safe(number.unsigned_abs()),
        Value::U128(number) => is_safe(number),
        Value::F64(number) => number.is_finite(),
        Value::Bytes(_) => false,
    };
    let quote: &[u8] = if is_bare { b"" } else { b"\"" };
    out.extend_from_slice(quote);
    // Texts were written above.
    let _written_already = plain(value, out);
    out.extend_from_slice(quote);
}

/// An object of names and values; a prefix, if any, is set off by a dot. CrateDB
/// has no such names, nor ones with brackets.
pub(crate) fn object<'v>(
    all: impl Iterator<Item = (&'v str, &'v str, Value<'v>)>,
    dialect: Dialect,
    out: &mut Vec<u8>,
) {
    out.push(b'{');
    for (at, (prefix, name, field)) in all.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.push(b'"');
        let from = out.len();
        if !prefix.is_empty() {
            inside(prefix, out);
            out.push(b'.');
        }
        inside(name, out);
        if dialect == Dialect::CrateDb {
            let dots = out[from..].iter_mut();
            dots.filter(|byte| b".[]".contains(byte))
                .for_each(|byte| *byte = b'_');
        }
        out.extend_from_slice(b"\":");
        value(field, out);
    }
    out.push(b'}');
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    inside(text, out);
    out.push(b'"');
}

fn inside(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let bytes = text.as_bytes();
    let mut plain = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte >= 0x20 && !matches!(byte, b'"' | b'\\') {
            continue;
        }
        out.extend_from_slice(&bytes[plain..at]);
        plain = at + 1;
        match byte {
            0 => out.extend_from_slice(NUL.as_bytes()),
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            byte => {
                out.extend_from_slice(b"\\u00");
                out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
        }
    }
    out.extend_from_slice(&bytes[plain..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_json_records_have() {
        let all = [
            ("", "a", Value::U64(7)),
            ("", "b", Value::U64(u64::MAX)),
            ("s", "c", Value::F64(f64::NAN)),
            ("", "d\"", Value::Text("x\\\n\u{1}\0ž")),
            ("", "e", Value::Bool(true)),
            ("", "f", Value::Missing),
            ("", "g", Value::Bytes(b"foo")),
        ];
        let mut out = Vec::new();
        object(all.into_iter(), Dialect::Postgres, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"a\":7,\"b\":\"18446744073709551615\",\"s.c\":\"NaN\",\"d\\\"\":\"x\\\\\\n\\u0001␀ž\",\
             \"e\":true,\"f\":null,\"g\":\"Zm9v\"}"
        );
    }

    #[test]
    fn cratedb_has_no_names_with_dots_or_brackets() {
        let mut out = Vec::new();
        let all = [("s", "http.status[0]", Value::U64(1))];
        object(all.into_iter(), Dialect::CrateDb, &mut out);
        assert_eq!(out, br#"{"s_http_status_0_":1}"#);
    }
}
