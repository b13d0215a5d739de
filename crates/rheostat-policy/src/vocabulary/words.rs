//! Words for what a definition is made of, for vocabularies that leave the program.

use super::{MetricKind, RecordClass, Selects, Type};

const SIMPLE: [(&str, Type); 38] = [
    ("bool", Type::Bool),
    ("text", Type::Text),
    ("float", Type::Float),
    ("duration", Type::Duration),
    ("period", Type::Period),
    ("size", Type::Size),
    ("rate", Type::Rate),
    ("ratio", Type::Ratio),
    ("level", Type::Level),
    ("path", Type::Path),
    ("address", Type::Address),
    ("url", Type::Url),
    ("value", Type::Value),
    ("condition", Type::Condition),
    ("template", Type::Template),
    ("field_globs", Type::FieldGlobs),
    ("values", Type::Values),
    ("text_map", Type::TextMap),
    ("secret", Type::Secret),
    ("any", Type::Any),
    ("path_glob", Type::PathGlob),
    ("file_glob", Type::FileGlob),
    ("name_glob", Type::NameGlob),
    ("lines", Type::Lines),
    ("level_set", Type::LevelSet),
    ("date_time", Type::DateTime),
    ("selector", Type::Selector),
    ("mapped", Type::Mapped),
    ("labels", Type::Labels),
    ("label_sets", Type::LabelSets),
    ("redactions", Type::Redactions),
    ("buckets", Type::Buckets),
    ("sink_name", Type::SinkName),
    ("ring_name", Type::RingName),
    ("metric_name", Type::MetricName),
    ("unit", Type::Unit),
    ("raw", Type::Raw),
    ("file_mode", Type::FileMode),
];

impl Type {
    /// The word for a type that is made of nothing else.
    pub fn word(&self) -> Option<&'static str> {
        let known = SIMPLE.iter().find(|(_, ty)| ty == self)?;
        Some(known.0)
    }

    /// The type of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        let known = SIMPLE.iter().find(|(known, _)| *known == word)?;
        Some(known.1.clone())
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
