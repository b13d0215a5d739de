//! Types in as few words as a table has room for.

use crate::vocabulary::Type;

/// The word for a type.
pub(super) fn word(ty: &Type) -> String {
    let plain = match ty {
        Type::Bool => "bool",
        Type::Text | Type::Raw => "string",
        Type::Integer(low, high) => return format!("integer, {low} to {high}"),
        Type::Float => "number",
        Type::Duration | Type::Period => "duration",
        Type::Size => "size",
        Type::Rate => "rate",
        Type::Ratio => "ratio",
        Type::Level => "level",
        Type::Choice(words) => return quoted(words),
        Type::ChoiceWithLater(words, later) => {
            return format!("{}; later {} ²", quoted(words), quoted(later));
        }
        Type::Path | Type::OwnFile => "path",
        Type::Address => "host and port",
        Type::Url => "URL",
        Type::Value => "value",
        Type::Condition => "condition",
        Type::Template => "template",
        Type::FieldGlobs => "list of field globs",
        Type::Values => "list of values",
        Type::TextMap => "table of strings",
        Type::Secret => "secret",
        Type::OrFalse(of) => return format!("{} or `false`", word(of)),
        Type::Table(_) => "table",
        Type::List(of) => return format!("list of: {}", word(of)),
        Type::OneOrMany(of) => return format!("{}, or a list", word(of)),
        Type::AnyOf(types) => {
            return types.iter().map(word).collect::<Vec<_>>().join(", or ");
        }
        Type::Named(of) => return format!("table of names: {}", word(of)),
        Type::Any => "anything",
        Type::PathGlob => "glob over `::`",
        Type::FileGlob => "glob over `/`",
        Type::NameGlob => "glob",
        Type::Lines => "line or range",
        Type::LevelSet => "level, `=level`, or a list",
        Type::DateTime => "date-time",
        Type::Selector => "selector",
        Type::Mapped => "value, or a table",
        Type::Labels => "labels",
        Type::LabelSets => "list of names, or closed sets",
        Type::Redactions => "redaction",
        Type::Buckets => "buckets",
        Type::SinkName => "name of a sink",
        Type::RingName => "name of a ring",
        Type::MetricName => "name of a metric",
        Type::Unit => "unit",
        Type::FileMode => "octal digits in a string",
        Type::EitherOr(other, of) => return format!("{}; or `{other}`", word(of)),
        Type::Beside(other, of) => return format!("{}; with `{other}`", word(of)),
    };
    plain.to_owned()
}

fn quoted(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`\"{word}\"`"))
        .collect::<Vec<_>>()
        .join(" ")
}
