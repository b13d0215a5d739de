//! Numbers, exactly: whole ones of any width, and those with a fraction.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Integer(i128),
    /// Beyond what `i128` holds.
    Huge(u128),
    Float(f64),
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Some(Ordering::Equal)
    }
}

impl Number {
    pub(crate) fn unsigned(value: u128) -> Self {
        i128::try_from(value).map_or(Self::Huge(value), Self::Integer)
    }

    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Huge(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// The whole number that it is, `5.0` included.
    pub(crate) fn whole(self) -> Option<i128> {
        match self {
            Self::Integer(value) => Some(value),
            Self::Float(value) if value.trunc() == value && value.abs() < 2f64.powi(127) => {
                Some(value as i128)
            }
            _ => None,
        }
    }

    /// The exact order of two numbers; `None` beside a NaN.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(&b)),
            (Self::Huge(a), Self::Huge(b)) => Some(a.cmp(&b)),
            (Self::Integer(_), Self::Huge(_)) => Some(Ordering::Less),
            (Self::Huge(_), Self::Integer(_)) => Some(Ordering::Greater),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b),
            (whole, Self::Float(b)) => whole.compare_float(b),
            (Self::Float(a), whole) => whole.compare_float(a).map(Ordering::reverse),
        }
    }

    /// A whole number against a float: the whole parts first, then the fraction.
    fn compare_float(self, float: f64) -> Option<Ordering> {
        if float.is_nan() {
            return None;
        }
        if float >= 2f64.powi(128) {
            return Some(Ordering::Less);
        }
        if float < -(2f64.powi(127)) {
            return Some(Ordering::Greater);
        }
        let whole = float.floor();
        let floor = if whole < 2f64.powi(127) {
            Self::Integer(whole as i128)
        } else {
            Self::Huge(whole as u128)
        };
        let order = self.compare(floor)?;
        Some(if order == Ordering::Equal && float > whole {
            Ordering::Less
        } else {
            order
        })
    }

    pub(crate) fn shown(self) -> String {
        match self {
            Self::Integer(value) => value.to_string(),
            Self::Huge(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
        }
    }
}

/// How a number is written in a text.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*([-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?)").expect("a valid pattern")
});

/// A text that is wholly a number.
pub(crate) fn read_number(text: &str) -> Option<Number> {
    let found = NUMBER.captures(text)?;
    (found[1].len() == text.len())
        .then(|| number(text))
        .flatten()
}

/// The number that a text begins with.
pub(crate) fn leading_number(text: &str) -> Option<Number> {
    number(&NUMBER.captures(text)?[1])
}

fn number(digits: &str) -> Option<Number> {
    if let Ok(value) = digits.parse::<i128>() {
        return Some(Number::Integer(value));
    }
    digits
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
        .map(Number::Float)
}
