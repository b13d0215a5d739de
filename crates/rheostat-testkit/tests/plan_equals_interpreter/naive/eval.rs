//! Expressions, evaluated by walking the tree.

use std::cmp::Ordering;

use rheostat_policy::expr::{Comparison, Expr, ExprKind, Ref, TextTest};

use super::arithmetic::{arithmetic, negated};
use super::transform::{apply, constant};
use super::value::Value;

/// Where refs find their values.
pub(crate) trait Lookup {
    fn find(&self, name: &Ref) -> Value;
}

/// Whether a condition holds: only a boolean true does.
pub(crate) fn holds(expr: &Expr, lookup: &dyn Lookup) -> bool {
    evaluate(expr, lookup) == Value::Bool(true)
}

pub(crate) fn evaluate(expr: &Expr, lookup: &dyn Lookup) -> Value {
    let value = evaluate_unseen(expr, lookup);
    if let Value::Bool(held) = value {
        crate::coverage::note_condition(expr, held);
    }
    value
}

fn evaluate_unseen(expr: &Expr, lookup: &dyn Lookup) -> Value {
    match &expr.kind {
        ExprKind::Literal(literal) => constant(literal),
        ExprKind::Ref(name) => lookup.find(name),
        ExprKind::Pipe(of, transform) => apply(evaluate(of, lookup), transform),
        ExprKind::Negate(of) => negated(evaluate(of, lookup)),
        ExprKind::Arithmetic(operator, left, right) => {
            arithmetic(*operator, evaluate(left, lookup), evaluate(right, lookup))
        }
        ExprKind::Compare(operator, left, right) => Value::Bool(compare(
            *operator,
            &evaluate(left, lookup),
            &evaluate(right, lookup),
        )),
        ExprKind::In(of, list) => {
            let of = evaluate(of, lookup);
            Value::Bool(list.iter().any(|item| equal(&of, &evaluate(item, lookup))))
        }
        ExprKind::Text(test, left, right) => Value::Bool(text_test(
            *test,
            &evaluate(left, lookup),
            &evaluate(right, lookup),
        )),
        ExprKind::Matches(of, pattern) => Value::Bool(
            evaluate(of, lookup)
                .text()
                .is_some_and(|text| pattern.0.is_match(&text)),
        ),
        ExprKind::Has(name) => Value::Bool(lookup.find(name) != Value::Missing),
        ExprKind::Not(of) => Value::Bool(!holds(of, lookup)),
        ExprKind::And(parts) => Value::Bool(parts.iter().all(|part| holds(part, lookup))),
        ExprKind::Or(parts) => Value::Bool(parts.iter().any(|part| holds(part, lookup))),
    }
}

fn compare(operator: Comparison, left: &Value, right: &Value) -> bool {
    match operator {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        Comparison::Less => order(left, right) == Some(Ordering::Less),
        Comparison::Greater => order(left, right) == Some(Ordering::Greater),
        Comparison::AtMost => order(left, right).is_some_and(Ordering::is_le),
        Comparison::AtLeast => order(left, right).is_some_and(Ordering::is_ge),
    }
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Formatted(_))
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Missing, _) | (_, Value::Missing) => false,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (a, b) if is_text(a) && is_text(b) => a.text() == b.text(),
        (a, b) => order(a, b) == Some(Ordering::Equal),
    }
}

/// Numbers with numbers, durations with durations; texts where they are one of these.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (left.number(), right.number()) {
        return a.compare(b);
    }
    Some(left.duration()?.cmp(&right.duration()?))
}

fn text_test(test: TextTest, left: &Value, right: &Value) -> bool {
    let (Some(text), Some(part)) = (left.text(), right.text()) else {
        return false;
    };
    match test {
        TextTest::Contains => text.contains(&part),
        TextTest::StartsWith => text.starts_with(&part),
        TextTest::EndsWith => text.ends_with(&part),
    }
}
