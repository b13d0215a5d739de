//! Tables that the language knows and this build refuses.

use crate::vocabulary::{KeyDef, Type};

/// The keys of `[rings.NAME]`.
pub fn ring_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "size",
            Type::Size,
            "its memory, all threads together",
            r#""16MiB""#,
        )
        .or(r#""4MiB""#),
        KeyDef::new(
            "keep",
            Type::Period,
            "at most this much of the past",
            r#""1m""#,
        )
        .or(r#""30s""#),
    ]
}

/// The keys of `[budget]`.
pub fn budget_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new("cpu", Type::Raw, "a share of one core", r#""1%""#),
        KeyDef::new("memory", Type::Size, "all memory of it", r#""64MiB""#),
    ]
}

/// The keys of `[process]`.
pub fn process_keys() -> Vec<KeyDef> {
    vec![KeyDef::new(
        "every",
        Type::Period,
        "how often the process itself is measured",
        r#""10s""#,
    )]
}

/// The keys of `[[alerts]]`.
pub fn alert_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new("name", Type::Text, "its name", r#""HighLatency""#).required(),
        KeyDef::new(
            "expr",
            Type::Raw,
            "PromQL over metrics of this policy",
            r#""rate(errors_total[5m]) > 1""#,
        )
        .required(),
        KeyDef::new("for", Type::Duration, "how long it must hold", r#""10m""#),
        KeyDef::new("severity", Type::Text, "how bad it is", r#""page""#),
        KeyDef::new(
            "summary",
            Type::Text,
            "one sentence",
            r#""Errors are frequent.""#,
        ),
        KeyDef::new(
            "action",
            Type::Text,
            "what to do",
            r#""Look at the last deploy.""#,
        ),
        KeyDef::new(
            "runbook",
            Type::Text,
            "where to read on",
            r#""https://wiki.example/errors""#,
        ),
        KeyDef::new(
            "labels",
            Type::TextMap,
            "labels of the alert",
            r#"{ team = "shop" }"#,
        ),
    ]
}

/// The keys of `[[slos]]`.
pub fn slo_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new("name", Type::Text, "its name", r#""availability""#).required(),
        KeyDef::new(
            "objective",
            Type::Ratio,
            "the share that must be good",
            "0.999",
        )
        .required(),
        KeyDef::new("window", Type::Period, "over how long", r#""30d""#).required(),
        KeyDef::new(
            "metric",
            Type::MetricName,
            "a histogram",
            r#""request_duration_seconds""#,
        ),
        KeyDef::new(
            "under",
            Type::Period,
            "the value below which it is good",
            r#""300ms""#,
        ),
        KeyDef::new("good", Type::Raw, "PromQL of what is good", r#""ok_total""#),
        KeyDef::new("total", Type::Raw, "PromQL of all", r#""requests_total""#),
    ]
}
