//! Values as RowBinary: little-endian numbers, texts behind their length.

use rheostat_core::Value;
use rheostat_queue::format::plain;
use rheostat_queue::rows::whole;

use super::ty::Ty;

/// A length, seven bits a byte.
pub(super) fn length(mut length: usize, out: &mut Vec<u8>) {
    while length >= 0x80 {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

/// A text.
#[inline]
pub(super) fn text(text: &str, out: &mut Vec<u8>) {
    length(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

/// Any value as a text.
pub(super) fn as_text(value: Value<'_>, out: &mut Vec<u8>) {
    if let Value::Text(value) | Value::Formatted(value) | Value::Error(value) = value {
        return text(value, out);
    }
    let mut written = Vec::new();
    // What is a text was written above, so nothing is left over here.
    let _written_already = plain(value, &mut written);
    length(written.len(), out);
    out.extend_from_slice(&written);
}

impl Ty {
    /// Appends a value. Where it does not fit, appends what stands for none and says so.
    pub(super) fn put(&self, value: Value<'_>, out: &mut Vec<u8>) -> bool {
        if value == Value::Missing {
            self.put_nothing(out);
            return true;
        }
        let at = out.len();
        let fits = match self {
            Self::Text => {
                as_text(value, out);
                true
            }
            Self::Nullable(inner) => {
                out.push(0);
                inner.put(value, out)
            }
            Self::Bool => match value {
                Value::Bool(value) => {
                    out.push(u8::from(value));
                    true
                }
                _ => false,
            },
            Self::Unsigned(bytes) => put_unsigned(whole(value), *bytes, out),
            Self::Signed(bytes) => put_signed(whole(value), *bytes, out),
            Self::Float64 => match value.number() {
                Some(number) => {
                    out.extend_from_slice(&number.to_f64().to_le_bytes());
                    true
                }
                None => false,
            },
            Self::Float32 => match value.number() {
                Some(number) => {
                    #[expect(clippy::cast_possible_truncation, reason = "what the column holds")]
                    out.extend_from_slice(&(number.to_f64() as f32).to_le_bytes());
                    true
                }
                None => false,
            },
            Self::DateTime | Self::DateTime64(_) | Self::Array(_) | Self::Map(..) => false,
        };
        if !fits {
            out.truncate(at);
            self.put_nothing(out);
        }
        fits
    }

    /// Appends what stands for no value.
    pub(super) fn put_nothing(&self, out: &mut Vec<u8>) {
        let zeros = match self {
            // A null, an empty text, list or map: one byte each.
            Self::Nullable(_) => return out.push(1),
            Self::Text | Self::Bool | Self::Array(_) | Self::Map(..) => 1,
            Self::Signed(bytes) | Self::Unsigned(bytes) => *bytes,
            Self::Float32 | Self::DateTime => 4,
            Self::Float64 | Self::DateTime64(_) => 8,
        };
        out.extend(std::iter::repeat_n(0, zeros));
    }

    /// Appends a moment, given in nanoseconds since the Unix epoch.
    pub(super) fn put_moment(&self, nanos: u64, out: &mut Vec<u8>) {
        match self {
            Self::DateTime => {
                // From 2106 on a DateTime has no room for more.
                let seconds = u32::try_from(nanos / 1_000_000_000).unwrap_or(u32::MAX);
                out.extend_from_slice(&seconds.to_le_bytes());
            }
            Self::DateTime64(digits) => {
                let ticks = nanos / 10_u64.pow(9 - digits.min(&9));
                out.extend_from_slice(&ticks.to_le_bytes());
            }
            _ => out.extend_from_slice(&nanos.to_le_bytes()),
        }
    }
}

fn put_unsigned(whole: Option<i128>, bytes: usize, out: &mut Vec<u8>) -> bool {
    let Some(whole) = whole.and_then(|whole| u64::try_from(whole).ok()) else {
        return false;
    };
    let all = whole.to_le_bytes();
    let fits = all[bytes..].iter().all(|byte| *byte == 0);
    if fits {
        out.extend_from_slice(&all[..bytes]);
    }
    fits
}

fn put_signed(whole: Option<i128>, bytes: usize, out: &mut Vec<u8>) -> bool {
    let Some(whole) = whole.and_then(|whole| i64::try_from(whole).ok()) else {
        return false;
    };
    let unused = 64 - 8 * bytes as u32;
    let fits = (whole << unused) >> unused == whole;
    if fits {
        out.extend_from_slice(&whole.to_le_bytes()[..bytes]);
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(ty: &str, value: Value<'_>) -> (bool, Vec<u8>) {
        let mut out = Vec::new();
        let fits = Ty::parse(ty).unwrap().put(value, &mut out);
        (fits, out)
    }

    #[test]
    fn numbers_are_little_endian_and_of_their_width() {
        assert_eq!(put("UInt16", Value::U64(0x0102)), (true, vec![2, 1]));
        assert_eq!(put("Int8", Value::I64(-1)), (true, vec![255]));
        assert_eq!(
            put("Int32", Value::Formatted("-2")),
            (true, vec![254, 255, 255, 255])
        );
        assert_eq!(put("UInt8", Value::Bool(true)), (true, vec![1]));
        assert_eq!(put("Float32", Value::F64(0.5)).1, 0.5_f32.to_le_bytes());
    }

    #[test]
    fn a_value_that_does_not_fit_leaves_the_columns_nothing() {
        assert_eq!(put("UInt8", Value::U64(256)), (false, vec![0]));
        assert_eq!(put("Int8", Value::I64(-129)), (false, vec![0]));
        assert_eq!(put("UInt64", Value::I64(-1)), (false, vec![0; 8]));
        assert_eq!(
            put("Nullable(UInt64)", Value::Text("many")),
            (false, vec![1])
        );
        assert_eq!(put("Bool", Value::U64(1)), (false, vec![0]));
    }

    #[test]
    fn what_is_missing_is_null_where_there_is_null() {
        assert_eq!(put("Nullable(UInt16)", Value::Missing), (true, vec![1]));
        assert_eq!(
            put("Nullable(UInt16)", Value::U64(3)),
            (true, vec![0, 3, 0])
        );
        assert_eq!(put("String", Value::Missing), (true, vec![0]));
    }

    #[test]
    fn texts_stand_behind_their_length_and_numbers_can_be_texts() {
        assert_eq!(put("String", Value::U64(42)), (true, vec![2, b'4', b'2']));
        let long = "x".repeat(300);
        let (_, bytes) = put("LowCardinality(String)", Value::Text(&long));
        assert_eq!(bytes[..2], [0xac, 2]);
        assert_eq!(bytes.len(), 302);
    }

    #[test]
    fn a_moment_is_what_its_column_counts_in() {
        let put = |ty: &str| {
            let mut out = Vec::new();
            Ty::parse(ty)
                .unwrap()
                .put_moment(1_700_000_000_123_456_789, &mut out);
            out
        };
        assert_eq!(put("DateTime"), 1_700_000_000_u32.to_le_bytes());
        assert_eq!(put("DateTime64(3)"), 1_700_000_000_123_u64.to_le_bytes());
        assert_eq!(
            put("DateTime64(9, 'UTC')"),
            1_700_000_000_123_456_789_u64.to_le_bytes()
        );
    }
}
