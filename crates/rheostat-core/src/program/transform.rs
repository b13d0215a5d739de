//! What stands behind a `|`.

use std::fmt::Write as _;

use bumpalo::Bump;
use bumpalo::collections::String as BumpString;
use regex::Regex;
use rheostat_policy::expr::{TextTest, Transform};
use rheostat_policy::literal::{leading_number, read_duration_text, read_size_text, unwrap_option};

use super::siphash::HashKey;
use crate::value::number::{plain as plain_number, read as read_number};
use crate::value::text::{plain, shown_in, text_of};
use crate::value::{Num, Value};

/// The value after a transform; missing where the value does not fit it.
pub(crate) fn apply<'v>(transform: &'v Transform, value: Value<'v>, bump: &'v Bump) -> Value<'v> {
    match transform {
        Transform::Default(literal) => match value {
            Value::Missing => literal_value(literal),
            present => present,
        },
        Transform::Number => number(value),
        Transform::Duration => match value {
            Value::Duration(_) => value,
            _ => text_of(value)
                .and_then(|text| read_duration_text(text.trim()))
                .map_or(Value::Missing, Value::Duration),
        },
        Transform::Size => size(value),
        Transform::Class => class(value),
        // Folding turns it into a node that holds the policy's key.
        Transform::Hash => hash(value, HashKey::of_process(), bump),
        Transform::Unwrap => match text_of(value) {
            Some(text) => unwrap_option(text).map_or(Value::Missing, |inner| {
                Value::Text(if inner.len() < text.len() {
                    plain(inner, bump)
                } else {
                    inner
                })
            }),
            None => value,
        },
        of_text => text_of(value)
            .and_then(|text| on_text(of_text, text, bump))
            .map_or(Value::Missing, Value::Text),
    }
}

/// Transforms from text to text.
fn on_text<'v>(transform: &'v Transform, text: &'v str, bump: &'v Bump) -> Option<&'v str> {
    Some(match transform {
        Transform::Lower => changed_case(text, bump, |c, out| out.extend(c.to_lowercase())),
        Transform::Upper => changed_case(text, bump, |c, out| out.extend(c.to_uppercase())),
        Transform::Trim => text.trim(),
        Transform::Unquote => plain(text, bump),
        Transform::Truncate(most) => match text.char_indices().nth(*most) {
            Some((end, _)) => &text[..end],
            None => text,
        },
        Transform::Before(mark) => text.split_once(&**mark)?.0,
        Transform::After(mark) => text.split_once(&**mark)?.1,
        Transform::Last(mark) => text.rsplit_once(&**mark)?.1,
        Transform::Capture(pattern) => only_group(&pattern.0, text)?,
        Transform::Replace(pattern, with) => replaced(&pattern.0, text, with, bump),
        Transform::Number
        | Transform::Duration
        | Transform::Size
        | Transform::Class
        | Transform::Hash
        | Transform::Default(_)
        | Transform::Unwrap => return None,
    })
}

fn changed_case<'v>(
    text: &'v str,
    bump: &'v Bump,
    change: impl Fn(char, &mut BumpString<'v>),
) -> &'v str {
    let mut out = BumpString::with_capacity_in(text.len(), bump);
    for c in text.chars() {
        change(c, &mut out);
    }
    out.into_bump_str()
}

fn only_group<'v>(pattern: &Regex, text: &'v str) -> Option<&'v str> {
    Some(pattern.captures(text)?.get(1)?.as_str())
}

fn replaced<'v>(pattern: &Regex, text: &'v str, with: &str, bump: &'v Bump) -> &'v str {
    let mut matches = pattern.find_iter(text).peekable();
    if matches.peek().is_none() {
        return text;
    }
    let mut out = BumpString::with_capacity_in(text.len(), bump);
    let mut done = 0;
    for found in matches {
        out.push_str(&text[done..found.start()]);
        out.push_str(with);
        done = found.end();
    }
    out.push_str(&text[done..]);
    out.into_bump_str()
}

fn number(value: Value<'_>) -> Value<'_> {
    match plain_number(value) {
        Some(_) => value,
        None => text_of(value)
            .and_then(leading_number)
            .map_or(Value::Missing, |number| Num::from(number).value()),
    }
}

fn size(value: Value<'_>) -> Value<'_> {
    match plain_number(value) {
        Some(number) => match number.whole().map(u64::try_from) {
            Some(Ok(bytes)) => Value::Size(bytes),
            _ => Value::Missing,
        },
        None => text_of(value)
            .and_then(|text| read_size_text(text.trim()))
            .map_or(Value::Missing, Value::Size),
    }
}

const CLASSES: [&str; 10] = [
    "0xx", "1xx", "2xx", "3xx", "4xx", "5xx", "6xx", "7xx", "8xx", "9xx",
];

/// `404` → `4xx`; only numbers of three digits have a class.
fn class(value: Value<'_>) -> Value<'_> {
    read_number(value)
        .and_then(Num::whole)
        .filter(|code| (100..1_000).contains(code))
        .and_then(|code| usize::try_from(code / 100).ok())
        .map_or(Value::Missing, |hundreds| Value::Text(CLASSES[hundreds]))
}

/// Eight hex digits of whatever the value shows.
pub(crate) fn hash<'v>(value: Value<'v>, key: HashKey, bump: &'v Bump) -> Value<'v> {
    let bytes = match value {
        Value::Bytes(bytes) => bytes,
        value => match shown_in(value, bump) {
            Some(text) => text.as_bytes(),
            None => return Value::Missing,
        },
    };
    let mut out = BumpString::with_capacity_in(8, bump);
    // Writing into memory of our own cannot fail.
    let _infallible = write!(out, "{:08x}", key.hash(bytes) >> 32);
    Value::Text(out.into_bump_str())
}

fn literal_value(literal: &rheostat_policy::expr::Literal) -> Value<'_> {
    use rheostat_policy::expr::Literal;
    match literal {
        Literal::Text(text) => Value::Text(text),
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Integer(value) => Num::Whole(*value).value(),
        Literal::Float(value) => Value::F64(*value),
        Literal::Duration(nanos) => Value::Duration(*nanos),
        Literal::Size(bytes) => Value::Size(*bytes),
    }
}

/// Whether a test of one text against another holds.
pub(crate) fn text_test(test: TextTest, left: Value<'_>, right: Value<'_>) -> bool {
    let (Some(left), Some(right)) = (text_of(left), text_of(right)) else {
        return false;
    };
    match test {
        TextTest::Contains => left.contains(right),
        TextTest::StartsWith => left.starts_with(right),
        TextTest::EndsWith => left.ends_with(right),
    }
}

/// Whether a text has a match of a pattern.
pub(crate) fn matches(pattern: &Regex, value: Value<'_>) -> bool {
    text_of(value).is_some_and(|text| pattern.is_match(text))
}

/// The text that a table form's `map` gives for a value.
pub(crate) fn mapped<'v, T: AsRef<str>>(
    map: &'v [(T, T)],
    value: Value<'v>,
    bump: &'v Bump,
) -> Value<'v> {
    shown_in(value, bump)
        .and_then(|text| map.iter().find(|(from, _)| from.as_ref() == text))
        .map_or(Value::Missing, |(_, to)| Value::Text(to.as_ref()))
}
