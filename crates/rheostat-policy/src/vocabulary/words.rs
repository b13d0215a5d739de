//! Words for what a definition is made of, for vocabularies that leave the program.

use super::{MetricKind, RecordClass, Selects, Type};

const SIMPLE: [Type; 39] = [
    Type::Bool,
    Type::Text,
    Type::Float,
    Type::Duration,
    Type::Period,
    Type::Size,
    Type::Rate,
    Type::Ratio,
    Type::Level,
    Type::Path,
    Type::OwnFile,
    Type::Address,
    Type::Url,
    Type::Value,
    Type::Condition,
    Type::Template,
    Type::FieldGlobs,
    Type::Values,
    Type::TextMap,
    Type::Secret,
    Type::Any,
    Type::PathGlob,
    Type::FileGlob,
    Type::NameGlob,
    Type::Lines,
    Type::LevelSet,
    Type::DateTime,
    Type::Selector,
    Type::Mapped,
    Type::Labels,
    Type::LabelSets,
    Type::Redactions,
    Type::Buckets,
    Type::SinkName,
    Type::RingName,
    Type::MetricName,
    Type::Unit,
    Type::Raw,
    Type::FileMode,
];

impl Type {
    /// The word for a type that is made of nothing else.
    pub fn word(&self) -> Option<&'static str> {
        Some(match self {
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Float => "float",
            Self::Duration => "duration",
            Self::Period => "period",
            Self::Size => "size",
            Self::Rate => "rate",
            Self::Ratio => "ratio",
            Self::Level => "level",
            Self::Path => "path",
            Self::OwnFile => "own_file",
            Self::Address => "address",
            Self::Url => "url",
            Self::Value => "value",
            Self::Condition => "condition",
            Self::Template => "template",
            Self::FieldGlobs => "field_globs",
            Self::Values => "values",
            Self::TextMap => "text_map",
            Self::Secret => "secret",
            Self::Any => "any",
            Self::PathGlob => "path_glob",
            Self::FileGlob => "file_glob",
            Self::NameGlob => "name_glob",
            Self::Lines => "lines",
            Self::LevelSet => "level_set",
            Self::DateTime => "date_time",
            Self::Selector => "selector",
            Self::Mapped => "mapped",
            Self::Labels => "labels",
            Self::LabelSets => "label_sets",
            Self::Redactions => "redactions",
            Self::Buckets => "buckets",
            Self::SinkName => "sink_name",
            Self::RingName => "ring_name",
            Self::MetricName => "metric_name",
            Self::Unit => "unit",
            Self::Raw => "raw",
            Self::FileMode => "file_mode",
            Self::Integer(..)
            | Self::Choice(_)
            | Self::ChoiceWithLater(..)
            | Self::OrFalse(_)
            | Self::Table(_)
            | Self::List(_)
            | Self::OneOrMany(_)
            | Self::AnyOf(_)
            | Self::Named(_)
            | Self::EitherOr(..)
            | Self::Beside(..) => return None,
        })
    }

    /// The type of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        let known = SIMPLE.iter().find(|known| known.word() == Some(word))?;
        Some(known.clone())
    }
}

impl Selects {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::EventsFirst, Self::Spans, Self::Events, Self::Both];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventsFirst => "events_first",
            Self::Spans => "spans",
            Self::Events => "events",
            Self::Both => "both",
        }
    }
}

impl RecordClass {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Events, Self::Logs, Self::Metrics, Self::Spans];
}

impl MetricKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Counter, Self::Gauge, Self::Histogram];
}
