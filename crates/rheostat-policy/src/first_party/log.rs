//! `log`: readable lines, to a sink.

use crate::vocabulary::{ActionDef, KeyDef, RecordClass, Selects, SinkUse, Type};

/// The definition of `log`.
pub fn log_def() -> ActionDef {
    ActionDef {
        name: "log",
        doc: "writes each record as a line for people",
        example: r#"log = { sink = "stderr", rate = "100/s" }"#,
        selects: Selects::EventsFirst,
        metric: None,
        sink: Some(SinkUse {
            class: RecordClass::Logs,
            default: Some("stderr"),
        }),
        limits: true,
        phases: true,
        keys: vec![
            KeyDef::new(
                "fields",
                Type::FieldGlobs,
                "which of its own fields a line shows",
                r#"["user", "http.*"]"#,
            )
            .or(r#"["**"]"#),
            KeyDef::new(
                "span_fields",
                Type::FieldGlobs,
                "which fields of the enclosing spans it shows; `[]` is none",
                r#"["request_id"]"#,
            )
            .or(r#"["**"]"#),
            KeyDef::new(
                "level",
                Type::Level,
                "the level that is shown instead of the record's own",
                r#""info""#,
            ),
        ],
        not_in_this_build: false,
    }
}
