//! Actions that the language knows and this build refuses.

use crate::vocabulary::{ActionDef, KeyDef, RecordClass, Selects, SinkUse, Type};

fn fields() -> KeyDef {
    KeyDef::new(
        "fields",
        Type::FieldGlobs,
        "which of its own fields are handed over",
        r#"["user", "http.*"]"#,
    )
    .or(r#"["**"]"#)
}

fn ring() -> KeyDef {
    KeyDef::new("ring", Type::RingName, "a ring of `[rings]`", r#""recent""#).required()
}

/// The definition of `probe`.
pub fn probe_def() -> ActionDef {
    ActionDef {
        name: "probe",
        doc: "fires a probe that tracers outside the process can attach to",
        example: r#"probe = { probe = "query", args = ["rows"] }"#,
        selects: Selects::EventsFirst,
        metric: None,
        sink: None,
        limits: true,
        phases: true,
        keys: vec![
            KeyDef::new("provider", Type::Text, "the provider's name", r#""shop""#)
                .or(r#""rheostat""#),
            KeyDef::new(
                "probe",
                Type::Text,
                "the probe's name; absent: from the name of the callsite",
                r#""query""#,
            ),
            KeyDef::new(
                "args",
                Type::Values,
                "its arguments, at most 6",
                r#"["rows"]"#,
            )
            .or("[]"),
        ],
        not_in_this_build: true,
    }
}

/// The definition of `record`.
pub fn record_def() -> ActionDef {
    ActionDef {
        name: "record",
        doc: "keeps recent records in a ring, to be dumped when something happens",
        example: r#"record = { ring = "recent" }"#,
        selects: Selects::Both,
        metric: None,
        sink: None,
        limits: true,
        phases: true,
        keys: vec![ring(), fields()],
        not_in_this_build: true,
    }
}

/// The definition of `dump`.
pub fn dump_def() -> ActionDef {
    ActionDef {
        name: "dump",
        doc: "sends what a ring holds to a sink",
        example: r#"dump = { ring = "recent", sink = "stdout" }"#,
        selects: Selects::Both,
        metric: None,
        sink: Some(SinkUse {
            class: RecordClass::Events,
            default: Some("stdout"),
        }),
        limits: true,
        phases: true,
        keys: vec![ring()],
        not_in_this_build: true,
    }
}

/// The definition of `call`.
pub fn call_def() -> ActionDef {
    ActionDef {
        name: "call",
        doc: "calls a handler of the program",
        example: r#"call = { handler = "page" }"#,
        selects: Selects::Both,
        metric: None,
        sink: None,
        limits: true,
        phases: true,
        keys: vec![
            KeyDef::new("handler", Type::Text, "the handler's name", r#""page""#).required(),
            KeyDef::new(
                "mode",
                Type::Choice(&["async", "sync"]),
                "through a bounded queue, or on the caller's thread",
                r#""sync""#,
            )
            .or(r#""async""#),
            fields(),
            KeyDef::new(
                "timeout",
                Type::Period,
                "how long an asynchronous call may take",
                r#""5s""#,
            )
            .or(r#""1s""#),
        ],
        not_in_this_build: true,
    }
}

/// The definition of `mark`: its value is a name, which `@since.NAME` reads.
pub fn mark_def() -> ActionDef {
    ActionDef {
        name: "mark",
        doc: "remembers the moment in the `within` span, for `@since.NAME`",
        example: r#"mark = "first_byte""#,
        selects: Selects::EventsFirst,
        metric: None,
        sink: None,
        limits: false,
        phases: false,
        keys: vec![
            KeyDef::new(
                "name",
                Type::Text,
                "the name of the moment",
                r#""first_byte""#,
            )
            .required(),
        ],
        not_in_this_build: true,
    }
}
