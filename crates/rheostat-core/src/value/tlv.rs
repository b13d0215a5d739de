//! Values as bytes: a tag, then the payload; what spans and rings hold.
//!
//! Little-endian, unaligned, read only by the process that wrote it.

use super::Value;

/// Where encoded bytes go.
pub trait Buffer {
    /// Appends bytes.
    fn put(&mut self, bytes: &[u8]);
}

impl Buffer for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

const MISSING: u8 = 0;
const BOOL: u8 = 1;
const I64: u8 = 2;
const U64: u8 = 3;
const I128: u8 = 4;
const U128: u8 = 5;
const F64: u8 = 6;
const TEXT: u8 = 7;
const FORMATTED: u8 = 8;
const ERROR: u8 = 9;
const BYTES: u8 = 10;
const DURATION: u8 = 11;
const SIZE: u8 = 12;

/// What a formatted text starts with before its length is known; the length stands behind the tag.
pub(crate) const FORMATTED_START: [u8; 5] = [FORMATTED, 0, 0, 0, 0];
/// The same of an error's text.
pub(crate) const ERROR_START: [u8; 5] = [ERROR, 0, 0, 0, 0];

/// How many bytes [`encode`] appends for a value.
pub fn encoded_len(value: Value<'_>) -> usize {
    1 + match value {
        Value::Missing => 0,
        Value::Bool(_) => 1,
        Value::I64(_) | Value::U64(_) | Value::F64(_) | Value::Size(_) => 8,
        Value::I128(_) | Value::U128(_) | Value::Duration(_) => 16,
        Value::Text(text) | Value::Formatted(text) | Value::Error(text) => 4 + text.len(),
        Value::Bytes(bytes) => 4 + bytes.len(),
    }
}

/// Appends one value. Texts beyond 4 GiB are cut, which [`encoded_len`] would not see; callers cap them first.
#[inline(always)]
pub fn encode(value: Value<'_>, out: &mut impl Buffer) {
    match value {
        Value::Missing => out.put(&[MISSING]),
        Value::Bool(value) => out.put(&[BOOL, u8::from(value)]),
        Value::I64(value) => fixed(out, I64, &value.to_le_bytes()),
        Value::U64(value) => fixed(out, U64, &value.to_le_bytes()),
        Value::I128(value) => fixed(out, I128, &value.to_le_bytes()),
        Value::U128(value) => fixed(out, U128, &value.to_le_bytes()),
        Value::F64(value) => fixed(out, F64, &value.to_le_bytes()),
        Value::Text(text) => sized(out, TEXT, text.as_bytes()),
        Value::Formatted(text) => sized(out, FORMATTED, text.as_bytes()),
        Value::Error(text) => sized(out, ERROR, text.as_bytes()),
        Value::Bytes(bytes) => sized(out, BYTES, bytes),
        Value::Duration(value) => fixed(out, DURATION, &value.to_le_bytes()),
        Value::Size(value) => fixed(out, SIZE, &value.to_le_bytes()),
    }
}

/// A tag and a payload of at most 16 bytes, in one go.
#[inline(always)]
fn fixed(out: &mut impl Buffer, tag: u8, payload: &[u8]) {
    let mut bytes = [tag; 17];
    bytes[1..=payload.len()].copy_from_slice(payload);
    out.put(&bytes[..=payload.len()]);
}

#[inline(always)]
fn sized(out: &mut impl Buffer, tag: u8, payload: &[u8]) {
    let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    fixed(out, tag, &len.to_le_bytes());
    out.put(payload);
}

/// Reads one value and tells how many bytes it took; `None` where the bytes are no value.
pub fn decode(bytes: &[u8]) -> Option<(Value<'_>, usize)> {
    let (&tag, rest) = bytes.split_first()?;
    let (value, payload) = match tag {
        MISSING => (Value::Missing, 0),
        BOOL => (Value::Bool(*rest.first()? != 0), 1),
        I64 => (Value::I64(i64::from_le_bytes(take(rest)?)), 8),
        U64 => (Value::U64(u64::from_le_bytes(take(rest)?)), 8),
        I128 => (Value::I128(i128::from_le_bytes(take(rest)?)), 16),
        U128 => (Value::U128(u128::from_le_bytes(take(rest)?)), 16),
        F64 => (Value::F64(f64::from_le_bytes(take(rest)?)), 8),
        DURATION => (Value::Duration(i128::from_le_bytes(take(rest)?)), 16),
        SIZE => (Value::Size(u64::from_le_bytes(take(rest)?)), 8),
        TEXT | FORMATTED | ERROR | BYTES => {
            let len = u32::from_le_bytes(take(rest)?) as usize;
            let payload = rest.get(4..4 + len)?;
            let value = match tag {
                BYTES => Value::Bytes(payload),
                TEXT => Value::Text(std::str::from_utf8(payload).ok()?),
                FORMATTED => Value::Formatted(std::str::from_utf8(payload).ok()?),
                _ => Value::Error(std::str::from_utf8(payload).ok()?),
            };
            (value, 4 + len)
        }
        _ => return None,
    };
    Some((value, 1 + payload))
}

fn take<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.get(..N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, encoded_len};
    use crate::value::Value;

    const VALUES: [Value<'_>; 13] = [
        Value::Missing,
        Value::Bool(true),
        Value::I64(-7),
        Value::U64(u64::MAX),
        Value::I128(i128::MIN),
        Value::U128(u128::MAX),
        Value::F64(0.1),
        Value::Text("caf\u{e9}"),
        Value::Formatted("\"a\""),
        Value::Error(""),
        Value::Bytes(&[0, 255]),
        Value::Duration(-1),
        Value::Size(1_024),
    ];

    #[test]
    fn every_value_survives_the_round_trip() {
        for value in VALUES {
            let mut bytes = Vec::new();
            encode(value, &mut bytes);
            assert_eq!(bytes.len(), encoded_len(value));
            assert_eq!(decode(&bytes), Some((value, bytes.len())));
        }
    }

    #[test]
    fn cut_bytes_are_refused() {
        for value in VALUES {
            let mut bytes = Vec::new();
            encode(value, &mut bytes);
            bytes.pop();
            assert_eq!(decode(&bytes), None);
        }
        assert_eq!(decode(&[200]), None);
    }
}
