//! Texts that Rust's `Debug` wrapped: `"a\tb"`, `Some(4)`.

use std::borrow::Cow;

/// Takes off the quotes that `Debug` puts around a text and undoes its escapes.
///
/// A text that is not wholly one quoted text stays as it is. Allocates only where
/// an escape was undone.
pub fn unquote(text: &str) -> Cow<'_, str> {
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Cow::Borrowed(text);
    };
    if !inner.contains(['\\', '"']) {
        return Cow::Borrowed(inner);
    }
    undo_escapes(inner).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// `None` where the text holds a bare quote or an escape that `Debug` never writes.
fn undo_escapes(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return None,
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                '0' => out.push('\0'),
                'u' => {
                    let (digits, rest) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                    out.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                    chars = rest.chars();
                }
                plain @ ('"' | '\'' | '\\') => out.push(plain),
                _ => return None,
            },
            plain => out.push(plain),
        }
    }
    Some(out)
}

/// What stands in `Some(..)`; `None` for the text `None`; any other text as it is.
pub fn unwrap_option(text: &str) -> Option<&str> {
    if text == "None" {
        return None;
    }
    let inner = text
        .strip_prefix("Some(")
        .and_then(|rest| rest.strip_suffix(')'));
    Some(inner.unwrap_or(text))
}
