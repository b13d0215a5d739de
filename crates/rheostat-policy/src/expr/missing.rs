//! Values that are missing where one is due.

use super::codes;
use super::parser::{Parser, Stop};
use super::token::{TokenKind, Word};
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
}
