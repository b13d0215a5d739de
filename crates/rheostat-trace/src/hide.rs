//! What is shown of a span's attributes, events and names.
//!
//! Applied where a value enters the OpenTelemetry span, before any queue: what
//! is hidden never waits anywhere.

use std::borrow::Cow;
use std::sync::Arc;

use opentelemetry::{Array, KeyValue, StringValue, Value};
use rheostat_policy::glob::Glob;
use rheostat_policy::model::{Redaction, RedactionWith};

/// Turns a value's text into the digits that stand in for it.
pub(crate) type Hash = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// What the bridge itself adds to spans and events; `fields` does not choose among these.
const OURS: [&str; 9] = [
    "busy_ns",
    "code.file.path",
    "code.line.number",
    "code.module.name",
    "idle_ns",
    "level",
    "target",
    "thread.id",
    "thread.name",
];

/// What is shown of fields and messages.
pub(crate) struct Shown {
    /// The fields that become attributes; `None`: all.
    fields: Option<Vec<Glob>>,
    redactions: Vec<Redaction>,
    hash: Hash,
    /// Longer texts are cut.
    max_value: usize,
}

impl Shown {
    pub(crate) fn new(
        fields: Option<Vec<Glob>>,
        redactions: Vec<Redaction>,
        hash: Hash,
        max_value: usize,
    ) -> Self {
        Self {
            fields,
            redactions,
            hash,
            max_value,
        }
    }

    /// Whether an attribute of a span is among those that become attributes.
    pub(crate) fn chooses(&self, key: &str) -> bool {
        let chosen = |fields: &Vec<Glob>| fields.iter().any(|glob| glob.matches(field_of(key)));
        OURS.contains(&key) || self.fields.as_ref().is_none_or(chosen)
    }

    /// An attribute as it may be shown; `None` where it may not. An event shows all its fields, so this is
    /// all that is asked for those.
    pub(crate) fn redacted(&self, mut attribute: KeyValue) -> Option<KeyValue> {
        match self.named(attribute.key.as_str()) {
            Some(RedactionWith::Remove) => return None,
            Some(RedactionWith::Text(with)) => {
                attribute.value = Value::String(with.to_string().into())
            }
            Some(RedactionWith::Hash) => {
                attribute.value = Value::String((self.hash)(&attribute.value.as_str()).into());
            }
            None => attribute.value = self.value(attribute.value),
        }
        Some(attribute)
    }

    /// A name or message with what patterns hide in it.
    pub(crate) fn text(&self, text: Cow<'static, str>) -> Cow<'static, str> {
        match self.patterns(&text) {
            Some(hidden) => self.cut(hidden).into(),
            None if text.len() > self.max_value => self.cut(text.into_owned()).into(),
            None => text,
        }
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.string(text)),
            Value::Array(Array::String(texts)) => Value::Array(Array::String(
                texts.into_iter().map(|text| self.string(text)).collect(),
            )),
            // A number can be what a pattern hides: a card's, say.
            other => match self.patterns(&other.as_str()) {
                Some(hidden) => Value::String(hidden.into()),
                None => other,
            },
        }
    }

    fn string(&self, text: StringValue) -> StringValue {
        match self.patterns(text.as_str()) {
            Some(hidden) => self.cut(hidden).into(),
            None if text.as_str().len() > self.max_value => {
                self.cut(text.as_str().to_owned()).into()
            }
            None => text,
        }
    }

    /// The text with every pattern replaced, where one was found.
    fn patterns(&self, text: &str) -> Option<String> {
        let mut current: Option<String> = None;
        for redaction in &self.redactions {
            let Redaction::Pattern(pattern, with) = redaction else {
                continue;
            };
            let seen = current.as_deref().unwrap_or(text);
            if let Cow::Owned(hidden) = pattern.0.replace_all(seen, regex::NoExpand(with)) {
                current = Some(hidden);
            }
        }
        current
    }

    fn cut(&self, mut text: String) -> String {
        if text.len() > self.max_value {
            let mut end = self.max_value.saturating_sub('…'.len_utf8());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            text.push('…');
        }
        text
    }

    fn named(&self, key: &str) -> Option<&RedactionWith> {
        self.redactions
            .iter()
            .find_map(|redaction| match redaction {
                Redaction::Field(glob, with)
                    if glob.matches(key) || glob.matches(field_of(key)) =>
                {
                    Some(with)
                }
                _ => None,
            })
    }
}

/// The field that an attribute was made from: the bridge spreads an error over several.
fn field_of(key: &str) -> &str {
    match key {
        "exception.message" | "exception.stacktrace" | "exception.type" => "error",
        _ => key.strip_suffix(".chain").unwrap_or(key),
    }
}

#[cfg(test)]
#[path = "hide_tests.rs"]
mod tests;
