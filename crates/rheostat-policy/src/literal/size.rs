//! Sizes: `64KiB`, `10MB`.

use super::decimal::{Decimal, NoDecimal, Underscores};
use super::duration::is_unit as is_time_unit;
use super::error::{LiteralError, LiteralKind, shortened};
use super::number::read_number;
use crate::suggest;

/// The units and how many bytes each has.
const UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// What people write for a unit, and the unit.
const ALIASES: [(&str, &str); 20] = [
    ("KB", "kB"),
    ("kb", "kB"),
    ("K", "KiB"),
    ("k", "kB"),
    ("M", "MiB"),
    ("m", "MB"),
    ("G", "GiB"),
    ("g", "GB"),
    ("mb", "MB"),
    ("gb", "GB"),
    ("kib", "KiB"),
    ("kiB", "KiB"),
    ("KIB", "KiB"),
    ("Ki", "KiB"),
    ("Mi", "MiB"),
    ("Gi", "GiB"),
    ("b", "B"),
    ("byte", "B"),
    ("bytes", "B"),
    ("Bytes", "B"),
];

/// Reads a size as bytes.
///
/// # Errors
///
/// When the text is anything else, no whole number of bytes, or more than 64 bits hold.
pub fn size(text: &str) -> Result<u64, LiteralError> {
    scan(text).map_err(|fault| explain(text, fault))
}

/// The size that a text wholly is, in bytes: `12.5 MB`, `12.5MiB`, `5 B`, `3 bytes`.
///
/// `KB` counts as `kB` here, since programs print both. A part of a byte is cut off.
pub fn read_size_text(text: &str) -> Option<u64> {
    let (decimal, rest) = Decimal::leading(text, Underscores::Never).ok()?;
    let each = match rest.trim_start_matches(' ') {
        "KB" => 1_000,
        "byte" | "bytes" => 1,
        unit => unit_bytes(unit)?,
    };
    let (bytes, _) = decimal.times(u128::from(each))?;
    u64::try_from(bytes).ok()
}

/// Writes a size as the language reads it: the largest unit that divides it.
pub fn format_size(bytes: u64) -> String {
    const BY_SIZE: [(&str, u64); 6] = [
        ("GiB", 1 << 30),
        ("GB", 1_000_000_000),
        ("MiB", 1 << 20),
        ("MB", 1_000_000),
        ("KiB", 1 << 10),
        ("kB", 1_000),
    ];
    for (unit, each) in BY_SIZE {
        if bytes > 0 && bytes.is_multiple_of(each) {
            return format!("{}{unit}", bytes / each);
        }
    }
    format!("{bytes}B")
}

#[derive(Clone, Copy)]
enum Fault<'t> {
    Number(NoDecimal),
    NoUnit,
    Space,
    UnknownUnit(&'t str),
    Part,
    TooLarge,
}

fn scan(text: &str) -> Result<u64, Fault<'_>> {
    let (decimal, unit) = Decimal::leading(text, Underscores::Between).map_err(Fault::Number)?;
    if unit.is_empty() {
        return Err(Fault::NoUnit);
    }
    if unit.starts_with(' ') {
        return Err(Fault::Space);
    }
    let each = unit_bytes(unit).ok_or(Fault::UnknownUnit(unit))?;
    let (bytes, exact) = decimal.times(u128::from(each)).ok_or(Fault::TooLarge)?;
    if !exact {
        return Err(Fault::Part);
    }
    u64::try_from(bytes).map_err(|_| Fault::TooLarge)
}

fn unit_bytes(unit: &str) -> Option<u64> {
    UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, bytes)| *bytes)
}

/// Whether a word is a unit of size.
pub(crate) fn is_unit(unit: &str) -> bool {
    unit_bytes(unit).is_some()
}

/// The unit that a wrong one was probably meant to be.
fn meant_unit(unit: &str) -> Option<&'static str> {
    let names = || UNITS.iter().map(|(name, _)| *name);
    names()
        .find(|name| *name == unit)
        .or_else(|| {
            ALIASES
                .iter()
                .find(|(alias, _)| *alias == unit)
                .map(|(_, unit)| *unit)
        })
        .or_else(|| names().find(|name| name.eq_ignore_ascii_case(unit)))
        .or_else(|| suggest::closest(unit, names()).filter(|_| !is_time_unit(unit)))
}

fn explain(text: &str, fault: Fault<'_>) -> LiteralError {
    let reason = match fault {
        Fault::Number(NoDecimal::NoDigit) if text.is_empty() => "nothing stands here".to_owned(),
        Fault::Number(NoDecimal::NoDigit) if text.starts_with('-') => {
            "a size is not negative".to_owned()
        }
        Fault::Number(NoDecimal::NoDigit) => "a size starts with a number".to_owned(),
        Fault::Number(NoDecimal::BarePoint) => "a digit must follow the point".to_owned(),
        Fault::Number(NoDecimal::Underscore) => {
            "an underscore stands between two digits only".to_owned()
        }
        Fault::NoUnit => "the unit is missing".to_owned(),
        Fault::Space => "no space may stand in it".to_owned(),
        Fault::UnknownUnit(unit) => format!("`{}` is not a unit of size", shortened(unit)),
        Fault::Part => "it is not a whole number of bytes".to_owned(),
        Fault::Number(NoDecimal::TooLong) | Fault::TooLarge => {
            "it is more bytes than 64 bits count".to_owned()
        }
    };
    let error = LiteralError::new(LiteralKind::Size, text, reason);
    if matches!(fault, Fault::Number(NoDecimal::TooLong) | Fault::TooLarge) {
        return error.too_large();
    }
    error.or_write(repaired(text))
}

/// The size that was probably meant.
fn repaired(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let fixed = if read_number(text).is_some() {
        format!("{text}B")
    } else {
        let text = text.trim();
        let end = text.find(char::is_alphabetic)?;
        let number: String = text[..end]
            .chars()
            .filter(|c| !matches!(c, ' ' | '_'))
            .collect();
        format!("{number}{}", meant_unit(text[end..].trim())?)
    };
    let changed = fixed != text;
    (changed && scan(&fixed).is_ok()).then_some(fixed)
}
