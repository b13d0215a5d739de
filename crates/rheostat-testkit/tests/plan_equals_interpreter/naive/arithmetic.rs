//! `+ - * /` and unary `-` on numbers and durations; sizes are numbers of bytes.

use rheostat_policy::expr::Arithmetic;

use super::number::Number;
use super::value::Value;

/// What stands beside an operator.
enum Operand {
    Number(Number),
    Duration(i128),
}

fn operand(value: &Value) -> Option<Operand> {
    let number = value.number().map(Operand::Number);
    number.or_else(|| value.duration().map(Operand::Duration))
}

pub(crate) fn negated(value: Value) -> Value {
    match operand(&value) {
        Some(Operand::Duration(nanoseconds)) => Value::Duration(-nanoseconds),
        Some(Operand::Number(Number::Integer(value))) if value != i128::MIN => {
            Value::integer(-value)
        }
        Some(Operand::Number(number)) => Value::Number(Number::Float(-number.as_f64())),
        None => Value::Missing,
    }
}

pub(crate) fn arithmetic(operator: Arithmetic, left: Value, right: Value) -> Value {
    let (Some(left), Some(right)) = (operand(&left), operand(&right)) else {
        return Value::Missing;
    };
    let result = match (left, right) {
        (Operand::Number(a), Operand::Number(b)) => numbers(operator, a, b).map(Value::Number),
        (Operand::Duration(a), Operand::Duration(b)) => match operator {
            Arithmetic::Add => a.checked_add(b).map(Value::Duration),
            Arithmetic::Subtract => a.checked_sub(b).map(Value::Duration),
            Arithmetic::Divide => {
                numbers(operator, Number::Integer(a), Number::Integer(b)).map(Value::Number)
            }
            Arithmetic::Multiply => None,
        },
        (Operand::Duration(a), Operand::Number(b)) => scaled(operator, a, b),
        (Operand::Number(a), Operand::Duration(b)) if operator == Arithmetic::Multiply => {
            scaled(operator, b, a)
        }
        (Operand::Number(_), Operand::Duration(_)) => None,
    };
    result.unwrap_or(Value::Missing)
}

/// A duration times or by a number, rounded to nanoseconds.
fn scaled(operator: Arithmetic, nanoseconds: i128, by: Number) -> Option<Value> {
    if matches!(operator, Arithmetic::Add | Arithmetic::Subtract) {
        return None;
    }
    let result = match numbers(operator, Number::Integer(nanoseconds), by)? {
        Number::Float(value) => Number::Float(value.round()),
        whole => whole,
    };
    result.whole().map(Value::Duration)
}

/// Whole numbers stay whole where the result is one; the rest is floats. By zero is nothing.
fn numbers(operator: Arithmetic, left: Number, right: Number) -> Option<Number> {
    let (a, b) = (left.as_f64(), right.as_f64());
    if operator == Arithmetic::Divide && b == 0.0 {
        return None;
    }
    if let (Number::Integer(a), Number::Integer(b)) = (left, right) {
        let exact = match operator {
            Arithmetic::Add => a.checked_add(b),
            Arithmetic::Subtract => a.checked_sub(b),
            Arithmetic::Multiply => a.checked_mul(b),
            Arithmetic::Divide if a.checked_rem(b) == Some(0) => a.checked_div(b),
            Arithmetic::Divide => None,
        };
        if let Some(exact) = exact {
            return Some(Number::Integer(exact));
        }
    }
    Some(Number::Float(match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
    }))
}
