//! Numbers and bytes as text.

use rheostat_core::Value;

/// Integers up to here are the same in every JSON reader.
const SAFE: u128 = 1 << 53;

#[inline]
pub(super) fn integer(number: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// A number with a fraction, the shortest text that reads back as the same.
#[inline]
pub(super) fn float(number: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(ryu::Buffer::new().format_finite(number).as_bytes());
}

/// How JSON and people call what is no number.
pub(super) fn not_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// Whether every JSON reader takes an integer for what it is.
#[inline]
pub(super) fn is_safe(magnitude: u128) -> bool {
    magnitude <= SAFE
}

/// Sixteen hex digits.
pub(super) fn hex_u64(number: u64, out: &mut Vec<u8>) {
    hex(u128::from(number), 16, out);
}

/// Thirty-two hex digits.
pub(super) fn hex_u128(number: u128, out: &mut Vec<u8>) {
    hex(number, 32, out);
}

/// Two hex digits for each byte.
pub(super) fn hex_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        hex(u128::from(*byte), 2, out);
    }
}

fn hex(number: u128, digits: u32, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for place in (0..digits).rev() {
        out.push(HEX[(number >> (place * 4) & 15) as usize]);
    }
}

/// Appends bytes as base64 with padding.
pub fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let at = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            if digit <= group.len() {
                out.push(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]);
            } else {
                out.push(b'=');
            }
        }
    }
}

/// Appends a value that is no text, as people write it; a text is left to the caller.
pub fn plain<'v>(value: Value<'v>, out: &mut Vec<u8>) -> Option<&'v str> {
    match value {
        Value::Missing => {}
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::I64(number) => integer(number, out),
        Value::U64(number) | Value::Size(number) => integer(number, out),
        Value::I128(number) | Value::Duration(number) => integer(number, out),
        Value::U128(number) => integer(number, out),
        Value::F64(number) if number.is_finite() => float(number, out),
        Value::F64(number) => out.extend_from_slice(not_finite(number).as_bytes()),
        Value::Bytes(bytes) => base64(bytes, out),
        Value::Text(text) | Value::Formatted(text) | Value::Error(text) => return Some(text),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_base64() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foobar", "Zm9vYmFy"),
        ] {
            let mut out = Vec::new();
            base64(bytes, &mut out);
            assert_eq!(out, text.as_bytes());
        }
    }
}
