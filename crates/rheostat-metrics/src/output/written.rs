//! Room for one value that is written down, on the stack unless it is long.

use std::fmt;

const INLINE: usize = 128;

/// A value as its `Debug` or `Display` writes it, up to a limit.
pub(super) struct Written {
    inline: [u8; INLINE],
    used: usize,
    // Invariant: while not empty, it holds everything and `inline` is not read.
    spilled: String,
    left: usize,
}

impl Written {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            inline: [0; INLINE],
            used: 0,
            spilled: String::new(),
            left: limit,
        }
    }

    pub(super) fn text(&self) -> &str {
        if self.spilled.is_empty() {
            std::str::from_utf8(&self.inline[..self.used]).unwrap_or("")
        } else {
            &self.spilled
        }
    }

    #[cold]
    fn spill(&mut self, text: &str) {
        if self.spilled.is_empty() {
            let before = std::str::from_utf8(&self.inline[..self.used]).unwrap_or("");
            self.spilled.push_str(before);
        }
        self.spilled.push_str(text);
    }
}

impl fmt::Write for Written {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let part = &text[..floor(text, self.left)];
        let end = self.used + part.len();
        if self.spilled.is_empty() && end <= INLINE {
            self.inline[self.used..end].copy_from_slice(part.as_bytes());
            self.used = end;
        } else {
            self.spill(part);
        }
        if part.len() < text.len() {
            self.left = 0;
            return Err(fmt::Error);
        }
        self.left -= part.len();
        Ok(())
    }
}

/// The end of the last character that lies within the first `at` bytes.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn written(limit: usize, parts: &[&str]) -> String {
        let mut written = Written::new(limit);
        for part in parts {
            let _stopped = written.write_str(part);
        }
        written.text().to_owned()
    }

    #[test]
    fn what_is_written_in_pieces_comes_back_whole_however_long() {
        let long = "x".repeat(100);
        assert_eq!(written(1_000, &["a", "b"]), "ab");
        assert_eq!(written(1_000, &[&long, &long]), long.repeat(2));
        assert_eq!(written(1_000, &[]), "");
    }

    #[test]
    fn it_ends_at_the_limit_between_characters() {
        assert_eq!(written(3, &["aä", "b"]), "aä");
        assert_eq!(written(2, &["aä", "b"]), "a");
    }
}
