//! Numbers as policies write them: `10_000`, `0.5`, `1e6`.

use super::error::{LiteralError, LiteralKind};
use super::number::{Number, read_number};

/// Reads a number without a sign.
///
/// # Errors
///
/// When the text is anything else, or the number is larger than a 128-bit integer or a float holds.
pub fn number(text: &str) -> Result<Number, LiteralError> {
    let fail = |reason: &str| LiteralError::new(LiteralKind::Number, text, reason);
    if let Some(radix) = other_radix(text) {
        return Err(fail("numbers are decimal here").or_write(radix));
    }
    if text.starts_with('.') {
        let fixed = format!("0{text}");
        return Err(fail("a digit must stand before the point")
            .or_write(number(&fixed).ok().map(|_| fixed)));
    }
    if !underscores_between_digits(text) {
        let fixed = text.replace('_', "");
        return Err(fail("an underscore stands between two digits only")
            .or_write(read_number(&fixed).map(|_| fixed)));
    }
    let plain = text.replace('_', "");
    if !plain.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(fail("a number starts with a digit"));
    }
    let all_digits = plain.bytes().all(|byte| byte.is_ascii_digit());
    match read_number(&plain) {
        Some(Number::Float(_)) if all_digits => {
            Err(fail("it is larger than 128 bits hold").too_large())
        }
        Some(number) => Ok(number),
        None if plain.ends_with('.') => {
            let fixed = plain.trim_end_matches('.').to_owned();
            Err(fail("a digit must follow the point").or_write(read_number(&fixed).map(|_| fixed)))
        }
        None if all_digits || plain.contains(['e', 'E']) && looks_like_number(&plain) => {
            Err(fail("it is larger than a number can be here").too_large())
        }
        None => Err(fail("something other than a digit stands in it")),
    }
}

fn looks_like_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

fn underscores_between_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(at, byte)| {
        *byte != b'_'
            || (at > 0
                && bytes[at - 1].is_ascii_digit()
                && bytes.get(at + 1).is_some_and(u8::is_ascii_digit))
    })
}

/// For `0x10` and its kin: the same number in decimal, where it is one.
fn other_radix(text: &str) -> Option<Option<String>> {
    let (radix, digits) = match text.get(..2)? {
        "0x" | "0X" => (16, &text[2..]),
        "0o" | "0O" => (8, &text[2..]),
        "0b" | "0B" => (2, &text[2..]),
        _ => return None,
    };
    let plain = digits.replace('_', "");
    Some(
        i128::from_str_radix(&plain, radix)
            .ok()
            .filter(|number| *number >= 0)
            .map(|number| number.to_string()),
    )
}
