//! Numbers in texts that a program printed.

use std::cmp::Ordering;

/// A number as a text holds it.
///
/// Whole numbers stay whole; one that no `i128` holds becomes a float.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i128),
    /// A number with a fraction or an exponent.
    Float(f64),
}

impl Number {
    /// The nearest float.
    pub fn to_f64(self) -> f64 {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest float is what is asked for"
            )]
            Self::Integer(integer) => integer as f64,
            Self::Float(float) => float,
        }
    }

    /// Exact comparison across the two forms; `None` only for NaN.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(&right)),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(&right),
            (Self::Integer(left), Self::Float(right)) => integer_to_float(left, right),
            (Self::Float(left), Self::Integer(right)) => {
                integer_to_float(right, left).map(Ordering::reverse)
            }
        }
    }
}

/// Compares without rounding the integer.
fn integer_to_float(left: i128, right: f64) -> Option<Ordering> {
    // 2^127, the first float above every `i128`; its negative is `i128::MIN` itself.
    const LIMIT: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    if right.is_nan() {
        return None;
    }
    if right >= LIMIT {
        return Some(Ordering::Less);
    }
    if right < -LIMIT {
        return Some(Ordering::Greater);
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the bounds above make the whole part fit exactly"
    )]
    let whole = right.trunc() as i128;
    let fraction = right - right.trunc();
    Some(match left.cmp(&whole) {
        Ordering::Equal if fraction > 0.0 => Ordering::Less,
        Ordering::Equal if fraction < 0.0 => Ordering::Greater,
        order => order,
    })
}

/// The number that a text wholly is: `-12`, `+0.5`, `1e-3`; no spaces, no `inf`, no underscores.
pub fn read_number(text: &str) -> Option<Number> {
    match split_number(text)? {
        (number, "") => Some(number),
        _ => None,
    }
}

/// The number that a text starts with, after spaces: that of `200 OK` is 200.
pub fn leading_number(text: &str) -> Option<Number> {
    split_number(text.trim_start()).map(|(number, _)| number)
}

/// The longest number at the start of a text, and what follows it.
pub(super) fn split_number(text: &str) -> Option<(Number, &str)> {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let whole = sign + digits(&bytes[sign..]);
    if whole == sign {
        return None;
    }
    let mut end = whole;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(&bytes[end + 1..]);
        if fraction > 0 {
            end += 1 + fraction;
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = bytes.get(end + 1 + sign..).map_or(0, digits);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let (number, rest) = text.split_at(end);
    let integer = (end == whole).then(|| number.parse().ok()).flatten();
    let number = match integer {
        Some(integer) => Number::Integer(integer),
        None => Number::Float(
            number
                .parse()
                .ok()
                .filter(|float: &f64| float.is_finite())?,
        ),
    };
    Some((number, rest))
}

fn digits(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}
