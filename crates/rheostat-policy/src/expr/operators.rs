//! Operators that stand wrong: chained, misspelt, from other languages, or missing.

use super::parser::{Node, Parsed, Parser, Stop, joined_places};
use super::token::{TokenKind, Word};
use super::{Comparison, Expr, ExprKind, Literal, Ref, TextTest, codes};
use crate::literal::{self, shortened};
use crate::place::Place;
use crate::problem::Problem;
use crate::suggest;

/// What other languages call an operator, and what it is here.
const ALIASES: [(&str, &str); 27] = [
    ("startswith", "starts_with"),
    ("begins_with", "starts_with"),
    ("has_prefix", "starts_with"),
    ("prefix", "starts_with"),
    ("endswith", "ends_with"),
    ("has_suffix", "ends_with"),
    ("suffix", "ends_with"),
    ("includes", "contains"),
    ("contain", "contains"),
    ("has", "contains"),
    ("match", "matches"),
    ("regex", "matches"),
    ("like", "matches"),
    ("rlike", "matches"),
    ("is", "=="),
    ("eq", "=="),
    ("equals", "=="),
    ("ne", "!="),
    ("neq", "!="),
    ("isnt", "!="),
    ("lt", "<"),
    ("le", "<="),
    ("lte", "<="),
    ("gt", ">"),
    ("ge", ">="),
    ("gte", ">="),
    ("xor", "!="),
];

/// Whether a word compares two values.
pub(super) fn compares(kind: &TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Compare(_)
            | TokenKind::Word(
                Word::In | Word::Contains | Word::StartsWith | Word::EndsWith | Word::Matches
            )
    )
}

pub(super) fn text_test(kind: &TokenKind) -> TextTest {
    match kind {
        TokenKind::Word(Word::StartsWith) => TextTest::StartsWith,
        TokenKind::Word(Word::EndsWith) => TextTest::EndsWith,
        _ => TextTest::Contains,
    }
}

/// The word that an operator's text stands for.
fn operator_named(text: &str) -> Option<TokenKind> {
    let comparison = match text {
        "==" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::AtMost,
        ">" => Comparison::Greater,
        ">=" => Comparison::AtLeast,
        word => {
            let (_, word) = Word::ALL.iter().find(|(name, _)| *name == word)?;
            return Some(TokenKind::Word(*word));
        }
    };
    Some(TokenKind::Compare(comparison))
}

/// The operator that a word was probably meant to be.
fn meant_operator(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == lower)
        .map(|(_, operator)| *operator)
        .or_else(|| suggest::closest(text, Word::ALL.iter().map(|(word, _)| *word)))
}

impl Parser<'_> {
    /// The right side of a comparison.
    pub(super) fn operand(&mut self) -> Parsed {
        let start = self.place();
        if *self.peek() != TokenKind::Word(Word::Not) {
            return self.sum();
        }
        self.at += 1;
        let of = self.deeper(Self::sum)?;
        let place = joined_places(start, of.expr.place);
        let inner = self.text(place);
        self.report(
            Problem::new(
                &codes::MISPLACED_NOT,
                start,
                "`not` within a comparison needs parentheses",
            )
            .label("binds weaker than the comparison")
            .fix("put it in parentheses", place, format!("({inner})")),
        );
        Ok(Self::broken(place))
    }

    /// Where an operator is due: reads a misspelt one as the one that was meant.
    pub(super) fn settle_operator(&mut self, left: &Expr) -> Parsed<()> {
        let place = self.place();
        match self.peek().clone() {
            TokenKind::Name {
                text,
                quoted: false,
            } => self.name_as_operator(left, &text, place),
            TokenKind::Word(Word::Not) if compares(self.peek_second()) => {
                self.not_behind_value(left, place);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn name_as_operator(&mut self, left: &Expr, text: &str, place: Place) -> Parsed<()> {
        if self.is_null(text) {
            return Ok(());
        }
        if let Some(fixed) = self.number_with_unit(text) {
            let whole = joined_places(self.last_place(), place);
            self.at += 1;
            self.report(
                Problem::new(
                    &codes::SPACED_UNIT,
                    whole,
                    "a number and its unit are one word",
                )
                .label("no space between them")
                .fix(format!("write `{fixed}`"), whole, fixed),
            );
            return Ok(());
        }
        if let ExprKind::Ref(Ref::Name(called)) = &left.kind
            && matches!(&**called, "has" | "not")
        {
            return Err(self.has_without_parentheses(left.place, place));
        }
        let operator_follows = !self.peek_second().begins_value()
            && !matches!(
                self.peek_second(),
                TokenKind::ListOpen | TokenKind::Word(Word::Not)
            );
        let Some(meant) = meant_operator(text).filter(|_| !operator_follows) else {
            return Err(self.two_values(left, place, true));
        };
        self.report(
            Problem::new(
                &codes::UNKNOWN_OPERATOR,
                place,
                format!("`{}` is not an operator", shortened(text)),
            )
            .label("an operator is due here")
            .fix(format!("write `{meant}`"), place, meant),
        );
        if let Some(kind) = operator_named(meant) {
            self.reread(kind);
        }
        Ok(())
    }

    /// A number just read and a unit behind it as one literal: `5ms` for `5 ms`.
    fn number_with_unit(&self, unit: &str) -> Option<String> {
        let number = &self.tokens.get(self.at.checked_sub(1)?)?;
        let TokenKind::Literal(Literal::Integer(_) | Literal::Float(_)) = number.kind else {
            return None;
        };
        let together = format!("{}{unit}", self.text(number.place));
        let duration = match literal::duration_nanos(&together) {
            Ok(_) => return Some(together),
            Err(error) => error,
        };
        match literal::size(&together) {
            Ok(_) => Some(together),
            // A single letter is as likely a field whose `and` was forgotten.
            Err(_) if unit.len() == 1 => None,
            Err(size) => duration.fix().or(size.fix()).map(str::to_owned),
        }
    }

    fn has_without_parentheses(&mut self, has: Place, name: Place) -> Stop {
        let whole = joined_places(has, name);
        let name = self.text(name);
        self.stop(
            Problem::new(&codes::BAD_HAS, whole, "`has` takes a name in parentheses")
                .label("no parentheses here")
                .fix(
                    format!("write `has({name})`"),
                    whole,
                    format!("has({name})"),
                ),
        )
    }

    /// `x not in ..`
    fn not_behind_value(&mut self, left: &Expr, place: Place) {
        self.at += 1;
        let whole = joined_places(left.place, place);
        let text = self.text(left.place);
        self.report(
            Problem::new(
                &codes::MISPLACED_NOT,
                place,
                "`not` stands before the whole comparison",
            )
            .label("behind a value it is no operator")
            .fix("move it to the front", whole, format!("not {text}")),
        );
    }

    /// `a < b < c`, the second operator being next.
    pub(super) fn chained(&mut self, first: Node, first_operator: Place) -> Parsed {
        let second = self.place();
        let middle = Place {
            start: first_operator.end,
            end: first.expr.place.end,
        };
        let middle = self.text(middle).trim();
        let start = first.expr.place;
        let mut pieces = vec![self.text(start).to_owned()];
        let mut previous = middle.to_owned();
        while compares(self.peek()) {
            let operator = self.place();
            let right = self.comparison(Self::broken(operator))?;
            let text = self.text(joined_places(operator, right.expr.place));
            pieces.push(format!("{previous} {text}"));
            previous = text
                .get((operator.end - operator.start) as usize..)
                .unwrap_or("")
                .trim()
                .to_owned();
            self.settle_operator(&right.expr)?;
        }
        let whole = joined_places(start, self.last_place());
        let fixed = pieces.join(" and ");
        self.report(
            Problem::new(&codes::CHAINED, second, "comparisons do not chain")
                .label("a second comparison")
                .fix(
                    format!("write `{}`", shortened(&fixed)),
                    whole,
                    format!("({fixed})"),
                )
                .help(
                    "put the first comparison in parentheses if true and false are to be compared",
                ),
        );
        Ok(Self::broken(whole))
    }

    /// What stands behind a complete expression.
    pub(super) fn trailing(&mut self, left: &Expr) -> Stop {
        let place = self.place();
        match self.peek() {
            TokenKind::Close | TokenKind::ListClose => {
                let shown = self.text(place);
                self.stop(
                    Problem::new(
                        &codes::UNBALANCED,
                        place,
                        format!("nothing is open that this `{shown}` could close"),
                    )
                    .label("closes nothing")
                    .fix("remove it", place, ""),
                )
            }
            kind => {
                let begins = kind.begins_value() || *kind == TokenKind::Word(Word::Not);
                self.two_values(left, place, begins)
            }
        }
    }

    /// Two values side by side.
    fn two_values(&mut self, left: &Expr, place: Place, second_begins: bool) -> Stop {
        let shown = shortened(self.text(place));
        let mut problem = Problem::new(
            &codes::TRAILING,
            place,
            format!("`{shown}` stands behind a complete expression"),
        )
        .label("an operator is missing before this");
        let last = self.text(left.place);
        let names = matches!(left.kind, ExprKind::Ref(Ref::Name(_)))
            && matches!(self.peek(), TokenKind::Name { quoted: false, .. });
        if names {
            let whole = joined_places(left.place, place);
            problem = problem.fix(
                "put a name with spaces in backticks",
                whole,
                format!("`{last} {shown}`"),
            );
        } else if second_begins {
            let before = Place {
                start: place.start,
                end: place.start,
            };
            problem = problem.fix("join two conditions by `and`", before, "and ");
        } else {
            problem = problem.help("join two conditions by `and` or `or`");
        }
        self.stop(problem)
    }

    // === lists ===

    pub(super) fn judge_list(&mut self, place: Place, round: bool, empty: bool) {
        if round {
            let text = self.text(place);
            let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
            self.report(
                Problem::new(&codes::LIST_EXPECTED, place, "a list stands in brackets")
                    .label("parentheses make no list")
                    .fix("write brackets", place, format!("[{inner}]")),
            );
        }
        if empty {
            self.report(
                Problem::new(&codes::EMPTY_LIST, place, "nothing is in an empty list")
                    .label("never holds")
                    .help("write the values between the brackets, with commas"),
            );
        }
    }

    pub(super) fn missing_brackets(&mut self, value: &Expr) {
        let place = value.place;
        let text = self.text(place);
        self.report(
            Problem::new(
                &codes::LIST_EXPECTED,
                place,
                "`in` takes a list in brackets",
            )
            .label("not a list")
            .fix("write brackets", place, format!("[{text}]"))
            .help("to look for a part of a text, write `contains`"),
        );
    }

    /// Takes the closing one of what was opened at `start`.
    pub(super) fn close(&mut self, close: &TokenKind, start: Place) -> Parsed<()> {
        if self.take(close) {
            return Ok(());
        }
        let shown = match close {
            TokenKind::ListClose => "]",
            _ => ")",
        };
        let opened = self.text(start);
        let at = self.place();
        if *self.peek() == TokenKind::End {
            let end = self.last_place().end;
            let problem = Problem::new(
                &codes::UNBALANCED,
                start,
                format!("this `{opened}` is not closed"),
            )
            .label("opened here")
            .fix(
                format!("close it by `{shown}`"),
                Place { start: end, end },
                shown,
            );
            return Err(self.stop(problem));
        }
        let found = shortened(self.text(at));
        let mut problem = Problem::new(
            &codes::UNBALANCED,
            at,
            format!("`{shown}` is due here, not `{found}`"),
        )
        .label(format!("an open `{opened}` is still to be closed"));
        if matches!(self.peek(), TokenKind::Close | TokenKind::ListClose) {
            problem = problem.fix(format!("write `{shown}`"), at, shown);
        } else if self.peek().begins_value() {
            return Err(self.missing_comma());
        }
        Err(self.stop(problem))
    }

    fn missing_comma(&mut self) -> Stop {
        let at = self.place();
        let end = self.last_place().end;
        let found = shortened(self.text(at));
        self.stop(
            Problem::new(
                &codes::MISSING_COMMA,
                at,
                format!("a comma is missing before `{found}`"),
            )
            .label("another value begins here")
            .fix(
                "put a comma between two values",
                Place { start: end, end },
                ",",
            ),
        )
    }

    /// `+5`
    pub(super) fn needless_plus(&mut self) {
        let place = self.place();
        self.at += 1;
        self.report(
            Problem::new(
                &codes::FOREIGN_OPERATOR,
                place,
                "`+` stands between two values, not before one",
            )
            .label("no sign is needed")
            .fix("remove it", place, ""),
        );
    }
}
