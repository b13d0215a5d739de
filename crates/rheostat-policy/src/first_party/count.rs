//! `count`: a counter that goes up by one, or by a value.

use crate::vocabulary::{ActionDef, KeyDef, MetricKind, Selects, Type};

/// The definition of `count`.
pub fn count_def() -> ActionDef {
    ActionDef {
        name: "count",
        doc: "adds to a counter: one per record, or the value of `of`",
        example: r#"count = { metric = "requests_total", labels = ["method"] }"#,
        selects: Selects::EventsFirst,
        metric: Some(MetricKind::Counter),
        sink: None,
        limits: false,
        phases: true,
        keys: vec![
            KeyDef::new(
                "of",
                Type::Value,
                "how much each record adds; a negative value is refused and counted",
                r#""bytes_sent""#,
            )
            .or("1"),
            KeyDef::new(
                "absolute",
                Type::Bool,
                "whether the value is the counter's own reading instead of an increment",
                "true",
            )
            .or("false"),
        ],
        not_in_this_build: false,
    }
}
