//! Whether a text can be a whole policy.

/// Whether some line gives the `version`, which every policy must.
///
/// An empty text, or one without it, is what a reader catches while an editor
/// rewrites a file; it becomes worth an error only when it stays that way.
pub(crate) fn may_be_whole(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|byte| *byte == b'\n').any(gives_version)
}

fn gives_version(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    [&b"version"[..], b"\"version\"", b"'version'"]
        .iter()
        .filter_map(|key| line.strip_prefix(*key))
        .any(|rest| rest.trim_ascii_start().starts_with(b"="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_text_is_not_whole() {
        assert!(!may_be_whole(b""));
    }

    #[test]
    fn a_text_without_version_is_not_whole() {
        assert!(!may_be_whole(
            b"[[rules]]\nname = \"version = 1\"\nversions = 1"
        ));
    }

    #[test]
    fn a_version_on_any_line_makes_it_whole() {
        for text in [
            "version = 1",
            "# policy\n  version=1\n",
            "\"version\" = 1",
            "\u{feff}version = 1\r\n",
        ] {
            assert!(may_be_whole(text.as_bytes()), "{text}");
        }
    }
}
