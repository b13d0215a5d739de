//! Keys of a declared metric.

use crate::vocabulary::{KeyDef, Type};

/// The keys of `[metrics.NAME]`.
pub fn metric_keys() -> Vec<KeyDef> {
    let mut keys = what();
    keys.extend(how_long());
    keys
}

/// What it is.
fn what() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "kind",
            Type::Choice(&["counter", "gauge", "histogram"]),
            "what it is; absent: as its rules use it",
            r#""histogram""#,
        ),
        KeyDef::new(
            "unit",
            Type::Unit,
            "its unit; absent: read from the end of its name",
            r#""seconds""#,
        ),
        KeyDef::new(
            "help",
            Type::Text,
            "one sentence for whoever looks at it",
            r#""Time to serve one request.""#,
        ),
        KeyDef::new(
            "labels",
            Type::LabelSets,
            "the labels of all its series, or closed sets of their values",
            r#"{ status = ["success", "failure"], tenant = [] }"#,
        ),
        KeyDef::new(
            "buckets",
            Type::Buckets,
            "the bounds of a histogram, in its unit; absent: exponential, with common bounds for text",
            "[0.001, 0.01, 0.1, 1]",
        ),
    ]
}

/// How many series it has, and how long they stay.
fn how_long() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "max_series",
            Type::Integer(1, 10_000_000),
            "the cap on series; over it, the label with most values folds to `overflow`; absent: that of `[defaults]`",
            "200",
        ),
        KeyDef::new(
            "expire",
            Type::Period,
            "the idle time after which one series goes",
            r#""15m""#,
        ),
        KeyDef::new(
            "stale_after",
            Type::Period,
            "the idle time after which a gauge is no longer shown",
            r#""5m""#,
        ),
        KeyDef::new(
            "exemplars",
            Type::Bool,
            "whether examples of traces are kept with it",
            "false",
        )
        .or("true"),
        KeyDef::new(
            "override",
            Type::Bool,
            "whether it replaces the one of the same name in an included file",
            "true",
        )
        .later(),
    ]
}
