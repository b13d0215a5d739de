//! From an offset in a string's value to an offset in the text that spells it.
//!
//! An expression stands inside a TOML string, so its parser counts in decoded
//! bytes; a person looks at the source, where `\n` takes two.

use crate::place::Place;

/// Where the byte `offset` of the decoded string was spelled.
///
/// `place` is the whole literal, quotes included. Offsets past the end give
/// the closing quote.
pub(crate) fn source_offset(text: &str, place: Place, offset: usize) -> usize {
    let Some(literal) = text.get(place.range()) else {
        return place.start as usize;
    };
    let (open, raw) = opening(literal);
    let end = literal.len() - closing(literal, open);
    let mut decoded = 0;
    let mut at = open;
    while at < end && decoded < offset {
        let rest = &literal[at..end];
        let (spelled, meant) = if raw { plain(rest) } else { step(rest) };
        // An offset inside a character that an escape spells is the escape.
        if decoded + meant > offset {
            break;
        }
        decoded += meant;
        at += spelled;
    }
    place.start as usize + at.min(literal.len())
}

/// The length of the opening quotes with the newline they swallow, and whether
/// escapes mean nothing.
fn opening(literal: &str) -> (usize, bool) {
    for (quotes, raw) in [("\"\"\"", false), ("'''", true)] {
        if let Some(rest) = literal.strip_prefix(quotes) {
            let newline = if rest.starts_with("\r\n") {
                2
            } else {
                usize::from(rest.starts_with('\n'))
            };
            return (3 + newline, raw);
        }
    }
    // Where TOML was mended, a string may stand there without quotes.
    let quoted = literal.starts_with(['"', '\'']);
    (usize::from(quoted), !literal.starts_with('"'))
}

/// The length of the closing quotes, which may be missing.
fn closing(literal: &str, open: usize) -> usize {
    let quotes = match open {
        0 => return 0,
        1 | 2 => 1,
        _ => 3,
    };
    let closed = literal.len() >= open + quotes
        && literal
            .bytes()
            .rev()
            .take(quotes)
            .all(|byte| literal.as_bytes().first() == Some(&byte));
    if closed { quotes } else { 0 }
}

fn plain(rest: &str) -> (usize, usize) {
    if rest.starts_with("\r\n") {
        return (2, 2);
    }
    let length = rest.chars().next().map_or(1, char::len_utf8);
    (length, length)
}

/// One character or escape: how many bytes spell it, how many it means.
fn step(rest: &str) -> (usize, usize) {
    let Some(escape) = rest.strip_prefix('\\') else {
        return plain(rest);
    };
    let digits = match escape.as_bytes().first() {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(b'\n' | b'\r' | b' ' | b'\t') => {
            // A line-ending backslash swallows all white space after it.
            let swallowed = escape.len() - escape.trim_start().len();
            return (1 + swallowed, 0);
        }
        _ => return (2.min(rest.len()), 1),
    };
    let meant = escape
        .get(1..=digits)
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .and_then(char::from_u32)
        .map_or(1, char::len_utf8);
    ((2 + digits).min(rest.len()), meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(literal: &str, offset: usize) -> &str {
        let text = format!("k = {literal}\n");
        let at = source_offset(&text, Place::new(4, 4 + literal.len()), offset);
        &literal[at - 4..]
    }

    #[test]
    fn a_string_that_lost_its_quotes_starts_at_once_whatever_its_letters() {
        assert_eq!(spelled("\u{7a3} not", 0), "\u{7a3} not");
        assert_eq!(spelled("\u{7a3} not", 3), "not");
        assert_eq!(spelled("aba", 3), "");
    }

    #[test]
    fn a_plain_string_starts_after_its_quote() {
        assert_eq!(spelled("\"abc\"", 1), "bc\"");
        assert_eq!(spelled("'abc'", 3), "'");
    }

    #[test]
    fn an_escape_takes_more_bytes_than_it_means() {
        assert_eq!(spelled(r#""a\"b""#, 2), "b\"");
        assert_eq!(spelled(r#""\u00e9b""#, 2), "b\"");
    }

    #[test]
    fn a_multi_line_string_swallows_its_first_newline() {
        assert_eq!(spelled("'''\nab'''", 1), "b'''");
        assert_eq!(spelled("\"\"\"a\\\n   b\"\"\"", 1), "\\\n   b\"\"\"");
    }

    #[test]
    fn a_string_that_is_not_closed_ends_where_it_ends() {
        assert_eq!(spelled("\"a ≤", 2), "≤");
        assert_eq!(spelled("\"a ≤", 9), "");
    }

    #[test]
    fn an_offset_past_the_end_is_the_closing_quote() {
        assert_eq!(spelled("\"abc\"", 99), "\"");
    }
}
