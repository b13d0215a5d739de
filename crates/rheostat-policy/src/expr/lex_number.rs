//! Numbers, durations and sizes of an expression: whatever begins with a digit.

use super::Literal;
use super::codes;
use super::lexer::Lexer;
use super::token::{TokenKind, continues_name};
use crate::literal::{self, LiteralError, Number, shortened};
use crate::place::Place;
use crate::problem::Problem;

impl Lexer<'_> {
    /// A word that begins with a digit (or, wrongly, with a point and a digit).
    pub(super) fn number(&mut self) {
        let start = self.at;
        self.skip_while(|c| continues_name(c) || c == '.');
        let so_far = &self.input[start..self.at];
        // The sign of an exponent: `1e-5`, but not `10m-5m`.
        if so_far.strip_suffix(['e', 'E']).is_some_and(|digits| {
            digits
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'_' | b'.'))
        }) {
            let mut after = self.rest().chars();
            let signed = matches!(after.next(), Some('+' | '-'));
            if signed && after.next().is_some_and(|c| c.is_ascii_digit()) {
                self.at += 1;
                self.skip_while(continues_name);
            }
        }
        let word = &self.input[start..self.at];
        match read(word, Place::new(start, self.at)) {
            Ok(literal) => self.push(TokenKind::Literal(literal), start),
            Err(problem) => {
                self.report(problem);
                self.push(TokenKind::Broken, start);
            }
        }
    }
}

/// Reads a word as a number, a duration or a size.
fn read(word: &str, place: Place) -> Result<Literal, Problem> {
    let number = match literal::number(word) {
        Ok(Number::Integer(integer)) => return Ok(Literal::Integer(integer)),
        Ok(Number::Float(float)) => return Ok(Literal::Float(float)),
        Err(error) => error,
    };
    let has_unit = word.contains(char::is_alphabetic);
    if !has_unit || number.too_large_for_it() || starts_like_other_radix(word) {
        return Err(number.problem(place));
    }
    let size = match literal::size(word) {
        Ok(bytes) => return Ok(Literal::Size(bytes)),
        Err(error) => error,
    };
    let duration = match literal::duration_nanos(word) {
        Ok(nanos) => return Ok(Literal::Duration(i128::from(nanos))),
        Err(error) => error,
    };
    let unit = word.trim_start_matches(|c: char| !c.is_alphabetic());
    if literal::is_size_unit(unit) {
        return Err(size.problem(place));
    }
    let last = word.rsplit(|c: char| !c.is_alphabetic()).next();
    if last.is_some_and(literal::is_time_unit) {
        return Err(duration.problem(place));
    }
    Err(unknown_unit(word, unit, place, [&duration, &size]))
}

fn starts_like_other_radix(word: &str) -> bool {
    ["0x", "0X", "0o", "0O", "0b1", "0b0"]
        .iter()
        .any(|radix| word.starts_with(radix))
}

fn unknown_unit(word: &str, unit: &str, place: Place, errors: [&LiteralError; 2]) -> Problem {
    let mut problem = Problem::new(
        &codes::UNKNOWN_UNIT,
        place,
        format!(
            "`{}` has the unknown unit `{}`",
            shortened(word),
            shortened(unit)
        ),
    )
    .label("neither a unit of time nor one of size");
    // `5M` is a size, `5m` a duration: the upper case speaks for a size.
    let mut fixes: Vec<&str> = errors.iter().filter_map(|error| error.fix()).collect();
    if unit.starts_with(char::is_uppercase) {
        fixes.reverse();
    }
    for fix in fixes {
        problem = problem.fix(format!("write `{fix}`"), place, fix);
    }
    problem.help("units of time are ns us ms s m h d w, of size B kB MB GB KiB MiB GiB")
}
