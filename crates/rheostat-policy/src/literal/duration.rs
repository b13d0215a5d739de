//! Durations: `150us`, `1.5s`, `1h30m`.

use std::fmt::Write as _;
use std::time::Duration;

use super::decimal::{Decimal, NoDecimal, Underscores};
use super::error::{LiteralError, LiteralKind};
use super::number::read_number;
use crate::suggest;

/// The units and how many nanoseconds each has, the largest first.
const UNITS: [(&str, u64); 8] = [
    ("w", 604_800_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// What people write for a unit, and the unit.
const ALIASES: [(&str, &str); 29] = [
    ("nsec", "ns"),
    ("nanos", "ns"),
    ("nanosecond", "ns"),
    ("nanoseconds", "ns"),
    ("usec", "us"),
    ("micros", "us"),
    ("microsecond", "us"),
    ("microseconds", "us"),
    ("msec", "ms"),
    ("millis", "ms"),
    ("millisecond", "ms"),
    ("milliseconds", "ms"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("week", "w"),
    ("weeks", "w"),
    ("wk", "w"),
];

/// The longest duration of the language: what 63 bits of nanoseconds hold, 292 years.
pub(super) const LONGEST: u128 = i64::MAX as u128;

/// Reads a duration.
///
/// # Errors
///
/// When the text is anything else, finer than a nanosecond, or longer than 292 years.
pub fn duration(text: &str) -> Result<Duration, LiteralError> {
    duration_nanos(text).map(Duration::from_nanos)
}

/// Reads a duration as nanoseconds; at most `i64::MAX`.
///
/// # Errors
///
/// As [`duration`].
pub fn duration_nanos(text: &str) -> Result<u64, LiteralError> {
    let nanos = scan(text, &POLICY).map_err(|fault| explain(text, fault))?;
    u64::try_from(nanos).map_err(|_| explain(text, Fault::TooLong))
}

/// The duration that a text wholly is, in nanoseconds: `1.5ms`, `5 ms`, `12 μs`, `1h 30m`, `-3s`.
///
/// Reads what Rust's `Debug` and common formatters print; a rest finer than a nanosecond is cut off.
pub fn read_duration_text(text: &str) -> Option<i128> {
    let (negative, plain) = match text.strip_prefix('-') {
        Some(plain) => (true, plain),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let nanos = i128::try_from(scan(plain, &PRINTED).ok()?).ok()?;
    Some(if negative { -nanos } else { nanos })
}

/// Writes a duration as the language reads it: `150us`, `1.5s`, `1h30m`.
pub fn format_duration(duration: Duration) -> String {
    format_nanos(i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX))
}

/// Writes nanoseconds as the language reads them; a minus stands before negative ones.
pub fn format_nanos(nanos: i128) -> String {
    let mut out = String::new();
    if nanos < 0 {
        out.push('-');
    }
    let mut rest = nanos.unsigned_abs();
    if rest == 0 {
        return "0s".to_owned();
    }
    for (unit, each) in UNITS {
        let each = u128::from(each);
        if rest < each {
            continue;
        }
        let (whole, part) = (rest / each, rest % each);
        // Below a minute `1.5s` reads better than `1s500ms`, unless it gets long.
        let fraction = part * 1_000 / each;
        if each <= 1_000_000_000 && part > 0 && fraction * each == part * 1_000 {
            let digits = format!("{fraction:03}");
            let _infallible = write!(out, "{whole}.{}{unit}", digits.trim_end_matches('0'));
            return out;
        }
        let _infallible = write!(out, "{whole}{unit}");
        rest = part;
    }
    out
}

/// How strictly a text is read.
struct Style {
    underscores: Underscores,
    spaces: bool,
    exact: bool,
    longest: u128,
}

/// As policies write.
const POLICY: Style = Style {
    underscores: Underscores::Between,
    spaces: false,
    exact: true,
    longest: LONGEST,
};

/// As programs print.
const PRINTED: Style = Style {
    underscores: Underscores::Never,
    spaces: true,
    exact: false,
    longest: u128::MAX >> 1,
};

#[derive(Clone, Copy)]
enum Fault<'t> {
    Number(NoDecimal),
    NoUnit,
    UnknownUnit(&'t str),
    Order(&'t str),
    Space,
    TooFine,
    TooLong,
}

/// Reads `number unit` again and again, units descending.
fn scan<'t>(text: &'t str, style: &Style) -> Result<u128, Fault<'t>> {
    let mut rest = text;
    let mut total = 0_u128;
    let mut last = u64::MAX;
    loop {
        let (decimal, after) = Decimal::leading(rest, style.underscores).map_err(Fault::Number)?;
        let spaced = after.trim_start_matches(' ');
        if spaced.len() != after.len() && !style.spaces {
            return Err(Fault::Space);
        }
        let end = spaced
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(spaced.len());
        let (unit, after) = spaced.split_at(end);
        if unit.is_empty() {
            return Err(Fault::NoUnit);
        }
        let each = unit_nanos(unit).ok_or(Fault::UnknownUnit(unit))?;
        if each >= last {
            return Err(Fault::Order(unit));
        }
        last = each;
        let (part, exact) = decimal.times(u128::from(each)).ok_or(Fault::TooLong)?;
        if style.exact && !exact {
            return Err(Fault::TooFine);
        }
        total = total
            .checked_add(part)
            .filter(|total| *total <= style.longest)
            .ok_or(Fault::TooLong)?;
        if after.is_empty() {
            return Ok(total);
        }
        rest = after.trim_start_matches(' ');
        if rest.len() != after.len() && !style.spaces {
            return Err(Fault::Space);
        }
    }
}

fn unit_nanos(unit: &str) -> Option<u64> {
    // Rust prints the micro sign, Greek keyboards write the letter mu.
    let unit = match unit {
        "µs" | "μs" => "us",
        other => other,
    };
    UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, nanos)| *nanos)
}

/// Whether a word is a unit of time.
pub(crate) fn is_unit(unit: &str) -> bool {
    unit_nanos(unit).is_some()
}

/// The unit that a wrong one was probably meant to be.
pub(crate) fn meant_unit(unit: &str) -> Option<&'static str> {
    let lower = unit.to_lowercase();
    let names = || UNITS.iter().map(|(name, _)| *name);
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == lower)
        .map(|(_, unit)| *unit)
        .or_else(|| names().find(|name| *name == lower))
        .or_else(|| {
            let long = suggest::closest(&lower, ALIASES.iter().map(|(alias, _)| *alias))?;
            ALIASES
                .iter()
                .find(|(alias, _)| *alias == long)
                .map(|(_, unit)| *unit)
        })
}

fn explain(text: &str, fault: Fault<'_>) -> LiteralError {
    let reason = match fault {
        Fault::Number(NoDecimal::NoDigit) if text.is_empty() => "nothing stands here".to_owned(),
        Fault::Number(NoDecimal::NoDigit) if text.starts_with('-') => {
            "a duration is not negative here".to_owned()
        }
        Fault::Number(NoDecimal::NoDigit) => "a number must stand before each unit".to_owned(),
        Fault::Number(NoDecimal::BarePoint) => "a digit must follow the point".to_owned(),
        Fault::Number(NoDecimal::Underscore) => {
            "an underscore stands between two digits only".to_owned()
        }
        Fault::NoUnit => "the unit is missing".to_owned(),
        Fault::UnknownUnit(unit) => {
            format!("`{}` is not a unit of time", super::error::shortened(unit))
        }
        Fault::Order(unit) => format!("`{unit}` must not follow a unit as small or smaller"),
        Fault::Space => "no space may stand in it".to_owned(),
        Fault::TooFine => "it is finer than a nanosecond".to_owned(),
        Fault::Number(NoDecimal::TooLong) | Fault::TooLong => {
            "it is longer than 292 years".to_owned()
        }
    };
    let error = LiteralError::new(LiteralKind::Duration, text, reason);
    if matches!(fault, Fault::Number(NoDecimal::TooLong) | Fault::TooLong) {
        return error.too_large();
    }
    error.or_write(repaired(text))
}

/// The duration that was probably meant: units by their symbol, spaces gone.
fn repaired(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    if read_number(text).is_some() {
        let seconds = format!("{text}s");
        return scan(&seconds, &POLICY).ok().map(|_| seconds);
    }
    let mut fixed = String::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(char::is_alphabetic)?;
        fixed.extend(
            rest[..end]
                .chars()
                .filter(|c| !matches!(c, ' ' | '_' | ',')),
        );
        rest = &rest[end..];
        let end = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        let unit = &rest[..end];
        if unit_nanos(unit).is_some() {
            fixed.push_str(unit);
        } else if unit != "and" || fixed.is_empty() {
            fixed.push_str(meant_unit(unit)?);
        }
        rest = &rest[end..];
    }
    let changed = fixed != text;
    (changed && scan(&fixed, &POLICY).is_ok()).then_some(fixed)
}
