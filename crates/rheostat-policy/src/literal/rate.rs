//! Rates and ratios: `1000/s`, `0.05`, `1/20`.

use std::time::Duration;

use super::duration;
use super::error::{LiteralError, LiteralKind, shortened};
use super::number::read_number;
use super::plain::number;

/// So many per period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many; more than 0.
    pub count: f64,
    /// Per second, minute or hour.
    pub per: Duration,
}

impl Rate {
    /// The same per second.
    pub fn per_second(self) -> f64 {
        self.count / self.per.as_secs_f64()
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.per.as_secs() {
            60 => "m",
            3_600 => "h",
            _ => "s",
        };
        write!(f, "{}/{unit}", self.count)
    }
}

/// Reads a rate.
///
/// # Errors
///
/// When the text is anything else, or the rate is 0.
pub fn rate(text: &str) -> Result<Rate, LiteralError> {
    let fail = |reason: String, fix: Option<String>| {
        LiteralError::new(LiteralKind::Rate, text, reason)
            .or_write(fix.filter(|fix| fix != text && fix.len() < 64 && rate(fix).is_ok()))
    };
    if text.is_empty() {
        return Err(fail("nothing stands here".to_owned(), None));
    }
    let Some((count, period)) = text.split_once('/') else {
        let fix = meant_without_slash(text);
        return Err(fail("`/s`, `/m` or `/h` is missing".to_owned(), fix));
    };
    let per = match period {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => {
            let unit = period.trim().trim_start_matches("1 ");
            let fix = duration::meant_unit(unit).map(|unit| format!("{}/{unit}", count.trim()));
            let reason = format!("`{}` is not one of s, m and h", shortened(period));
            return Err(fail(reason, fix));
        }
    };
    let value = number(count).map_err(|error| {
        let fix = error
            .fix()
            .map_or_else(|| count.trim().to_owned(), str::to_owned);
        fail(
            "a number without sign must stand before the `/`".to_owned(),
            Some(format!("{fix}/{period}")),
        )
    })?;
    let count = value.to_f64();
    if count <= 0.0 {
        return Err(fail("a rate of 0 lets nothing pass".to_owned(), None));
    }
    Ok(Rate {
        count,
        per: Duration::from_secs(per),
    })
}

/// `5 per second`, `5ps`, `5`.
fn meant_without_slash(text: &str) -> Option<String> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_')))
        .unwrap_or(text.len());
    let (count, rest) = text.split_at(end);
    let unit = rest.trim().trim_start_matches("per").trim();
    match unit {
        "" => Some(format!("{count}/s")),
        unit => Some(format!("{count}/{}", duration::meant_unit(unit)?)),
    }
}

/// Reads a ratio from 0 to 1: `0.05` or `1/20`.
///
/// # Errors
///
/// When the text is anything else, or lies outside 0 to 1.
pub fn ratio(text: &str) -> Result<f64, LiteralError> {
    let fail = |reason: &str, fix: Option<String>| {
        LiteralError::new(LiteralKind::Ratio, text, reason)
            .or_write(fix.filter(|fix| fix != text && fix.len() < 64 && ratio(fix).is_ok()))
    };
    if let Some(percent) = text.strip_suffix('%') {
        let fix = read_number(percent.trim()).map(|percent| format_ratio(percent.to_f64() / 100.0));
        return Err(fail("percent are not read here", fix));
    }
    if let Some((of, all)) = text.split_once(':') {
        let fix = format!("{}/{}", of.trim(), all.trim());
        return Err(fail("the two numbers are divided by `/`", Some(fix)));
    }
    let trimmed: String = text.chars().filter(|c| *c != ' ').collect();
    if trimmed.len() != text.len() {
        return Err(fail("no space may stand in it", Some(trimmed)));
    }
    let read = |part: &str| number(part).map(super::Number::to_f64);
    let value = match text.split_once('/') {
        None => read(text).map_err(|_| fail("it is neither a number nor a fraction", None))?,
        Some((of, all)) => {
            let parts = read(of).and_then(|of| read(all).map(|all| (of, all)));
            let (of, all) =
                parts.map_err(|_| fail("two numbers must stand around the `/`", None))?;
            if all == 0.0 {
                return Err(fail("nothing can be divided by 0", None));
            }
            of / all
        }
    };
    if !(0.0..=1.0).contains(&value) {
        return Err(fail("it is more than 1, which is all", None));
    }
    Ok(value)
}

/// Writes a ratio as the language reads it.
pub fn format_ratio(ratio: f64) -> String {
    format!("{ratio}")
}
