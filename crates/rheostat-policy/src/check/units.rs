//! Units of measure: which are known, what they convert from, what a name says.

use std::sync::Arc;

use crate::model::{OutOf, Unit};

const NANOSECONDS: &[(&str, f64)] = &[
    ("nanoseconds", 1.0),
    ("microseconds", 1e3),
    ("milliseconds", 1e6),
    ("seconds", 1e9),
    ("minutes", 60e9),
    ("hours", 3_600e9),
    ("days", 86_400e9),
];

const BYTES: &[(&str, f64)] = &[
    ("bytes", 1.0),
    ("kibibytes", 1_024.0),
    ("mebibytes", 1_048_576.0),
    ("bits", 0.125),
];

/// Units that convert to nothing.
pub(crate) const OTHERS: &[&str] = &[
    "ratio", "percent", "celsius", "volts", "watts", "joules", "hertz", "meters", "grams",
];

/// What a metric's name ends in, and the unit that this says.
const ENDINGS: &[(&str, &str)] = &[
    ("_seconds", "seconds"),
    ("_milliseconds", "milliseconds"),
    ("_ms", "milliseconds"),
    ("_us", "microseconds"),
    ("_ns", "nanoseconds"),
    ("_bytes", "bytes"),
    ("_ratio", "ratio"),
    ("_percent", "percent"),
    ("_celsius", "celsius"),
];

/// All units that are known by name.
pub(crate) fn known() -> impl Iterator<Item = &'static str> {
    NANOSECONDS
        .iter()
        .chain(BYTES)
        .map(|(name, _)| *name)
        .chain(OTHERS.iter().copied())
}

/// What people write for a unit that is known, and its name.
const SHORT: &[(&str, &str)] = &[
    ("ns", "nanoseconds"),
    ("us", "microseconds"),
    ("µs", "microseconds"),
    ("μs", "microseconds"),
    ("ms", "milliseconds"),
    ("msec", "milliseconds"),
    ("millis", "milliseconds"),
    ("s", "seconds"),
    ("sec", "seconds"),
    ("secs", "seconds"),
    ("m", "minutes"),
    ("min", "minutes"),
    ("mins", "minutes"),
    ("h", "hours"),
    ("hr", "hours"),
    ("d", "days"),
    ("B", "bytes"),
    ("b", "bits"),
    ("KiB", "kibibytes"),
    ("MiB", "mebibytes"),
    ("%", "percent"),
    ("percentage", "percent"),
    ("°C", "celsius"),
    ("C", "celsius"),
    ("V", "volts"),
    ("W", "watts"),
    ("J", "joules"),
    ("Hz", "hertz"),
    ("metres", "meters"),
    ("g", "grams"),
];

/// The name of the unit that a short form stands for.
pub(crate) fn short(word: &str) -> Option<&'static str> {
    let found = SHORT.iter().find(|(short, _)| *short == word);
    found.map(|(_, name)| *name)
}

/// The unit of that name; free text is one that converts to nothing.
pub(crate) fn named(name: &str) -> Unit {
    let of = |table: &[(&str, f64)]| {
        table
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, scale)| *scale)
    };
    let scale = of(NANOSECONDS)
        .map(OutOf::Nanoseconds)
        .or_else(|| of(BYTES).map(OutOf::Bytes));
    Unit {
        name: Arc::from(name),
        scale,
    }
}

/// The unit that a metric's name says.
pub(crate) fn of_name(metric: &str) -> Option<Unit> {
    let base = metric.strip_suffix("_total").unwrap_or(metric);
    ENDINGS
        .iter()
        .find(|(ending, _)| base.ends_with(ending))
        .map(|(_, unit)| named(unit))
}

/// The base unit of the same dimension, which people expect.
pub(crate) fn recommended(unit: &Unit) -> Option<&'static str> {
    let base = match unit.scale? {
        OutOf::Nanoseconds(_) => "seconds",
        OutOf::Bytes(_) => "bytes",
    };
    (&*unit.name != base).then_some(base)
}

/// Whether values in one unit can become values in the other.
pub(crate) fn convert(from: &Unit, to: &Unit) -> bool {
    from.name == to.name
        || matches!(
            (from.scale, to.scale),
            (Some(OutOf::Nanoseconds(_)), Some(OutOf::Nanoseconds(_)))
                | (Some(OutOf::Bytes(_)), Some(OutOf::Bytes(_)))
        )
}
