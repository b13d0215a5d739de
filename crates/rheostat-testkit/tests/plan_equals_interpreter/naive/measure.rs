//! Durations and sizes: read from texts, and durations written as the language writes them.

use std::sync::LazyLock;

use regex::Regex;

/// The units of time in nanoseconds, the largest first.
const TIMES: [(&str, u128); 8] = [
    ("w", 604_800_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

const BYTES: [(&str, u128); 10] = [
    ("B", 1),
    ("byte", 1),
    ("bytes", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

static TIME_PART: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([0-9]+)(?:\.([0-9]+))? *(\pL+) *").expect("a valid pattern"));

static SIZE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([0-9]+)(?:\.([0-9]+))? *(\pL+)$").expect("a valid pattern"));

/// A text that is wholly a duration, as `Debug` or a policy writes one: the larger units first.
pub(crate) fn read_duration(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned.ends_with(' ') {
        return None;
    }
    let mut rest = unsigned;
    let (mut total, mut last) = (0, u128::MAX);
    while !rest.is_empty() || last == u128::MAX {
        let part = TIME_PART.captures(rest)?;
        let unit = part[3].replace(['µ', 'μ'], "u");
        let (_, scale) = TIMES.iter().find(|(name, _)| *name == unit)?;
        if *scale >= last {
            return None;
        }
        last = *scale;
        total += scaled(
            &part[1],
            part.get(2).map_or("", |digits| digits.as_str()),
            *scale,
        )?;
        rest = &rest[part[0].len()..];
    }
    let total = i128::try_from(total).ok()?;
    Some(if text.starts_with('-') { -total } else { total })
}

/// A text that is wholly a size.
pub(crate) fn read_size(text: &str) -> Option<u64> {
    let part = SIZE.captures(text)?;
    let (_, scale) = BYTES.iter().find(|(name, _)| *name == &part[3])?;
    let bytes = scaled(
        &part[1],
        part.get(2).map_or("", |digits| digits.as_str()),
        *scale,
    )?;
    u64::try_from(bytes).ok()
}

/// `whole.fraction` times a scale; what is finer than one is cut off.
fn scaled(whole: &str, fraction: &str, scale: u128) -> Option<u128> {
    let tenths = 10u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    Some(digits.checked_mul(scale)? / tenths)
}

/// A duration as the language writes it: `1h30m`, `1.5s`, `150us`.
pub(crate) fn show_duration(nanoseconds: i128) -> String {
    let mut rest = nanoseconds.unsigned_abs();
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = if nanoseconds < 0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (unit, scale) in TIMES {
        let (whole, part) = (rest / scale, rest % scale);
        if whole == 0 {
            continue;
        }
        // From seconds down, at most three digits of a fraction stand for the smaller units.
        if scale <= 1_000_000_000 && part > 0 && (part * 1_000).is_multiple_of(scale) {
            let digits = format!("{:03}", part * 1_000 / scale);
            return format!("{text}{whole}.{}{unit}", digits.trim_end_matches('0'));
        }
        text += &format!("{whole}{unit}");
        rest = part;
    }
    text
}
