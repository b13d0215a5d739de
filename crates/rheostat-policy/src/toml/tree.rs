//! Values and where they stand.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::place::Place;

/// One value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    /// A string's place includes its quotes; the place of a table under a header is its header.
    pub(crate) place: Place,
}

/// What TOML can spell.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Arc<str>),
    Integer(i64),
    /// A whole number that does not fit 64 bits.
    HugeInteger,
    Float(f64),
    Bool(bool),
    DateTime(Moment),
    List(Vec<Node>),
    Table(Table),
}

/// A date, a time, or both, as TOML spells them.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) text: Arc<str>,
    /// A date and a time, of which the offset is missing.
    pub(crate) local: bool,
}

/// The entries of a table, in the order of the text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Arc<str>,
    pub(crate) key_place: Place,
    pub(crate) node: Node,
}

impl Table {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.key == key)
    }

    pub(crate) fn from_toml(table: &DeTable<'_>) -> Self {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: Arc::from(key.get_ref().as_ref()),
                key_place: key.span().into(),
                node: Node::from_toml(value),
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_place);
        Self { entries }
    }
}

impl Node {
    pub(crate) fn from_toml(value: &Spanned<DeValue<'_>>) -> Self {
        Self {
            value: Value::from_toml(value.get_ref()),
            place: value.span().into(),
        }
    }

    pub(crate) fn as_table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&Arc<str>> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list, or the value itself as the only one.
    pub(crate) fn one_or_many(&self) -> &[Node] {
        match &self.value {
            Value::List(nodes) => nodes,
            _ => std::slice::from_ref(self),
        }
    }
}

impl Value {
    fn from_toml(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(Arc::from(text.as_ref())),
            DeValue::Integer(number) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Self::Integer(number),
                    Err(_) => Self::HugeInteger,
                }
            }
            DeValue::Float(number) => Self::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(value) => Self::Bool(*value),
            DeValue::Datetime(value) => Self::DateTime(Moment {
                text: Arc::from(value.to_string()),
                local: value.date.is_some() && value.time.is_some() && value.offset.is_none(),
            }),
            DeValue::Array(nodes) => Self::List(nodes.iter().map(Node::from_toml).collect()),
            DeValue::Table(table) => Self::Table(Table::from_toml(table)),
        }
    }

    /// What a person calls it.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) | Self::HugeInteger => "a whole number",
            Self::Float(_) => "a number with a fraction",
            Self::Bool(_) => "true or false",
            Self::DateTime(_) => "a date or time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}
