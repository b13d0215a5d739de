//! `histogram`: how a value is distributed.

use crate::vocabulary::{ActionDef, KeyDef, MetricKind, Selects, Type};

/// The definition of `histogram`.
pub fn histogram_def() -> ActionDef {
    ActionDef {
        name: "histogram",
        doc: "records the value of `of` in a distribution",
        example: r#"histogram = { metric = "query_duration_seconds", of = "elapsed" }"#,
        selects: Selects::EventsFirst,
        metric: Some(MetricKind::Histogram),
        sink: None,
        limits: false,
        phases: true,
        keys: vec![
            KeyDef::new(
                "of",
                Type::Value,
                "the value that is recorded; `@duration` and its kin select spans",
                r#""@duration""#,
            )
            .required(),
        ],
        not_in_this_build: false,
    }
}
