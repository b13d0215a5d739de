//! Texts of an expression: `'raw'` and `"with escapes"`.

use super::Literal;
use super::codes;
use super::lexer::Lexer;
use super::token::TokenKind;
use crate::place::Place;
use crate::problem::Problem;

impl Lexer<'_> {
    /// `'raw, '' is a quote'`, the first quote being next.
    pub(super) fn raw_text(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let from = self.at;
            self.skip_while(|c| c != '\'');
            text.push_str(&self.input[from..self.at]);
            if self.peek().is_none() {
                self.open_text(start, "'");
                break;
            }
            self.at += 1;
            if self.peek() != Some('\'') {
                break;
            }
            self.at += 1;
            text.push('\'');
        }
        self.push(TokenKind::Literal(Literal::Text(text.into())), start);
    }

    /// `"with \" \\ \n \t \u{..}"`, the first quote being next.
    pub(super) fn escaped_text(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        let mut bad = Vec::new();
        loop {
            let from = self.at;
            self.skip_while(|c| c != '"' && c != '\\');
            text.push_str(&self.input[from..self.at]);
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    break;
                }
                Some(_) if self.rest() == "\\" => {
                    // Closing it by a quote alone would escape that quote.
                    self.at += 1;
                    self.open_text(start, "\\\"");
                    break;
                }
                Some(_) => match self.escape() {
                    Ok(c) => text.push(c),
                    Err(escape) => {
                        // Kept as it stands, so that a regular expression is not wrong twice.
                        text.push_str(&self.input[escape.range()]);
                        bad.push(escape);
                    }
                },
                None => {
                    self.open_text(start, "\"");
                    break;
                }
            }
        }
        for escape in bad {
            self.bad_escape(start, escape);
        }
        self.push(TokenKind::Literal(Literal::Text(text.into())), start);
    }

    fn open_text(&mut self, start: usize, close: &str) {
        let problem = Problem::new(
            &codes::OPEN_TEXT,
            start..start + 1,
            "a text in quotes is not closed",
        )
        .label("opened here")
        .fix("close it", self.at..self.at, close);
        self.report(problem);
    }

    /// What a backslash and what follows it stand for; otherwise their place.
    fn escape(&mut self) -> Result<char, Place> {
        let start = self.at;
        self.at += 1;
        let Some(kind) = self.peek() else {
            return Err(Place::new(start, self.at));
        };
        self.at += kind.len_utf8();
        let place = Place::new(start, self.at);
        match kind {
            '"' | '\\' => Ok(kind),
            'n' => Ok('\n'),
            't' => Ok('\t'),
            'u' => self.unicode_escape(start),
            _ => Err(place),
        }
    }

    /// `\u{..}`, the braces being next.
    fn unicode_escape(&mut self, start: usize) -> Result<char, Place> {
        let digits = self
            .rest()
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'))
            .map(|(digits, _)| digits)
            .filter(|digits| {
                (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
            });
        let Some(digits) = digits else {
            return Err(Place::new(start, self.at));
        };
        self.at += digits.len() + 2;
        u32::from_str_radix(digits, 16)
            .ok()
            .and_then(char::from_u32)
            .ok_or(Place::new(start, self.at))
    }

    fn bad_escape(&mut self, start: usize, escape: Place) {
        let shown = &self.input[escape.range()];
        let problem = Problem::new(
            &codes::BAD_ESCAPE,
            escape,
            format!("`{}` is no escape", crate::literal::shortened(shown)),
        )
        .label("the escapes are \\\" \\\\ \\n \\t \\u{..}");
        let problem = match shown {
            "\\r" => problem.fix("write `\\u{d}`", escape, "\\u{d}"),
            "\\0" => problem.fix("write `\\u{0}`", escape, "\\u{0}"),
            "\\'" => problem.fix("write `'` as it is", escape, "'"),
            _ => self.unescaped(problem, start, escape),
        };
        self.report(problem);
    }

    /// Offers the text in single quotes, which suits regular expressions, where nothing else changes by it.
    fn unescaped(&self, problem: Problem, start: usize, escape: Place) -> Problem {
        let whole = &self.input[start..self.at];
        let inner = whole
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let doubled = format!("\\{}", &self.input[escape.range()]);
        let only_foreign = |inner: &&str| {
            !["\\\\", "\\\"", "\\n", "\\t", "\\u"]
                .iter()
                .any(|known| inner.contains(known))
        };
        match inner.filter(only_foreign) {
            Some(inner) => problem.fix(
                "a text in single quotes has no escapes",
                start..self.at,
                format!("'{}'", inner.replace('\'', "''")),
            ),
            None => problem.fix("for a backslash, write two", escape, doubled),
        }
    }
}
