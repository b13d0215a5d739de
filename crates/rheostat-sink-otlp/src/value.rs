//! Values as OTLP has them, and attributes without a name twice.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use rheostat_core::Value;
use rheostat_queue::format::plain;

/// A value with its type; `None` where there is none.
pub(crate) fn any(value: Value<'_>) -> Option<Any> {
    let whole = match value {
        Value::Missing => return None,
        Value::Bool(value) => return Some(Any::BoolValue(value)),
        // What is no number has no form in OTLP's JSON, and stores choke on it: a text in all forms.
        Value::F64(value) if value.is_finite() => return Some(Any::DoubleValue(value)),
        Value::F64(_) => None,
        Value::Bytes(bytes) => return Some(Any::BytesValue(bytes.to_owned())),
        Value::Text(_) | Value::Formatted(_) | Value::Error(_) => None,
        Value::I64(value) => Some(value),
        Value::U64(value) | Value::Size(value) => i64::try_from(value).ok(),
        Value::I128(value) | Value::Duration(value) => i64::try_from(value).ok(),
        Value::U128(value) => i64::try_from(value).ok(),
    };
    // A number that is too large for the protocol's is exact as a text.
    Some(match whole {
        Some(value) => Any::IntValue(value),
        None => Any::StringValue(text(value)),
    })
}

/// A value as text.
pub(crate) fn text(value: Value<'_>) -> String {
    let mut made = Vec::new();
    match plain(value, &mut made) {
        Some(text) => text.to_owned(),
        None => String::from_utf8_lossy(&made).into_owned(),
    }
}

/// An attribute.
pub(crate) fn attribute(key: impl Into<String>, value: Any) -> KeyValue {
    KeyValue {
        key: key.into(),
        value: Some(wrapped(value)),
        key_strindex: 0,
    }
}

/// An attribute that is a text.
pub(crate) fn named(key: impl Into<String>, value: impl Into<String>) -> KeyValue {
    attribute(key, Any::StringValue(value.into()))
}

/// A value as it stands in a message.
pub(crate) fn wrapped(value: Any) -> AnyValue {
    AnyValue { value: Some(value) }
}

/// A number, or a text where it is too large for one.
pub(crate) fn number(value: u64) -> Any {
    i64::try_from(value).map_or_else(|_| Any::StringValue(value.to_string()), Any::IntValue)
}

/// Texts in their order.
pub(crate) fn list<'t>(texts: impl Iterator<Item = &'t str>) -> Any {
    let values = texts.map(|text| wrapped(Any::StringValue(text.to_owned())));
    let values = values.collect();
    Any::ArrayValue(ArrayValue { values })
}

/// A scope of this name.
pub(crate) fn scope(name: &str) -> InstrumentationScope {
    InstrumentationScope {
        name: name.to_owned(),
        ..InstrumentationScope::default()
    }
}

/// The resource of this process with these labels.
pub(crate) fn resource_of<'l>(labels: impl IntoIterator<Item = (&'l str, &'l str)>) -> Resource {
    let all = crate::resource(labels).into_iter();
    Resource {
        attributes: all.map(|(key, value)| named(key, value)).collect(),
        ..Resource::default()
    }
}

/// Attributes in the order in which they came, each name once.
#[derive(Debug, Default)]
pub(crate) struct Attributes(Vec<KeyValue>);

impl Attributes {
    pub(crate) fn with_capacity(attributes: usize) -> Self {
        Self(Vec::with_capacity(attributes))
    }

    /// Adds one; a name that is taken gets a `_` at its end.
    pub(crate) fn add(&mut self, key: impl Into<String>, value: Any) {
        let mut key = key.into();
        while self.0.iter().any(|known| known.key == key) {
            key.push('_');
        }
        self.0.push(attribute(key, value));
    }

    pub(crate) fn into_vec(self) -> Vec<KeyValue> {
        self.0
    }
}
