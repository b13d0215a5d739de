//! `stream`: records as data, to a sink.

use crate::vocabulary::{ActionDef, KeyDef, RecordClass, Selects, SinkUse, Type};

/// The definition of `stream`.
pub fn stream_def() -> ActionDef {
    ActionDef {
        name: "stream",
        doc: "sends each record as data to a sink; a span is one record, with its timings",
        example: r#"stream = { sink = "stdout", sample = 0.1 }"#,
        selects: Selects::EventsFirst,
        metric: None,
        sink: Some(SinkUse {
            class: RecordClass::Events,
            default: Some("stdout"),
        }),
        limits: true,
        phases: true,
        keys: vec![
            KeyDef::new(
                "fields",
                Type::FieldGlobs,
                "which of its own fields a record carries",
                r#"["user", "http.*"]"#,
            )
            .or(r#"["**"]"#),
            KeyDef::new(
                "span_fields",
                Type::FieldGlobs,
                "which fields of the enclosing spans it carries; `[]` is none",
                r#"["request_id"]"#,
            )
            .or(r#"["**"]"#),
            KeyDef::new(
                "rename",
                Type::TextMap,
                "new name = old name",
                r#"{ user_id = "user" }"#,
            ),
            KeyDef::new(
                "class",
                Type::Text,
                "a class that the record carries, for whoever routes it",
                r#""audit""#,
            ),
            KeyDef::new(
                "durable",
                Type::Bool,
                "whether its records are an audit trail: on disk until the sink has them, and linked by hashes, so that \
                 `rheostat verify` finds a missing or altered one; the sink needs `buffer.disk` and `full = \"block\"`, \
                 and no limit applies",
                "true",
            )
            .or("false"),
        ],
        not_in_this_build: false,
    }
}
