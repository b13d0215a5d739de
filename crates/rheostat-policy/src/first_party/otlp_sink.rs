//! The sink type `otlp`: spans to a collector, or as OTLP JSON to a file.

use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `otlp`.
pub fn otlp_sink_def() -> SinkDef {
    SinkDef {
        name: "otlp",
        doc: "an OpenTelemetry collector, Jaeger, or a file of OTLP JSON",
        example: "[sinks.jaeger]\ntype = \"otlp\"\nendpoint = \"http://127.0.0.1:4317\"\n",
        takes: vec![RecordClass::Spans],
        formats: Vec::new(),
        keys: vec![
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
                "headers",
                Type::Beside(
                    "endpoint",
                    Box::new(Type::Named(Box::new(Type::AnyOf(vec![
                        Type::Text,
                        Type::Secret,
                    ])))),
                ),
                "headers of each request; a value may be a secret",
                r#"{ x-tenant = "shop" }"#,
            ),
        ],
        not_in_this_build: false,
    }
}
