//! Transforms: what `value | name` makes of a value.

use rheostat_policy::expr::{Literal, Transform};

use super::number::{Number, leading_number, read_duration, read_size};
use super::value::Value;

/// Applies one transform. What does not fit is missing.
pub(crate) fn apply(value: Value, transform: &Transform) -> Value {
    if let Transform::Default(literal) = transform {
        return if value == Value::Missing { constant(literal) } else { value };
    }
    let Some(text) = value.shown() else { return Value::Missing };
    match transform {
        Transform::Lower => Value::Text(text.to_lowercase()),
        Transform::Upper => Value::Text(text.to_uppercase()),
        Transform::Trim => Value::Text(text.trim().to_owned()),
        Transform::Unquote => Value::Text(super::value::unquote(&text)),
        Transform::Truncate(count) => Value::Text(text.chars().take(*count).collect()),
        Transform::Before(mark) => part(text.split_once(&**mark).map(|(before, _)| before)),
        Transform::After(mark) => part(text.split_once(&**mark).map(|(_, after)| after)),
        Transform::Last(mark) => part(text.rsplit_once(&**mark).map(|(_, after)| after)),
        Transform::Capture(pattern) => {
            let found = pattern.0.captures(&text);
            part(found.as_ref().and_then(|found| found.get(1)).map(|group| group.as_str()))
        }
        Transform::Replace(pattern, with) => {
            Value::Text(pattern.0.replace_all(&text, regex::NoExpand(with)).into_owned())
        }
        Transform::Number => match value {
            Value::Number(_) => value,
            Value::Text(_) | Value::Formatted(_) => {
                leading_number(&text).map_or(Value::Missing, Value::Number)
            }
            _ => Value::Missing,
        },
        Transform::Duration => match value {
            Value::Duration(_) => value,
            Value::Text(_) | Value::Formatted(_) => {
                read_duration(&text).map_or(Value::Missing, Value::Duration)
            }
            _ => Value::Missing,
        },
        Transform::Size => match value {
            Value::Number(_) => value,
            Value::Text(_) | Value::Formatted(_) => {
                read_size(&text).map_or(Value::Missing, |size| Value::Number(Number::unsigned(size)))
            }
            _ => Value::Missing,
        },
        Transform::Class => class(&value),
        Transform::Hash => Value::Text("<hash>".to_owned()),
        Transform::Unwrap => unwrap(&text),
        Transform::Default(_) => value,
    }
}

/// A constant of the language as a value.
pub(crate) fn constant(literal: &Literal) -> Value {
    match literal {
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Integer(value) => Value::integer(*value),
        Literal::Float(value) => Value::Number(Number::Float(*value)),
        Literal::Text(text) => Value::Text(text.to_string()),
        Literal::Duration(nanoseconds) => Value::Duration(*nanoseconds),
        Literal::Size(bytes) => Value::integer(i128::from(*bytes)),
    }
}

fn part(found: Option<&str>) -> Value {
    found.map_or(Value::Missing, |text| Value::Text(text.to_owned()))
}

/// `404` → `4xx`; only for the three digits of a status.
fn class(value: &Value) -> Value {
    match value.number() {
        Some(Number::Integer(status)) if (100..1000).contains(&status) => {
            Value::Text(format!("{}xx", status / 100))
        }
        _ => Value::Missing,
    }
}

/// `Some(x)` → `x`, `None` → missing.
fn unwrap(text: &str) -> Value {
    if text == "None" {
        return Value::Missing;
    }
    match text.strip_prefix("Some(").and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => Value::Formatted(inner.to_owned()),
        None => Value::Formatted(text.to_owned()),
    }
}
