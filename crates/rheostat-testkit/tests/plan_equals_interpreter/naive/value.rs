//! Values, owned, and what they are where a number, a duration or a text is asked for.

use super::measure::{read_duration, show_duration};
use super::number::{Number, read_number};

/// A value at hand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Missing,
    Bool(bool),
    Number(Number),
    /// Recorded as text, or an error's text.
    Text(String),
    /// Made by a `Debug` or a `Display`.
    Formatted(String),
    Bytes(Vec<u8>),
    /// Nanoseconds.
    Duration(i128),
}

impl Value {
    pub(crate) fn integer(value: i128) -> Self {
        Self::Number(Number::Integer(value))
    }

    /// The value as text is: texts only, without the quotes that a `Debug` wrote.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Formatted(text) => Some(unquote(text)),
            _ => None,
        }
    }

    /// The value as a number where one is asked for.
    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) | Self::Formatted(_) => read_number(&self.text()?),
            _ => None,
        }
    }

    /// The value as a duration where one is asked for.
    pub(crate) fn duration(&self) -> Option<i128> {
        match self {
            Self::Duration(nanoseconds) => Some(*nanoseconds),
            Self::Text(_) | Self::Formatted(_) => read_duration(&self.text()?),
            _ => None,
        }
    }

    /// What makes it the same key of a limiter as another: its type and what it shows.
    pub(crate) fn key(&self) -> String {
        let kind = match self {
            Self::Missing | Self::Text(_) | Self::Formatted(_) | Self::Bytes(_) => "text",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::Duration(_) => "duration",
        };
        format!("{kind} {}", self.shown().unwrap_or_default())
    }

    /// How a label shows it; `None` when it is missing.
    pub(crate) fn shown(&self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(number) => Some(number.shown()),
            Self::Text(_) | Self::Formatted(_) => self.text(),
            Self::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
            Self::Duration(nanoseconds) => Some(show_duration(*nanoseconds)),
        }
    }
}

/// Takes off the quotes that Rust's `Debug` puts around a text, and undoes its escapes.
pub(crate) fn unquote(text: &str) -> String {
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return text.to_owned();
    };
    if text.len() < 2 {
        return text.to_owned();
    }
    let mut plain = String::new();
    let mut rest = inner.chars();
    while let Some(next) = rest.next() {
        if next == '"' {
            return text.to_owned(); // a quote inside: not one quoted text
        }
        if next != '\\' {
            plain.push(next);
            continue;
        }
        match rest.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('0') => plain.push('\0'),
            Some(same @ ('\\' | '"' | '\'')) => plain.push(same),
            Some('u') => {
                let code: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                match u32::from_str_radix(&code, 16).ok().and_then(char::from_u32) {
                    Some(char) => plain.push(char),
                    None => return text.to_owned(),
                }
            }
            _ => return text.to_owned(),
        }
    }
    plain
}
