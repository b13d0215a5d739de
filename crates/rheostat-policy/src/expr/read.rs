//! The way in: a text becomes a checked tree, or problems, or both.

use super::lexer::lex;
use super::parser::Parser;
use super::token::{Token, TokenKind};
use super::{Expr, check, codes};
use crate::codes::NOT_IN_THIS_BUILD;
use crate::diagnostic::Severity;
use crate::environment::Environment;
use crate::problem::Problem;

/// The longest expression, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// What was read, and everything that is to be said about it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The tree, unless an error stands in the way of it.
    ///
    /// It is there with a mere `not-in-this-build`, so that a disabled rule can keep it.
    pub expr: Option<Expr>,
    /// Errors and warnings, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads an expression.
///
/// # Errors
///
/// All errors that were found, in the order of the text. Warnings alone are no failure; [`read`] gives them.
pub fn parse(input: &str, env: &dyn Environment) -> Result<Expr, Vec<Problem>> {
    let Reading { expr, problems } = read(input, env);
    let failed = problems
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    match expr {
        Some(expr) if !failed => Ok(expr),
        _ => Err(problems),
    }
}

/// Reads a value: an expression of any type.
pub fn read(input: &str, env: &dyn Environment) -> Reading {
    read_as(input, env, false)
}

/// Reads a condition: an expression that can be true.
pub fn read_condition(input: &str, env: &dyn Environment) -> Reading {
    read_as(input, env, true)
}

fn read_as(input: &str, env: &dyn Environment, condition: bool) -> Reading {
    if input.len() > MAX_BYTES {
        let problem = Problem::new(
            &codes::TOO_LONG,
            0..input.len(),
            format!("the expression is longer than {} KiB", MAX_BYTES / 1024),
        )
        .label(format!("{} bytes", input.len()))
        .help("split it into several rules");
        return Reading {
            expr: None,
            problems: vec![problem],
        };
    }
    let (tokens, problems) = lex(input);
    if tokens.len() == 1 && tokens[0].kind == TokenKind::End && problems.is_empty() {
        let problem = Problem::new(&codes::EMPTY, 0..input.len(), "the expression is empty")
            .label("says nothing")
            .help("write a condition such as `status >= 500`, or leave the key out");
        return Reading {
            expr: None,
            problems: vec![problem],
        };
    }
    let (mut problems, parsed) = grammar(input, env, tokens, problems);
    if let Some(expr) = &parsed {
        let mut found = Vec::new();
        check::check(expr, input, condition, &mut found);
        // A text that is wrong anyway may not mean what it seems to, so hints would mislead.
        let wrong = problems
            .iter()
            .any(|problem| problem.severity == Severity::Error);
        found.retain(|problem| !wrong || problem.severity == Severity::Error);
        problems.append(&mut found);
    }
    problems.sort_by_key(|problem| problem.place);
    let broken = problems.iter().any(|problem| {
        problem.severity == Severity::Error && problem.code != NOT_IN_THIS_BUILD.code
    });
    Reading {
        expr: parsed.filter(|_| !broken),
        problems,
    }
}

/// Words to a tree. Where words are missing from what the lexer saw, what the grammar misses is
/// a consequence and not said.
fn grammar(
    input: &str,
    env: &dyn Environment,
    tokens: Vec<Token>,
    mut problems: Vec<Problem>,
) -> (Vec<Problem>, Option<Expr>) {
    let lost_words = problems.iter().any(|problem| {
        [
            &codes::STRANGE_CHARACTER,
            &codes::STRAY_DOT,
            &codes::OPEN_TEXT,
            &codes::OPEN_NAME,
        ]
        .iter()
        .any(|code| code.code == problem.code)
    });
    let mut parser = Parser::new(input, env, tokens);
    let parsed = parser.whole().ok();
    problems.extend(parser.problems.into_iter().filter(|problem| {
        let missed = [&codes::MISSING_VALUE, &codes::TRAILING, &codes::UNBALANCED];
        !lost_words || missed.iter().all(|code| code.code != problem.code)
    }));
    (problems, parsed)
}

/// The tree of a text whatever it means, for tests of the grammar alone.
#[cfg(test)]
pub(super) fn tree_of(input: &str, env: &dyn Environment) -> Result<Expr, Vec<Problem>> {
    let (tokens, problems) = lex(input);
    let (mut problems, parsed) = grammar(input, env, tokens, problems);
    problems.retain(|problem| problem.code != NOT_IN_THIS_BUILD.code);
    parsed.filter(|_| problems.is_empty()).ok_or(problems)
}
