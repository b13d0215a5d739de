//! Numbers of every type, compared exactly.

use std::cmp::Ordering;

use rheostat_policy::literal::{Number, read_duration_text, read_number};

use super::Value;
use super::text::text_of;

/// A number, without loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Num {
    /// A whole number.
    Whole(i128),
    /// A whole number that no `i128` holds.
    Huge(u128),
    /// A number with a fraction, an infinity, or no number at all.
    Float(f64),
}

impl Num {
    /// The nearest float.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest float is what is asked for"
    )]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Huge(huge) => huge as f64,
            Self::Float(float) => float,
        }
    }

    /// The whole number it is exactly, in 128 bits.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the float has no fraction and lies within the bounds"
    )]
    pub fn whole(self) -> Option<i128> {
        match self {
            Self::Whole(whole) => Some(whole),
            Self::Huge(_) => None,
            Self::Float(float) if float.fract() == 0.0 && float.abs() < TWO_TO_127 => {
                Some(float as i128)
            }
            Self::Float(_) => None,
        }
    }

    /// Compares without rounding; `None` only for NaN.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(left), Self::Whole(right)) => Some(left.cmp(&right)),
            (Self::Huge(left), Self::Huge(right)) => Some(left.cmp(&right)),
            (Self::Whole(_), Self::Huge(_)) => Some(Ordering::Less),
            (Self::Huge(_), Self::Whole(_)) => Some(Ordering::Greater),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(&right),
            (Self::Whole(left), Self::Float(right)) => whole_to_float(left, right),
            (Self::Float(left), Self::Whole(right)) => {
                whole_to_float(right, left).map(Ordering::reverse)
            }
            (Self::Huge(left), Self::Float(right)) => huge_to_float(left, right),
            (Self::Float(left), Self::Huge(right)) => {
                huge_to_float(right, left).map(Ordering::reverse)
            }
        }
    }

    /// As a value of the language.
    pub(crate) fn value(self) -> Value<'static> {
        match self {
            Self::Whole(whole) => match (i64::try_from(whole), u64::try_from(whole)) {
                (Ok(small), _) => Value::I64(small),
                (_, Ok(positive)) => Value::U64(positive),
                _ => Value::I128(whole),
            },
            Self::Huge(huge) => Value::U128(huge),
            Self::Float(float) => Value::F64(float),
        }
    }
}

impl From<u128> for Num {
    fn from(value: u128) -> Self {
        i128::try_from(value).map_or(Self::Huge(value), Self::Whole)
    }
}

impl From<Number> for Num {
    fn from(number: Number) -> Self {
        match number {
            Number::Integer(whole) => Self::Whole(whole),
            Number::Float(float) => Self::Float(float),
        }
    }
}

const TWO_TO_127: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;

fn whole_to_float(left: i128, right: f64) -> Option<Ordering> {
    Number::Integer(left).compare(Number::Float(right))
}

/// `left` is at least 2^127.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the bounds make the float fit, and so large a float has no fraction"
)]
fn huge_to_float(left: u128, right: f64) -> Option<Ordering> {
    if right.is_nan() {
        None
    } else if right < TWO_TO_127 {
        Some(Ordering::Greater)
    } else if right >= 2.0 * TWO_TO_127 {
        Some(Ordering::Less)
    } else {
        Some(left.cmp(&(right as u128)))
    }
}

/// The number a value is in itself.
#[inline]
pub(crate) fn plain(value: Value<'_>) -> Option<Num> {
    Some(match value {
        Value::I64(value) => Num::Whole(i128::from(value)),
        Value::U64(value) | Value::Size(value) => Num::Whole(i128::from(value)),
        Value::I128(value) => Num::Whole(value),
        Value::U128(value) => value.into(),
        Value::F64(value) => Num::Float(value),
        Value::Missing
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Formatted(_)
        | Value::Error(_)
        | Value::Bytes(_)
        | Value::Duration(_) => return None,
    })
}

/// The number a value is, or that its text wholly is.
pub(crate) fn read(value: Value<'_>) -> Option<Num> {
    plain(value).or_else(|| read_number(text_of(value)?).map(Num::from))
}

/// The duration a value is, or that its text wholly is, in nanoseconds.
pub(crate) fn read_duration(value: Value<'_>) -> Option<i128> {
    match value {
        Value::Duration(nanos) => Some(nanos),
        value => read_duration_text(text_of(value)?),
    }
}
