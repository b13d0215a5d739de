//! Values that are missing where one is due, and words that stand for none.

use super::parser::{Parser, Stop, joined_places};
use super::token::{TokenKind, Word};
use super::{Comparison, Expr, ExprKind, codes};
use crate::problem::Problem;

impl Parser<'_> {
    /// No value can begin with the next word.
    pub(super) fn missing_value(&mut self) -> Stop {
        let place = self.place();
        let found = self.text(place);
        let before = (self.at > 0).then(|| self.text(self.last_place()));
        let due = match before {
            Some(before) => format!(
                "a value is due behind `{}`",
                crate::literal::shortened(before)
            ),
            None => "an expression begins with a value".to_owned(),
        };
        let problem = match self.peek() {
            TokenKind::End => {
                // The end has no width, so the underline goes where the value is missed.
                let last = self.last_place();
                return self.stop(
                    Problem::new(&codes::MISSING_VALUE, last, due)
                        .label("nothing stands behind this"),
                );
            }
            TokenKind::Close | TokenKind::ListClose => {
                Problem::new(&codes::MISSING_VALUE, place, due)
                    .label(format!("`{found}` comes too early"))
            }
            TokenKind::ListOpen => Problem::new(
                &codes::MISSING_VALUE,
                place,
                "a list stands behind `in` and nowhere else",
            )
            .label("not a value")
            .help("write `value in [a, b]`"),
            TokenKind::Word(word) => self.word_as_value(*word, due),
            _ => Problem::new(&codes::MISSING_VALUE, place, due).label(format!(
                "`{found}` is an operator and needs a value before it"
            )),
        };
        self.stop(problem)
    }

    fn word_as_value(&self, word: Word, due: String) -> Problem {
        let place = self.place();
        let found = self.text(place);
        let problem = Problem::new(&codes::MISSING_VALUE, place, due).label(format!(
            "`{found}` is an operator and needs a value before it"
        ));
        let joins = matches!(word, Word::And | Word::Or);
        if joins && self.at > 0 || word == Word::Not {
            return problem.help("put a condition between the two operators, or remove one");
        }
        problem.fix(
            "put the field of that name in backticks",
            place,
            format!("`{found}`"),
        )
    }

    /// `a == null`, the operator taken; reports and takes the word.
    pub(super) fn compares_with_null(&mut self, op: Comparison, left: &Expr) -> bool {
        let TokenKind::Name {
            text,
            quoted: false,
        } = self.peek()
        else {
            return false;
        };
        let null = stands_for_none(text);
        let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
        if !null || !equality || *self.peek_second() == TokenKind::Open {
            return false;
        }
        let place = self.place();
        self.at += 1;
        let whole = joined_places(left.place, place);
        let problem = Problem::new(
            &codes::NO_NULL,
            place,
            format!("there is no `{}` to compare with", self.text(place)),
        )
        .label("read as the name of a field");
        let problem = match &left.kind {
            ExprKind::Ref(_) => {
                let has = format!("has({})", self.text(left.place));
                let with = if op == Comparison::Equal {
                    format!("not {has}")
                } else {
                    has
                };
                problem.fix(format!("write `{with}`"), whole, with)
            }
            _ => problem.help("whether a field has a value is asked by `has(name)`"),
        };
        self.report(problem);
        true
    }

    /// `x is null` and `x is not null`, the word `is` being next: reads on as with `==` and `!=`.
    pub(super) fn is_null(&mut self, word: &str) -> bool {
        if !word.eq_ignore_ascii_case("is") {
            return false;
        }
        let (skipped, op) = match self.peek_second() {
            TokenKind::Word(Word::Not) => (1, Comparison::NotEqual),
            _ => (0, Comparison::Equal),
        };
        let last = self.tokens.len() - 1;
        let next = &self.tokens[(self.at + skipped + 1).min(last)].kind;
        let null = matches!(next, TokenKind::Name { text, quoted: false } if stands_for_none(text));
        if null {
            self.at += skipped;
            self.reread(TokenKind::Compare(op));
        }
        null
    }

    /// `True`, the word being next: reports it and gives what was meant.
    pub(super) fn boolean_by_case(&mut self, text: &str) -> Option<bool> {
        let meant = match text {
            "True" | "TRUE" => true,
            "False" | "FALSE" => false,
            _ => return None,
        };
        let place = self.place();
        self.report(
            Problem::new(
                &codes::BOOLEAN_CASE,
                place,
                "true and false are written in lower case",
            )
            .label("read as the name of a field")
            .fix(format!("write `{meant}`"), place, meant.to_string()),
        );
        Some(meant)
    }
}

/// Whether other languages say "no value" by this word.
fn stands_for_none(word: &str) -> bool {
    ["null", "nil", "none", "undefined"]
        .iter()
        .any(|none| word.eq_ignore_ascii_case(none))
}
