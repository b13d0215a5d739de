//! `gauge`: a value that goes up and down.

use crate::vocabulary::{ActionDef, KeyDef, MetricKind, Selects, Type};

/// The definition of `gauge`.
pub fn gauge_def() -> ActionDef {
    ActionDef {
        name: "gauge",
        doc: "sets a gauge to a value, moves it by one, or counts open spans (`of = \"@open\"`)",
        example: r#"gauge = { metric = "queue_length", of = "length" }"#,
        selects: Selects::EventsFirst,
        metric: Some(MetricKind::Gauge),
        sink: None,
        limits: false,
        phases: true,
        keys: vec![
            KeyDef::new(
                "of",
                Type::Value,
                "the value; `@open` is the number of spans that are open now",
                r#""@open""#,
            )
            .required(),
            KeyDef::new(
                "op",
                Type::ChoiceWithLater(&["set", "add", "sub"], &["min", "max", "rate", "distinct"]),
                "what the value does to the gauge",
                r#""add""#,
            )
            .or(r#""set""#),
            KeyDef::new(
                "window",
                Type::Period,
                "for `min`, `max`, `rate` and `distinct`: the window whose last full value is shown",
                r#""5m""#,
            )
            .later(),
            KeyDef::new(
                "stale_after",
                Type::Period,
                "how long a value is shown that nobody renewed",
                r#""5m""#,
            ),
        ],
        not_in_this_build: false,
    }
}
