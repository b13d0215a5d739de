//! `+ - * /` and unary `-` on numbers, durations and sizes.
//!
//! What has no sensible unit (a duration times a duration, a duration plus a
//! number), what is divided by zero, and a duration out of range are missing.

use rheostat_policy::expr::Arithmetic;

use super::number::{plain, read, read_duration};
use super::{Num, Value};

/// The result of `left op right`.
pub(crate) fn compute(op: Arithmetic, left: Value<'_>, right: Value<'_>) -> Value<'static> {
    let (Some(left), Some(right)) = (operand(left), operand(right)) else {
        return Value::Missing;
    };
    let result = match (left, right) {
        (Operand::Number(left), Operand::Number(right)) => numbers(op, left, right).map(Num::value),
        (Operand::Span(left), Operand::Span(right)) => durations(op, left, right),
        (Operand::Span(nanos), Operand::Number(by)) => scaled(op, nanos, by),
        (Operand::Number(by), Operand::Span(nanos)) if op == Arithmetic::Multiply => {
            scaled(op, nanos, by)
        }
        (Operand::Bytes(left), Operand::Bytes(right)) => {
            let result = numbers(op, whole(left), whole(right));
            match op {
                Arithmetic::Add | Arithmetic::Subtract => result.map(bytes_where_they_fit),
                Arithmetic::Multiply | Arithmetic::Divide => result.map(Num::value),
            }
        }
        (Operand::Bytes(bytes), Operand::Number(by)) => {
            numbers(op, whole(bytes), by).map(bytes_where_they_fit)
        }
        (Operand::Number(by), Operand::Bytes(bytes)) => match op {
            Arithmetic::Divide => numbers(op, by, whole(bytes)).map(Num::value),
            _ => numbers(op, by, whole(bytes)).map(bytes_where_they_fit),
        },
        (Operand::Number(_), Operand::Span(_))
        | (Operand::Span(_), Operand::Bytes(_))
        | (Operand::Bytes(_), Operand::Span(_)) => None,
    };
    result.unwrap_or(Value::Missing)
}

/// The result of `-value`.
pub(crate) fn negate(value: Value<'_>) -> Value<'static> {
    match operand(value) {
        Some(Operand::Span(nanos)) => nanos.checked_neg().map_or(Value::Missing, Value::Duration),
        Some(Operand::Bytes(bytes)) => Num::Whole(-i128::from(bytes)).value(),
        Some(Operand::Number(number)) => match number {
            Num::Whole(whole) => match whole.checked_neg() {
                Some(negative) => Num::Whole(negative).value(),
                None => Value::F64(-number.to_f64()),
            },
            Num::Huge(_) | Num::Float(_) => Value::F64(-number.to_f64()),
        },
        None => Value::Missing,
    }
}

enum Operand {
    Number(Num),
    Span(i128),
    Bytes(u64),
}

fn operand(value: Value<'_>) -> Option<Operand> {
    match value {
        Value::Duration(nanos) => Some(Operand::Span(nanos)),
        Value::Size(bytes) => Some(Operand::Bytes(bytes)),
        value => match plain(value).or_else(|| read(value)) {
            Some(number) => Some(Operand::Number(number)),
            None => read_duration(value).map(Operand::Span),
        },
    }
}

fn whole(bytes: u64) -> Num {
    Num::Whole(i128::from(bytes))
}

fn bytes_where_they_fit(number: Num) -> Value<'static> {
    match number.whole().map(u64::try_from) {
        Some(Ok(bytes)) => Value::Size(bytes),
        _ => number.value(),
    }
}

/// Exact while whole numbers stay whole, else in floats.
fn numbers(op: Arithmetic, left: Num, right: Num) -> Option<Num> {
    if op == Arithmetic::Divide && right.to_f64() == 0.0 {
        return None;
    }
    if let (Num::Whole(left), Num::Whole(right)) = (left, right) {
        let exact = match op {
            Arithmetic::Add => left.checked_add(right),
            Arithmetic::Subtract => left.checked_sub(right),
            Arithmetic::Multiply => left.checked_mul(right),
            Arithmetic::Divide => match left.checked_rem(right) {
                Some(0) => left.checked_div(right),
                _ => None,
            },
        };
        if let Some(exact) = exact {
            return Some(Num::Whole(exact));
        }
    }
    let (left, right) = (left.to_f64(), right.to_f64());
    Some(Num::Float(match op {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
    }))
}

fn durations(op: Arithmetic, left: i128, right: i128) -> Option<Value<'static>> {
    match op {
        Arithmetic::Add => left.checked_add(right).map(Value::Duration),
        Arithmetic::Subtract => left.checked_sub(right).map(Value::Duration),
        Arithmetic::Divide => numbers(op, Num::Whole(left), Num::Whole(right)).map(Num::value),
        Arithmetic::Multiply => None,
    }
}

fn scaled(op: Arithmetic, nanos: i128, by: Num) -> Option<Value<'static>> {
    match op {
        Arithmetic::Multiply | Arithmetic::Divide => {
            let result = match numbers(op, Num::Whole(nanos), by)? {
                Num::Float(float) => Num::Float(float.round()),
                exact => exact,
            };
            result.whole().map(Value::Duration)
        }
        Arithmetic::Add | Arithmetic::Subtract => None,
    }
}
