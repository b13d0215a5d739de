//! The sink type `otlp`: records, metrics and spans to a collector, or as OTLP JSON to a file.

use super::http_keys::http_keys;
use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `otlp`.
pub fn otlp_sink_def() -> SinkDef {
    SinkDef {
        name: "otlp",
        doc: "an OpenTelemetry collector, Jaeger, or a file of OTLP JSON",
        example: "[sinks.jaeger]\ntype = \"otlp\"\nendpoint = \"http://127.0.0.1:4317\"\n",
        takes: vec![
            RecordClass::Events,
            RecordClass::Logs,
            RecordClass::Metrics,
            RecordClass::Spans,
        ],
        formats: Vec::new(),
        keys: keys(),
        not_in_this_build: false,
    }
}

fn keys() -> Vec<KeyDef> {
    let mut keys = vec![
        KeyDef::new(
            "endpoint",
            Type::EitherOr("path", Box::new(Type::Url)),
            "the collector; either this or `path`",
            r#""http://127.0.0.1:4317""#,
        ),
        KeyDef::new(
            "path",
            Type::EitherOr("endpoint", Box::new(Type::OwnFile)),
            "a file that gets OTLP JSON, one request a line; either this or `endpoint`",
            r#""var/spans.jsonl""#,
        ),
        KeyDef::new(
            "protocol",
            Type::Beside("endpoint", Box::new(Type::Choice(&["grpc", "http"]))),
            "how the collector is spoken to",
            r#""http""#,
        )
        .or(r#""grpc""#),
        KeyDef::new(
            "temporality",
            Type::Choice(&["cumulative", "delta"]),
            "whether counters and histograms are totals, or what came since the last report that was taken",
            r#""delta""#,
        )
        .or(r#""cumulative""#),
    ];
    // Who we are, and how it is packed: of a collector only.
    for mut key in http_keys("") {
        if key.name == "url" {
            continue;
        }
        if !matches!(key.ty, Type::Beside(..) | Type::Table(_)) {
            key.ty = Type::Beside("endpoint", Box::new(key.ty));
        }
        keys.push(key);
    }
    keys
}
