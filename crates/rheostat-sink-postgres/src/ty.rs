//! The types of columns, as far as this sink tells them apart.

use rheostat_core::Value;
use rheostat_core::value::Num;
use rheostat_queue::format::{plain, rfc3339};
use rheostat_queue::rows::whole;

use crate::json;

/// A column's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    /// Of at most so many characters.
    Text(Option<usize>),
    Bool,
    /// A whole number of so many bits.
    Whole(u32),
    Real,
    Double,
    Numeric,
    Moment,
    Json,
    Bytes,
    List(Box<Ty>),
    /// One that the server reads from text, and whose values only it can judge.
    Other,
}

/// What became of a value on its way into a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Written,
    /// There is none.
    Nothing,
    /// It does not fit the column.
    Not,
}

impl Ty {
    /// Reads a type as a server describes it, or as a policy writes it.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        let inner = |inner: &str| Self::List(Box::new(Self::parse(inner)));
        if let Some(of) = text.strip_suffix("[]").or(text.strip_suffix("_array")) {
            return inner(of);
        }
        if let Some(of) = text.strip_prefix("array(") {
            return inner(of.trim_end_matches(')'));
        }
        let (name, limit) = match text.split_once('(') {
            Some((name, rest)) => (
                name.trim(),
                rest.split(')')
                    .next()
                    .and_then(|limit| limit.trim().parse().ok()),
            ),
            None => (&*text, None),
        };
        match name {
            "text" | "string" => Self::Text(None),
            "character varying" | "varchar" => Self::Text(limit),
            // Without a limit it has one character.
            "character" | "char" => Self::Text(limit.or(Some(1))),
            "boolean" | "bool" => Self::Bool,
            "smallint" | "int2" => Self::Whole(16),
            "integer" | "int" | "int4" => Self::Whole(32),
            "bigint" | "int8" => Self::Whole(64),
            "real" | "float4" => Self::Real,
            "double precision" | "float8" => Self::Double,
            "numeric" | "decimal" => Self::Numeric,
            "json" | "jsonb" | "object" => Self::Json,
            "bytea" => Self::Bytes,
            "timestamptz" => Self::Moment,
            name if name.starts_with("timestamp") => Self::Moment,
            _ => Self::Other,
        }
    }

    /// Whether a field, whatever its value is, may be written into such a column.
    pub(crate) fn takes_fields(&self) -> bool {
        !matches!(self, Self::List(_))
    }

    /// Whether it is text, or something that is read from it.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Other)
    }

    /// Whether it is a number.
    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Whole(_) | Self::Real | Self::Double | Self::Numeric
        )
    }

    /// Whether a moment can be written into it.
    pub(crate) fn is_moment(&self) -> bool {
        matches!(self, Self::Moment | Self::Whole(64))
    }

    /// Whether a JSON object can be written into it.
    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Json | Self::Text(None))
    }

    /// Whether it is a list of what the test holds for.
    pub(crate) fn is_list_of(&self, test: impl Fn(&Self) -> bool) -> bool {
        matches!(self, Self::List(inner) if test(inner))
    }

    /// Appends a value as the server reads it from text.
    pub(crate) fn put(&self, value: Value<'_>, out: &mut Vec<u8>) -> Fit {
        if value == Value::Missing {
            return Fit::Nothing;
        }
        match self {
            Self::Text(limit) => {
                let at = out.len();
                text(value, out);
                let fits = limit.is_none_or(|limit| characters(&out[at..]) <= limit);
                fit(fits)
            }
            Self::Other => {
                text(value, out);
                Fit::Written
            }
            Self::Bool => fit(matches!(value, Value::Bool(_)) && write(value, out)),
            Self::Whole(bits) => fit(whole(value).is_some_and(|whole| {
                let most = 1_i128 << (bits - 1);
                (-most..most).contains(&whole) && write(Value::I128(whole), out)
            })),
            Self::Real => fit(value
                .number()
                .is_some_and(|number| real(number.to_f64(), out))),
            Self::Double => fit(value
                .number()
                .is_some_and(|number| write(Value::F64(number.to_f64()), out))),
            Self::Numeric => fit(value.number().is_some_and(|number| numeric(number, out))),
            Self::Json => {
                json::value(value, out);
                Fit::Written
            }
            Self::Bytes => fit(bytes(value, out)),
            // Only the server knows all the ways to write one.
            Self::Moment => match value {
                Value::Text(_) | Value::Formatted(_) => {
                    text(value, out);
                    Fit::Written
                }
                _ => Fit::Not,
            },
            Self::List(_) => Fit::Not,
        }
    }

    /// Appends a moment, given in nanoseconds since the Unix epoch.
    pub(crate) fn put_moment(&self, nanos: u64, out: &mut Vec<u8>) -> Fit {
        if *self == Self::Moment {
            moment(nanos, out);
            return Fit::Written;
        }
        self.put(Value::U64(nanos), out)
    }
}

/// A moment to the microsecond, which is what servers keep: they would round the rest
/// up, and then the second might be another than the one that `time_ns` is of.
pub(crate) fn moment(nanos: u64, out: &mut Vec<u8>) {
    let written = rfc3339(nanos);
    out.extend_from_slice(&written.as_bytes()[..26]);
    out.push(b'Z');
}

fn fit(fits: bool) -> Fit {
    if fits { Fit::Written } else { Fit::Not }
}

/// Any value as a text.
fn text(value: Value<'_>, out: &mut Vec<u8>) {
    if let Some(text) = plain(value, out) {
        out.extend_from_slice(text.as_bytes());
    }
}

/// A value that is no text.
fn write(value: Value<'_>, out: &mut Vec<u8>) -> bool {
    plain(value, out).is_none()
}

/// A number of 32 bits, unless it would become zero or infinite: the server refuses that.
fn real(number: f64, out: &mut Vec<u8>) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "what the column holds")]
    let held = number as f32;
    let is_kept = (held == 0.0) == (number == 0.0) && held.is_infinite() == number.is_infinite();
    is_kept && write(Value::F64(number), out)
}

/// Any number but the infinite ones, which older servers refuse.
fn numeric(number: Num, out: &mut Vec<u8>) -> bool {
    match number {
        Num::Whole(whole) => write(Value::I128(whole), out),
        Num::Huge(huge) => write(Value::U128(huge), out),
        Num::Float(float) => !float.is_infinite() && write(Value::F64(float), out),
    }
}

fn bytes(value: Value<'_>, out: &mut Vec<u8>) -> bool {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let Value::Bytes(bytes) = value else {
        return false;
    };
    out.extend_from_slice(b"\\x");
    let digit = |bits: u8| HEX[usize::from(bits & 15)];
    out.extend(
        bytes
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(*byte)]),
    );
    true
}

/// How many characters these bytes of UTF-8 are.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(ty: &str, value: Value<'_>) -> Result<String, Fit> {
        let mut out = Vec::new();
        match Ty::parse(ty).put(value, &mut out) {
            Fit::Written => Ok(String::from_utf8(out).unwrap()),
            other => Err(other),
        }
    }

    #[test]
    fn types_are_read_as_servers_and_people_write_them() {
        for (written, ty) in [
            ("character varying(20)", Ty::Text(Some(20))),
            ("VARCHAR (20)", Ty::Text(Some(20))),
            ("char", Ty::Text(Some(1))),
            ("timestamp(3) with time zone", Ty::Moment),
            ("timestamp without time zone", Ty::Moment),
            ("numeric(10,2)", Ty::Numeric),
            ("text[]", Ty::List(Box::new(Ty::Text(None)))),
            ("double precision_array", Ty::List(Box::new(Ty::Double))),
            ("array(bigint)", Ty::List(Box::new(Ty::Whole(64)))),
            ("uuid", Ty::Other),
        ] {
            assert_eq!(Ty::parse(written), ty, "{written}");
        }
    }

    #[test]
    fn a_number_fits_where_it_is_the_same_number_afterwards() {
        assert_eq!(put("smallint", Value::I64(-32_768)), Ok("-32768".into()));
        assert_eq!(put("smallint", Value::I64(32_768)), Err(Fit::Not));
        assert_eq!(put("bigint", Value::U64(u64::MAX)), Err(Fit::Not));
        let huge = "340282366920938463463374607431768211455";
        assert_eq!(put("numeric", Value::U128(u128::MAX)), Ok(huge.into()));
        assert_eq!(put("integer", Value::Formatted("-2")), Ok("-2".into()));
        assert_eq!(put("integer", Value::Text("two")), Err(Fit::Not));
        assert_eq!(put("integer", Value::F64(1.5)), Err(Fit::Not));
        assert_eq!(put("real", Value::F64(1e300)), Err(Fit::Not));
        assert_eq!(put("real", Value::F64(1e-60)), Err(Fit::Not));
        assert_eq!(
            put("real", Value::F64(f64::INFINITY)),
            Ok("Infinity".into())
        );
    }

    #[test]
    fn no_number_is_a_number_where_the_column_has_it() {
        assert_eq!(
            put("double precision", Value::F64(f64::NAN)),
            Ok("NaN".into())
        );
        assert_eq!(put("numeric", Value::F64(f64::NAN)), Ok("NaN".into()));
        assert_eq!(put("numeric", Value::F64(f64::INFINITY)), Err(Fit::Not));
        assert_eq!(put("bigint", Value::F64(f64::NAN)), Err(Fit::Not));
    }

    #[test]
    fn a_text_fits_by_its_characters() {
        assert_eq!(put("varchar(3)", Value::Text("žžž")), Ok("žžž".into()));
        assert_eq!(put("varchar(3)", Value::Text("žžžž")), Err(Fit::Not));
        assert_eq!(put("text", Value::U64(7)), Ok("7".into()));
        assert_eq!(put("text", Value::Missing), Err(Fit::Nothing));
    }

    #[test]
    fn bytes_are_hex_and_other_types_are_left_to_the_server() {
        assert_eq!(put("bytea", Value::Bytes(&[0, 0xab])), Ok("\\x00ab".into()));
        assert_eq!(put("bytea", Value::Text("a")), Err(Fit::Not));
        assert_eq!(put("inet", Value::Text("10.0.0.1")), Ok("10.0.0.1".into()));
    }

    #[test]
    fn a_moment_is_cut_and_never_rounded_into_the_next_second() {
        let mut out = Vec::new();
        moment(1_700_000_000_999_999_999, &mut out);
        assert_eq!(out, b"2023-11-14T22:13:20.999999Z");
    }
}
