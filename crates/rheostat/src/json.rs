//! A JSON text, for the little that the facade writes itself: a library for it
//! would weigh more than the rest of the crate.

/// A text as JSON shows it, quotes included.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The same, or `null`.
pub(crate) fn optional(given: Option<&str>) -> String {
    given.map_or_else(|| "null".to_owned(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_control_characters_are_escaped() {
        assert_eq!(text("say \"a\\b\"\n"), "\"say \\\"a\\\\b\\\"\\u000a\"");
        assert_eq!(optional(None), "null");
    }
}
