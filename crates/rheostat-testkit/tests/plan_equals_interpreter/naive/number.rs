//! Numbers, exactly: whole ones of any width, and those with a fraction.

use std::cmp::Ordering;

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
        Some(if order == Ordering::Equal && float > whole { Ordering::Less } else { order })
    }

    pub(crate) fn shown(self) -> String {
        match self {
            Self::Integer(value) => value.to_string(),
            Self::Huge(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
        }
    }
}

/// A text that is wholly a number.
pub(crate) fn read_number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None; // no "inf", no "nan", no empty text
    }
    if let Ok(value) = text.parse::<i128>() {
        return Some(Number::Integer(value));
    }
    if let Ok(value) = text.parse::<u128>() {
        return Some(Number::Huge(value));
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite()).map(Number::Float)
}

/// The number that a text begins with.
pub(crate) fn leading_number(text: &str) -> Option<Number> {
    let text = text.trim_start();
    (1..=text.len())
        .rev()
        .filter(|end| text.is_char_boundary(*end))
        .find_map(|end| read_number(&text[..end]))
}

/// A text that is wholly a duration, as `Debug` or a policy writes one.
pub(crate) fn read_duration(text: &str) -> Option<i128> {
    let mut rest = text;
    let mut total = 0f64;
    let mut parts = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..end].parse().ok()?;
        rest = rest[end..].trim_start_matches(' ');
        let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let scale = match rest[..end].trim_end() {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            "d" => 86400e9,
            "w" => 604800e9,
            _ => return None,
        };
        rest = &rest[end..];
        total += amount * scale;
        parts += 1;
    }
    (parts > 0).then(|| total.round() as i128)
}

/// A text that is wholly a size.
pub(crate) fn read_size(text: &str) -> Option<u128> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let amount: f64 = text[..end].parse().ok()?;
    let scale = match text[end..].trim_start() {
        "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some((amount * scale).round() as u128)
}
