//! Numbers as the text formats write them.

use std::fmt::{self, Display, Formatter, Write};

/// A float: the shortest that reads back the same.
pub(super) struct Float(pub(super) f64);

impl Display for Float {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            value if value.is_nan() => f.write_str("NaN"),
            f64::INFINITY => f.write_str("+Inf"),
            f64::NEG_INFINITY => f.write_str("-Inf"),
            // The one place where `Debug` is the format that is wanted: 1.0, 0.25, 1e300.
            value => write!(f, "{value:?}"),
        }
    }
}

/// A counter's value: whole unless it is not.
pub(super) struct Amount(pub(super) u64, pub(super) f64);

impl Display for Amount {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.1 == 0.0 {
            write!(f, "{}", self.0)
        } else {
            write!(f, "{}", Float(self.0 as f64 + self.1))
        }
    }
}

/// Milliseconds, shown as seconds.
pub(super) struct Seconds(pub(super) u64);

impl Display for Seconds {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

/// Text in quotes.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['\\', '"', '\n']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'\\' => "\\\\",
                b'"' => "\\\"",
                _ => "\\n",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

/// Writes text in quotes; most needs none of their escapes.
pub(super) fn quote(page: &mut String, text: &str) {
    let is_special = |byte| matches!(byte, b'\\' | b'"' | b'\n');
    if text.bytes().any(is_special) {
        // Writing to a `String` cannot fail.
        let _ = write!(page, "{}", Quoted(text));
    } else {
        page.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_short_and_always_parse() {
        let shown = |value: f64| Float(value).to_string();
        assert_eq!(shown(0.25), "0.25");
        assert_eq!(shown(1.0), "1.0");
        assert_eq!(shown(1e300), "1e300");
        assert_eq!(shown(f64::INFINITY), "+Inf");
        assert_eq!(shown(f64::NAN), "NaN");
    }

    #[test]
    fn quotes_backslashes_and_new_lines_are_escaped() {
        assert_eq!(Quoted("a\"b\\c\nd").to_string(), "a\\\"b\\\\c\\nd");
        let mut page = String::new();
        for text in ["plain", "a\"b", "c\\d", "e\nf"] {
            quote(&mut page, text);
        }
        assert_eq!(page, "plaina\\\"bc\\\\de\\nf");
    }
}
