//! Which of several types a spelling fits, judged by its shape alone.

use crate::toml::{Node, Value};
use crate::vocabulary::Type;

/// Whether a value of this shape can be of the type.
pub(crate) fn fits(ty: &Type, node: &Node) -> bool {
    match ty {
        Type::Bool => matches!(node.value, Value::Bool(_)),
        Type::Integer(_, _) => matches!(node.value, Value::Integer(_) | Value::HugeInteger),
        Type::Float => matches!(node.value, Value::Integer(_) | Value::Float(_)),
        Type::Ratio => matches!(
            node.value,
            Value::Integer(_) | Value::Float(_) | Value::Text(_)
        ),
        Type::Lines => matches!(node.value, Value::Integer(_) | Value::Text(_)),
        Type::Value => matches!(
            node.value,
            Value::Integer(_) | Value::Float(_) | Value::Bool(_) | Value::Text(_)
        ),
        Type::Mapped => fits(&Type::Value, node) || is_table(node),
        Type::DateTime => matches!(node.value, Value::DateTime(_)),
        Type::Secret => is_table(node) || is_text(node),
        Type::Table(_) | Type::TextMap | Type::Named(_) => is_table(node),
        Type::FieldGlobs | Type::Values | Type::List(_) | Type::Redactions => is_list(node),
        Type::Labels | Type::LabelSets => is_list(node) || is_table(node),
        Type::Buckets => is_list(node) || is_table(node) || is_text(node),
        Type::Selector => is_table(node) || is_text(node),
        Type::LevelSet => is_list(node) || is_text(node),
        Type::EitherOr(_, of) | Type::Beside(_, of) => fits(of, node),
        Type::OneOrMany(of) => is_list(node) || fits(of, node),
        Type::OrFalse(of) => matches!(node.value, Value::Bool(false)) || fits(of, node),
        Type::AnyOf(types) => types.iter().any(|ty| fits(ty, node)),
        Type::Any => true,
        Type::Text
        | Type::Raw
        | Type::Duration
        | Type::Period
        | Type::Size
        | Type::Rate
        | Type::Level
        | Type::Choice(_)
        | Type::ChoiceWithLater(_, _)
        | Type::Path
        | Type::OwnFile
        | Type::Address
        | Type::Url
        | Type::Condition
        | Type::Template
        | Type::PathGlob
        | Type::FileGlob
        | Type::NameGlob
        | Type::SinkName
        | Type::RingName
        | Type::MetricName
        | Type::FileMode
        | Type::Unit => is_text(node),
    }
}

fn is_table(node: &Node) -> bool {
    matches!(node.value, Value::Table(_))
}

fn is_list(node: &Node) -> bool {
    matches!(node.value, Value::List(_))
}

fn is_text(node: &Node) -> bool {
    matches!(node.value, Value::Text(_))
}
