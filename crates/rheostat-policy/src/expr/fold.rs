//! Constant folding: what an expression gives whatever the record holds.

use std::cmp::Ordering;

use super::{Comparison, Expr, ExprKind, Literal, TextTest};
use crate::literal::{Number, read_duration_text, read_number};

/// The literal that an expression always gives, where that is certain.
///
/// Folds tests and logic; arithmetic and transforms are left to the engine.
pub fn constant(expr: &Expr) -> Option<Literal> {
    match &expr.kind {
        ExprKind::Literal(literal) => Some(literal.clone()),
        _ => truth(expr).map(Literal::Bool),
    }
}

/// Whether a condition always or never holds; `None`: the record decides.
pub(super) fn truth(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Literal(Literal::Bool(value)) => Some(*value),
        // A literal of another type is unfit, and what is unfit does not hold.
        ExprKind::Literal(_) => Some(false),
        ExprKind::Not(of) => truth(of).map(|value| !value),
        ExprKind::And(parts) => decide(parts, false),
        ExprKind::Or(parts) => decide(parts, true),
        ExprKind::Compare(op, left, right) => {
            Some(compare(*op, literal_of(left)?, literal_of(right)?))
        }
        ExprKind::In(of, values) => {
            let of = literal_of(of)?;
            let tests = values
                .iter()
                .map(|value| literal_of(value).map(|value| equal(of, value)));
            let mut all_known = true;
            for test in tests {
                match test {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => all_known = false,
                }
            }
            all_known.then_some(false)
        }
        ExprKind::Text(test, left, right) => {
            let (Literal::Text(left), Literal::Text(right)) =
                (literal_of(left)?, literal_of(right)?)
            else {
                return Some(false);
            };
            Some(match test {
                TextTest::Contains => left.contains(&**right),
                TextTest::StartsWith => left.starts_with(&**right),
                TextTest::EndsWith => left.ends_with(&**right),
            })
        }
        ExprKind::Matches(of, pattern) => match literal_of(of)? {
            Literal::Text(text) => Some(pattern.0.is_match(text)),
            _ => Some(false),
        },
        ExprKind::Ref(_)
        | ExprKind::Pipe(..)
        | ExprKind::Negate(_)
        | ExprKind::Arithmetic(..)
        | ExprKind::Has(_) => None,
    }
}

/// `and` and `or`: one part that is `decisive` decides, all others together decide otherwise.
fn decide(parts: &[Expr], decisive: bool) -> Option<bool> {
    let mut all_known = true;
    for part in parts {
        match truth(part) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(!decisive)
}

fn literal_of(expr: &Expr) -> Option<&Literal> {
    match &expr.kind {
        ExprKind::Literal(literal) => Some(literal),
        _ => None,
    }
}

/// What a comparison of two literals gives.
pub(super) fn compare(op: Comparison, left: &Literal, right: &Literal) -> bool {
    match op {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        Comparison::Less => order(left, right) == Some(Ordering::Less),
        Comparison::AtMost => matches!(order(left, right), Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => order(left, right) == Some(Ordering::Greater),
        Comparison::AtLeast => {
            matches!(
                order(left, right),
                Some(Ordering::Greater | Ordering::Equal)
            )
        }
    }
}

pub(super) fn equal(left: &Literal, right: &Literal) -> bool {
    match (left, right) {
        (Literal::Bool(left), Literal::Bool(right)) => left == right,
        (Literal::Text(left), Literal::Text(right)) => left == right,
        _ => order(left, right) == Some(Ordering::Equal),
    }
}

/// The order of two numbers or two durations, texts read as what they are wholly.
pub(super) fn order(left: &Literal, right: &Literal) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (as_number(left), as_number(right)) {
        return left.compare(right);
    }
    Some(as_duration(left)?.cmp(&as_duration(right)?))
}

pub(super) fn as_number(literal: &Literal) -> Option<Number> {
    match literal {
        Literal::Integer(integer) => Some(Number::Integer(*integer)),
        Literal::Float(float) => Some(Number::Float(*float)),
        Literal::Size(bytes) => Some(Number::Integer(i128::from(*bytes))),
        Literal::Text(text) => read_number(text),
        Literal::Bool(_) | Literal::Duration(_) => None,
    }
}

pub(super) fn as_duration(literal: &Literal) -> Option<i128> {
    match literal {
        Literal::Duration(nanos) => Some(*nanos),
        Literal::Text(text) => read_duration_text(text),
        Literal::Bool(_) | Literal::Integer(_) | Literal::Float(_) | Literal::Size(_) => None,
    }
}
