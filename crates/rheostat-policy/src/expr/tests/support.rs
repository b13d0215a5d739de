//! The one way in for the tables.

use crate::environment::MapEnvironment;
use crate::expr::{self, Expr};
use crate::problem::Problem;

/// An environment with one variable, `REGION`.
pub(super) fn env() -> MapEnvironment {
    MapEnvironment::new().with_var("REGION", "eu-west")
}

/// The tree of a text that must be right.
pub(super) fn tree(input: &str) -> Expr {
    match expr::parse(input, &env()) {
        Ok(tree) => tree,
        Err(problems) => panic!("`{input}` was refused: {}", summary(&problems)),
    }
}

/// Everything that is said about a condition.
pub(super) fn problems(input: &str) -> Vec<Problem> {
    expr::read_condition(input, &env()).problems
}

/// The names of what is said about a condition.
pub(super) fn names(input: &str) -> Vec<&'static str> {
    problems(input).iter().map(|problem| problem.name).collect()
}

/// The text after the first edit that a problem offers.
pub(super) fn fixed(input: &str, problem: &Problem) -> Option<String> {
    let edit = problem.helps.iter().find_map(|help| help.edit.as_ref())?;
    let mut text = input.to_owned();
    text.replace_range(edit.place.range(), &edit.with);
    Some(text)
}

/// Problems for a person who reads a failed test.
pub(super) fn summary(problems: &[Problem]) -> String {
    let each: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}: {}", problem.code, problem.name, problem.message))
        .collect();
    each.join("; ")
}
