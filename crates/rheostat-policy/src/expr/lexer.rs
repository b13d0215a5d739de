//! The lexer: from text to words, reporting what is no word.
//!
//! It never stops early: after a mistake it goes on with the word that was
//! probably meant, so that one run shows several mistakes.

use std::sync::Arc;

use super::Literal;
use super::codes;
use super::symbols::{FOREIGN, Foreign, LOOKALIKES, OURS};
use super::token::{Token, TokenKind, Word, begins_name, continues_name};
use crate::literal::shortened;
use crate::place::Place;
use crate::problem::Problem;

/// Reads all words of a text; the last one is [`TokenKind::End`].
pub(super) fn lex(input: &str) -> (Vec<Token>, Vec<Problem>) {
    let mut lexer = Lexer {
        input,
        at: 0,
        tokens: Vec::new(),
        problems: Vec::new(),
    };
    while lexer.next_word() {}
    lexer.push(TokenKind::End, lexer.at);
    (lexer.tokens, lexer.problems)
}

pub(super) struct Lexer<'i> {
    pub(super) input: &'i str,
    pub(super) at: usize,
    tokens: Vec<Token>,
    problems: Vec<Problem>,
}

impl<'i> Lexer<'i> {
    pub(super) fn rest(&self) -> &'i str {
        &self.input[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Moves past every character that fits.
    pub(super) fn skip_while(&mut self, fits: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !fits(c)).unwrap_or(rest.len());
    }

    pub(super) fn push(&mut self, kind: TokenKind, start: usize) {
        let place = Place::new(start, self.at);
        self.tokens.push(Token { kind, place });
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reads one word; false at the end.
    fn next_word(&mut self) -> bool {
        self.skip_blanks();
        let Some(first) = self.peek() else {
            return false;
        };
        match first {
            '\'' => self.raw_text(),
            '"' => self.escaped_text(),
            '`' => {
                let start = self.at;
                let name = self.quoted_name();
                self.push(
                    TokenKind::Name {
                        text: name,
                        quoted: true,
                    },
                    start,
                );
            }
            '@' => self.built_in(),
            '.' => self.own(),
            '0'..='9' => self.number(),
            c if begins_name(c) => self.name(),
            _ => self.symbol(),
        }
        true
    }

    fn skip_blanks(&mut self) {
        loop {
            self.skip_while(char::is_whitespace);
            if self.peek() != Some('#') {
                return;
            }
            self.skip_while(|c| c != '\n');
        }
    }

    /// `name`, `http.route`, or a word of the language.
    fn name(&mut self) {
        let start = self.at;
        self.bare_name();
        if self.rest().starts_with("::") {
            return self.path(start);
        }
        let text = &self.input[start..self.at];
        let kind = match text {
            "true" => TokenKind::Literal(Literal::Bool(true)),
            "false" => TokenKind::Literal(Literal::Bool(false)),
            _ => Word::ALL
                .iter()
                .find(|(word, _)| *word == text)
                .map_or_else(
                    || TokenKind::Name {
                        text: text.into(),
                        quoted: false,
                    },
                    |(_, word)| TokenKind::Word(*word),
                ),
        };
        self.push(kind, start);
    }

    /// Moves past a name with dots; a dot that no name follows stays.
    fn bare_name(&mut self) {
        loop {
            self.skip_while(continues_name);
            let mut after = self.rest().chars();
            if after.next() != Some('.') || !after.next().is_some_and(continues_name) {
                return;
            }
            self.at += 1;
        }
    }

    /// `shop::db`, which is no name here.
    fn path(&mut self, start: usize) {
        self.skip_while(|c| continues_name(c) || c == ':' || c == '.');
        let path = &self.input[start..self.at];
        let place = Place::new(start, self.at);
        self.report(
            Problem::new(
                &codes::BARE_PATH,
                place,
                format!("the path `{}` needs quotes", shortened(path)),
            )
            .label("not a name of this language")
            .fix(
                format!("write it as a text: '{}'", shortened(path)),
                place,
                format!("'{path}'"),
            )
            .fix(
                "write it as the name of a field, in backticks",
                place,
                format!("`{path}`"),
            ),
        );
        self.push(TokenKind::Broken, start);
    }

    /// A name in backticks, the first one being next.
    fn quoted_name(&mut self) -> Arc<str> {
        let start = self.at;
        self.at += 1;
        let mut name = String::new();
        loop {
            let from = self.at;
            self.skip_while(|c| c != '`' && c != '\n');
            name.push_str(&self.input[from..self.at]);
            if self.peek() != Some('`') {
                self.report(
                    Problem::new(
                        &codes::OPEN_NAME,
                        start..self.at,
                        "a name in backticks is not closed",
                    )
                    .label("opened here")
                    .fix("close it", self.at..self.at, "`"),
                );
                break;
            }
            self.at += 1;
            if self.peek() != Some('`') || name.is_empty() && !self.rest()[1..].contains('`') {
                break;
            }
            self.at += 1;
            name.push('`');
        }
        if name.is_empty() && self.input[start..self.at].len() == 2 {
            self.report(
                Problem::new(
                    &codes::OPEN_NAME,
                    start..self.at,
                    "a name in backticks is empty",
                )
                .label("no field has an empty name"),
            );
        }
        name.into()
    }

    /// `@name`, `@since.name`.
    fn built_in(&mut self) {
        let start = self.at;
        self.at += 1;
        let from = self.at;
        self.bare_name();
        let mut name = self.input[from..self.at].to_owned();
        if self.rest().starts_with(".`") {
            self.at += 1;
            name.push('.');
            name.push_str(&self.quoted_name());
        }
        self.push(TokenKind::BuiltIn(name.into()), start);
    }

    /// `.name`
    fn own(&mut self) {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some('`') => {
                let name = self.quoted_name();
                self.push(TokenKind::Own(name), start);
            }
            Some(c) if begins_name(c) => {
                let from = self.at;
                self.bare_name();
                let name = self.input[from..self.at].into();
                self.push(TokenKind::Own(name), start);
            }
            Some('0'..='9') => {
                self.at = start;
                self.number();
            }
            _ => {
                self.report(
                    Problem::new(
                        &codes::STRAY_DOT,
                        start..self.at,
                        "no name follows this dot",
                    )
                    .label("`.name` is a field of the record itself")
                    .fix("remove it", start..self.at, ""),
                );
            }
        }
    }

    /// Everything that is neither a value nor a word: the longest symbol that fits.
    fn symbol(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let own = OURS.iter().find(|(text, _)| rest.starts_with(text));
        let foreign = FOREIGN
            .iter()
            .find(|foreign| rest.starts_with(foreign.text))
            .filter(|foreign| own.is_none_or(|(text, _)| text.len() < foreign.text.len()));
        match (foreign, own) {
            (Some(foreign), _) => self.foreign(foreign),
            (None, Some((text, kind))) => {
                self.at += text.len();
                self.push(kind.clone(), start);
            }
            (None, None) => self.strange(),
        }
    }

    /// A symbol of other languages.
    fn foreign(&mut self, foreign: &Foreign) {
        let start = self.at;
        self.at += foreign.text.len();
        let place = Place::new(start, self.at);
        let message = format!("`{}` {}", foreign.text, foreign.what);
        let mut problem = Problem::new(foreign.code, place, message).label(foreign.label);
        problem = match foreign.write {
            Some(write) => {
                let with = self.spaced(start, foreign.text.len(), write);
                problem.fix(format!("write `{write}`"), place, with)
            }
            None => problem.help(foreign.label),
        };
        self.report(problem);
        if foreign.means != TokenKind::Broken {
            self.push(foreign.means.clone(), start);
        }
    }

    /// A word with blanks around it where the text has none.
    fn spaced(&self, start: usize, length: usize, word: &str) -> String {
        if !word.starts_with(begins_name) {
            return word.to_owned();
        }
        let before = self.input[..start].chars().next_back();
        let after = self.input[start + length..].chars().next();
        let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && c != '(');
        format!(
            "{}{word}{}",
            if touches(before) { " " } else { "" },
            if after.is_some_and(|c| !c.is_whitespace()) {
                " "
            } else {
                ""
            },
        )
    }

    /// A character that begins nothing.
    fn strange(&mut self) {
        let start = self.at;
        if self.rest().starts_with("${") {
            return self.variable();
        }
        let Some(c) = self.peek() else { return };
        self.at += c.len_utf8();
        let place = Place::new(start, self.at);
        let shown = if c.is_control() {
            format!("the control character U+{:04X}", u32::from(c))
        } else {
            format!("`{c}`")
        };
        let problem = Problem::new(
            &codes::STRANGE_CHARACTER,
            place,
            format!("{shown} begins nothing here"),
        )
        .label("not a character of this language");
        let alike = LOOKALIKES.iter().find(|(alike, ..)| *alike == c);
        let problem = match alike {
            Some((_, "", _)) => problem.fix("remove it", place, ""),
            Some((_, write, _)) => {
                let with = self.spaced(start, c.len_utf8(), write);
                problem.fix(format!("write `{write}`"), place, with)
            }
            None => {
                problem.help("put texts in quotes, and names with such characters in backticks")
            }
        };
        self.report(problem);
        if let Some((.., Some(kind))) = alike {
            self.push(kind.clone(), start);
        }
    }

    /// `${NAME}`, which is expanded in every string but an expression.
    fn variable(&mut self) {
        let start = self.at;
        let end = self.rest().find('}').map(|end| self.at + end + 1);
        let name = end.map(|end| &self.input[start + 2..end - 1]);
        self.at = end.unwrap_or(start + 2);
        let problem = Problem::new(
            &codes::STRANGE_CHARACTER,
            start..self.at,
            "`${..}` is not expanded within expressions",
        )
        .label("a variable of the environment is written differently here");
        let name = name.filter(|name| !name.is_empty() && name.chars().all(continues_name));
        let problem = match name {
            Some(name) => {
                let call = format!("env('{name}')");
                problem.fix(format!("write `{call}`"), start..self.at, call)
            }
            None => problem.help("write `env('NAME')`"),
        };
        self.report(problem);
        self.push(TokenKind::Broken, start);
    }
}
