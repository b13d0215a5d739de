//! Values as text: those that are text, and all of them as people read them.

use std::fmt::Write as _;

use bumpalo::Bump;
use bumpalo::collections::String as BumpString;
use rheostat_policy::literal::format_nanos;

use super::Value;

/// The text that a value is.
#[inline]
pub(crate) fn text_of(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Text(text) | Value::Formatted(text) | Value::Error(text) => Some(text),
        Value::Missing
        | Value::Bool(_)
        | Value::I64(_)
        | Value::U64(_)
        | Value::I128(_)
        | Value::U128(_)
        | Value::F64(_)
        | Value::Bytes(_)
        | Value::Duration(_)
        | Value::Size(_) => None,
    }
}

/// Formatted text without the quotes that `Debug` wrote; any other value as it is.
#[inline(always)]
pub(crate) fn without_quotes<'v>(value: Value<'v>, bump: &'v Bump) -> Value<'v> {
    match value {
        Value::Formatted(text) if text.starts_with('"') => Value::Formatted(plain(text, bump)),
        value => value,
    }
}

/// A text without quotes and escapes, where it is wholly a quoted one.
pub(crate) fn plain<'v>(text: &'v str, bump: &'v Bump) -> &'v str {
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains(['\\', '"']) => inner,
        Some(inner) => without_escapes(inner, bump).unwrap_or(text),
        None => text,
    }
}

/// As the language undoes escapes, into the record's own room; `None` where the text is not wholly quoted.
fn without_escapes<'v>(inner: &str, bump: &'v Bump) -> Option<&'v str> {
    let mut out = BumpString::with_capacity_in(inner.len(), bump);
    let mut rest = inner;
    while let Some(at) = rest.find(['\\', '"']) {
        out.push_str(&rest[..at]);
        let mut after = rest[at..].chars();
        if after.next() == Some('"') {
            return None;
        }
        out.push(match after.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            'u' => {
                let (digits, more) = after.as_str().strip_prefix('{')?.split_once('}')?;
                after = more.chars();
                char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
            }
            plain @ ('"' | '\'' | '\\') => plain,
            _ => return None,
        });
        rest = after.as_str();
    }
    out.push_str(rest);
    Some(out.into_bump_str())
}

/// A value as labels, templates and texts show it; `None` for a missing one and for bytes that are no text.
pub fn shown<'v>(value: Value<'v>, scratch: &'v crate::capture::Scratch) -> Option<&'v str> {
    shown_in(value, scratch.bump())
}

pub(crate) fn shown_in<'v>(value: Value<'v>, bump: &'v Bump) -> Option<&'v str> {
    let mut out = BumpString::new_in(bump);
    // Writing into memory of our own cannot fail.
    let _infallible = match value {
        Value::Missing => return None,
        Value::Text(text) | Value::Error(text) => return Some(text),
        Value::Formatted(text) => return Some(plain(text, bump)),
        Value::Bytes(bytes) => return std::str::from_utf8(bytes).ok(),
        Value::Bool(value) => return Some(if value { "true" } else { "false" }),
        Value::I64(value) => write!(out, "{value}"),
        Value::U64(value) | Value::Size(value) => write!(out, "{value}"),
        Value::I128(value) => write!(out, "{value}"),
        Value::U128(value) => write!(out, "{value}"),
        Value::F64(value) => write!(out, "{value}"),
        Value::Duration(nanos) => write!(out, "{}", format_nanos(nanos)),
    };
    Some(out.into_bump_str())
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::plain;

    #[test]
    fn quotes_are_taken_off_as_the_language_does() {
        let bump = Bump::new();
        for text in [
            "",
            "a",
            "\"",
            "\"\"",
            "\"a\"",
            "\"a\" and \"b\"",
            r#""a\"b""#,
            r#""tab\tnew\nret\rnul\0q\'s\\""#,
            r#""\u{e9}\u{1f600}""#,
            r#""\u{zz}""#,
            r#""\x""#,
            r#""open\""#,
            "\"caf\u{e9}\"",
        ] {
            assert_eq!(
                plain(text, &bump),
                rheostat_policy::literal::unquote(text),
                "{text}"
            );
        }
    }
}
