//! Expressions, evaluated by walking the tree.

use std::cmp::Ordering;

use rheostat_policy::expr::{Arithmetic, Comparison, Expr, ExprKind, Ref, TextTest};

use super::number::Number;
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
    match &expr.kind {
        ExprKind::Literal(literal) => constant(literal),
        ExprKind::Ref(name) => lookup.find(name),
        ExprKind::Pipe(of, transform) => apply(evaluate(of, lookup), transform),
        ExprKind::Negate(of) => arithmetic(Arithmetic::Subtract, Value::integer(0), evaluate(of, lookup)),
        ExprKind::Arithmetic(operator, left, right) => {
            arithmetic(*operator, evaluate(left, lookup), evaluate(right, lookup))
        }
        ExprKind::Compare(operator, left, right) => {
            Value::Bool(compare(*operator, &evaluate(left, lookup), &evaluate(right, lookup)))
        }
        ExprKind::In(of, list) => {
            let of = evaluate(of, lookup);
            Value::Bool(list.iter().any(|item| equal(&of, &evaluate(item, lookup))))
        }
        ExprKind::Text(test, left, right) => {
            Value::Bool(text_test(*test, &evaluate(left, lookup), &evaluate(right, lookup)))
        }
        ExprKind::Matches(of, pattern) => {
            Value::Bool(evaluate(of, lookup).text().is_some_and(|text| pattern.0.is_match(&text)))
        }
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
    let (Some(text), Some(part)) = (left.text(), right.text()) else { return false };
    match test {
        TextTest::Contains => text.contains(&part),
        TextTest::StartsWith => text.starts_with(&part),
        TextTest::EndsWith => text.ends_with(&part),
    }
}

fn arithmetic(operator: Arithmetic, left: Value, right: Value) -> Value {
    let duration = |value: f64| {
        if value.is_finite() { Value::Duration(value.round() as i128) } else { Value::Missing }
    };
    let is_duration = |value: &Value| value.number().is_none() && value.duration().is_some();
    match (is_duration(&left), is_duration(&right)) {
        (false, false) => match (left.number(), right.number()) {
            (Some(a), Some(b)) => numbers(operator, a, b),
            _ => Value::Missing,
        },
        (true, true) => {
            let (a, b) = (left.duration().unwrap_or(0), right.duration().unwrap_or(0));
            match operator {
                Arithmetic::Add => Value::Duration(a + b),
                Arithmetic::Subtract => Value::Duration(a - b),
                Arithmetic::Divide if b != 0 => Value::Number(Number::Float(a as f64 / b as f64)),
                _ => Value::Missing,
            }
        }
        (true, false) => match (operator, left.duration(), right.number()) {
            (Arithmetic::Multiply, Some(a), Some(b)) => duration(a as f64 * b.as_f64()),
            (Arithmetic::Divide, Some(a), Some(b)) if b.as_f64() != 0.0 => {
                duration(a as f64 / b.as_f64())
            }
            _ => Value::Missing,
        },
        (false, true) => match (operator, left.number(), right.duration()) {
            (Arithmetic::Multiply, Some(a), Some(b)) => duration(a.as_f64() * b as f64),
            (Arithmetic::Subtract, Some(Number::Integer(0)), Some(b)) => Value::Duration(-b),
            _ => Value::Missing,
        },
    }
}

/// Whole numbers stay whole but for `/`; what does not fit becomes a float.
fn numbers(operator: Arithmetic, left: Number, right: Number) -> Value {
    if let (Number::Integer(a), Number::Integer(b)) = (left, right) {
        let exact = match operator {
            Arithmetic::Add => a.checked_add(b),
            Arithmetic::Subtract => a.checked_sub(b),
            Arithmetic::Multiply => a.checked_mul(b),
            Arithmetic::Divide => None,
        };
        if let Some(exact) = exact {
            return Value::integer(exact);
        }
    }
    let (a, b) = (left.as_f64(), right.as_f64());
    let result = match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide if b == 0.0 => return Value::Missing,
        Arithmetic::Divide => a / b,
    };
    if result.is_finite() { Value::Number(Number::Float(result)) } else { Value::Missing }
}
