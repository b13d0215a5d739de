//! Keys that every sink has; those of its type come from the vocabulary.

use crate::vocabulary::{KeyDef, Type};

/// All formats that sinks write.
pub const FORMATS: &[&str] = &[
    "json",
    "logfmt",
    "pretty",
    "compact",
    "cbor",
    "line_protocol",
];

/// The keys that every `[sinks.NAME]` has.
pub fn sink_keys() -> Vec<KeyDef> {
    let mut keys = what();
    keys.extend(how());
    keys
}

/// What it is handed, and how that is written.
fn what() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "type",
            Type::Text,
            "where it leads; the other keys follow from it",
            r#""file""#,
        )
        .required(),
        KeyDef::new(
            "format",
            Type::Choice(FORMATS),
            "how records are written; absent: the first of the type's own formats",
            r#""logfmt""#,
        ),
        KeyDef::new(
            "only",
            Type::List(Box::new(Type::Choice(&[
                "events", "logs", "metrics", "spans",
            ]))),
            "what it is handed at all; absent: whatever its type takes",
            r#"["events"]"#,
        ),
        KeyDef::new(
            "metrics_every",
            Type::Period,
            "how often rows of metrics are written",
            r#""30s""#,
        )
        .or(r#""10s""#),
        KeyDef::new(
            "redact",
            Type::Redactions,
            "what it hides besides what `[defaults]` hides",
            r#"["password", { pattern = "[0-9]{16}", with = "****" }]"#,
        ),
    ]
}

/// How it is delivered.
fn how() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "batch",
            Type::Table(batch()),
            "a batch is sent when one of these is reached",
            r#"{ records = 100, every = "250ms" }"#,
        )
        .or("{}"),
        KeyDef::new(
            "buffer",
            Type::Table(buffer()),
            "what waits while the sink is slow or away",
            r#"{ memory = "64MiB" }"#,
        )
        .or("{}"),
        KeyDef::new(
            "full",
            Type::Choice(&["drop_new", "drop_old", "block"]),
            "what happens when the buffer is full",
            r#""drop_old""#,
        )
        .or(r#""drop_new""#),
        KeyDef::new(
            "retry",
            Type::Table(retry()),
            "pauses between tries: the first, the longest, and how long at all",
            r#"{ first = "1s", max = "1m", for = "1h" }"#,
        )
        .or("{}"),
        KeyDef::new(
            "timeout",
            Type::Period,
            "how long one delivery may take",
            r#""5s""#,
        )
        .or(r#""10s""#),
        KeyDef::new(
            "dead_letter",
            Type::OwnFile,
            "a file for records that the destination refuses for good",
            r#""var/refused.jsonl""#,
        ),
        KeyDef::new(
            "override",
            Type::Bool,
            "whether it replaces the one of the same name in an included file",
            "true",
        )
        .later(),
    ]
}

fn batch() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "records",
            Type::Integer(1, 1_000_000),
            "this many records",
            "100",
        )
        .or("512"),
        KeyDef::new("bytes", Type::Size, "this many bytes", r#""256KiB""#).or(r#""1MiB""#),
        KeyDef::new("every", Type::Period, "this much time", r#""250ms""#).or(r#""1s""#),
    ]
}

fn buffer() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "memory",
            Type::Size,
            "at most this much memory",
            r#""64MiB""#,
        )
        .or(r#""16MiB""#),
        KeyDef::new(
            "disk",
            Type::Beside("dir", Box::new(Type::Size)),
            "then this much disk, in `dir`; what waits there outlives the process",
            r#""1GiB""#,
        ),
        KeyDef::new(
            "dir",
            Type::Beside("disk", Box::new(Type::Path)),
            "the folder of `disk`; each sink has its own folder in it",
            r#""var/spool""#,
        ),
        KeyDef::new(
            "fsync",
            Type::Beside("disk", Box::new(Type::Choice(&["never", "batch", "1s"]))),
            "when what is on disk is made sure to survive a power cut",
            r#""batch""#,
        )
        .or(r#""1s""#),
    ]
}

fn retry() -> Vec<KeyDef> {
    vec![
        KeyDef::new("first", Type::Period, "the first pause", r#""1s""#).or(r#""100ms""#),
        KeyDef::new("max", Type::Period, "the longest pause", r#""1m""#).or(r#""30s""#),
        KeyDef::new(
            "for",
            Type::Duration,
            "after this long a batch is given up; what waits on disk is not: it is tried for as long as the disk has room",
            r#""1h""#,
        )
        .or(r#""5m""#),
    ]
}
