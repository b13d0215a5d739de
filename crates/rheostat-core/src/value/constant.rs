//! Values that a policy spells, or that a callsite fixes.

use std::sync::Arc;

use rheostat_policy::expr::Literal;

use super::{Num, Value};

/// A value that owns what it points at.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// No value.
    Missing,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Num),
    /// A text.
    Text(Arc<str>),
    /// A duration in nanoseconds.
    Duration(i128),
    /// A size in bytes.
    Size(u64),
}

impl Constant {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// What it is, for evaluation.
    #[inline]
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Missing => Value::Missing,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => number.value(),
            Self::Text(text) => Value::Text(text),
            Self::Duration(nanos) => Value::Duration(*nanos),
            Self::Size(bytes) => Value::Size(*bytes),
        }
    }

    /// Keeps a value for good.
    pub fn of(value: Value<'_>) -> Self {
        match value {
            Value::Missing | Value::Bytes(_) => Self::Missing,
            Value::Bool(value) => Self::Bool(value),
            Value::Text(text) | Value::Formatted(text) | Value::Error(text) => Self::text(text),
            Value::Duration(nanos) => Self::Duration(nanos),
            Value::Size(bytes) => Self::Size(bytes),
            number @ (Value::I64(_)
            | Value::U64(_)
            | Value::I128(_)
            | Value::U128(_)
            | Value::F64(_)) => super::number::plain(number).map_or(Self::Missing, Self::Number),
        }
    }
}

impl From<&Literal> for Constant {
    fn from(literal: &Literal) -> Self {
        match literal {
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Integer(value) => Self::Number(Num::Whole(*value)),
            Literal::Float(value) => Self::Number(Num::Float(*value)),
            Literal::Text(text) => Self::Text(text.clone()),
            Literal::Duration(nanos) => Self::Duration(*nanos),
            Literal::Size(bytes) => Self::Size(*bytes),
        }
    }
}
