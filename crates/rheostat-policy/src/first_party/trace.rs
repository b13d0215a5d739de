//! `trace`: spans, to a collector.

use crate::vocabulary::{ActionDef, KeyDef, RecordClass, Selects, SinkUse, Type};

/// The definition of `trace`.
pub fn trace_def() -> ActionDef {
    ActionDef {
        name: "trace",
        doc: "ships spans, sampled by whole traces",
        example: r#"trace = { sink = "jaeger", sample = 0.05 }"#,
        selects: Selects::Spans,
        metric: None,
        sink: Some(SinkUse {
            class: RecordClass::Spans,
            default: None,
        }),
        limits: true,
        phases: false,
        keys: vec![
            KeyDef::new(
                "name",
                Type::Template,
                "the name that is shipped; absent: `otel.name` where it is recorded, else the span's",
                r#""{method} {route}""#,
            ),
            KeyDef::new(
                "fields",
                Type::FieldGlobs,
                "which fields become attributes",
                r#"["http.*"]"#,
            )
            .or(r#"["**"]"#),
            KeyDef::new(
                "events",
                Type::OrFalse(Box::new(Type::Level)),
                "events of this level and more severe are shipped inside their span",
                "false",
            )
            .or(r#""info""#),
            KeyDef::new(
                "remote",
                Type::Choice(&["honour", "ignore"]),
                "whether the sampled flag of a remote parent decides",
                r#""ignore""#,
            )
            .or(r#""honour""#),
            KeyDef::new(
                "keep",
                Type::Condition,
                "judged when the local root closes: the trace is kept if it holds, else sampled",
                r#""@error or @duration > 500ms""#,
            ),
        ],
        not_in_this_build: false,
    }
}
