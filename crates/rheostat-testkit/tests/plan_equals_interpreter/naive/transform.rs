//! Transforms: what `value | name` makes of a value.

use rheostat_policy::expr::{Literal, Transform};

use super::measure::{read_duration, read_size};
use super::number::{Number, leading_number};
use super::value::{Value, unquote};

/// Applies one transform. What does not fit is missing.
pub(crate) fn apply(value: Value, transform: &Transform) -> Value {
    let made = transformed(&value, transform);
    if !matches!(transform, Transform::Default(_)) {
        crate::coverage::note_transform(transform, made != Value::Missing);
    }
    made
}

fn transformed(value: &Value, transform: &Transform) -> Value {
    match (transform, value) {
        (Transform::Default(literal), Value::Missing) => constant(literal),
        (Transform::Default(_), value) => value.clone(),
        (Transform::Class, value) => class(value),
        // Which digits come out depends on a key; the same for the same text, and others for others.
        (Transform::Hash, value) => value.shown().map_or(Value::Missing, |text| {
            Value::Text(format!("hash of {text}"))
        }),
        (Transform::Number, Value::Number(_)) => value.clone(),
        (Transform::Duration, Value::Duration(_)) => value.clone(),
        (Transform::Size, Value::Number(number)) => {
            let bytes = number.whole().and_then(|whole| u64::try_from(whole).ok());
            bytes.map_or(Value::Missing, |bytes| Value::integer(bytes.into()))
        }
        (Transform::Unwrap, value) if value.text().is_none() => value.clone(),
        (transform, value) => match value.text() {
            Some(text) => of_text(&text, transform),
            None => Value::Missing,
        },
    }
}

fn of_text(text: &str, transform: &Transform) -> Value {
    let part =
        |found: Option<&str>| found.map_or(Value::Missing, |text| Value::Text(text.to_owned()));
    match transform {
        Transform::Lower => Value::Text(text.to_lowercase()),
        Transform::Upper => Value::Text(text.to_uppercase()),
        Transform::Trim => part(Some(text.trim())),
        Transform::Unquote => Value::Text(unquote(text)),
        Transform::Truncate(count) => Value::Text(text.chars().take(*count).collect()),
        Transform::Before(mark) => part(text.split_once(&**mark).map(|(before, _)| before)),
        Transform::After(mark) => part(text.split_once(&**mark).map(|(_, after)| after)),
        Transform::Last(mark) => part(text.rsplit_once(&**mark).map(|(_, after)| after)),
        Transform::Capture(pattern) => {
            let found = pattern.0.captures(text);
            part(
                found
                    .as_ref()
                    .and_then(|found| found.get(1))
                    .map(|group| group.as_str()),
            )
        }
        Transform::Replace(pattern, with) => Value::Text(
            pattern
                .0
                .replace_all(text, regex::NoExpand(with))
                .into_owned(),
        ),
        Transform::Number => leading_number(text).map_or(Value::Missing, Value::Number),
        Transform::Duration => read_duration(text.trim()).map_or(Value::Missing, Value::Duration),
        Transform::Size => {
            read_size(text.trim()).map_or(Value::Missing, |bytes| Value::integer(bytes.into()))
        }
        Transform::Unwrap => unwrap(text),
        // Dealt with above.
        Transform::Hash | Transform::Class | Transform::Default(_) => Value::Missing,
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

/// `404` → `4xx`; only for the three digits of a status.
fn class(value: &Value) -> Value {
    match value.number().and_then(Number::whole) {
        Some(status) if (100..1000).contains(&status) => Value::Text(format!("{}xx", status / 100)),
        _ => Value::Missing,
    }
}

/// `Some(x)` → `x`, without the quotes that a `Debug` wrote there; `None` → missing.
fn unwrap(text: &str) -> Value {
    if text == "None" {
        return Value::Missing;
    }
    match text
        .strip_prefix("Some(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) => Value::Text(unquote(inner)),
        None => Value::Text(text.to_owned()),
    }
}
