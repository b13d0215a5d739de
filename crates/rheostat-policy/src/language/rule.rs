//! Keys of a rule, besides its actions.

use super::group::{drop_type, enabled, place_keys};
use crate::vocabulary::{KeyDef, Type};

/// The keys of `[[rules]]`, besides the actions of the vocabulary.
pub fn rule_keys() -> Vec<KeyDef> {
    let mut keys = vec![
        KeyDef::new(
            "name",
            Type::Text,
            "unique; the identity of the rule across edits",
            r#""slow queries""#,
        ),
        KeyDef::new(
            "group",
            Type::Text,
            "a group of `[groups]`, whose keys are joined to those of the rule",
            r#""debugging""#,
        ),
        enabled(),
    ];
    keys.extend(place_keys());
    keys.extend([
        KeyDef::new(
            "after",
            Type::Table(after()),
            "the rule acts only on the record that makes `count` in the last `in`",
            r#"{ count = 10, in = "24h", by = ["slot"] }"#,
        )
        .later(),
        KeyDef::new(
            "shadow",
            Type::Bool,
            "whether it only counts what it would do",
            "true",
        )
        .or("false"),
        KeyDef::new(
            "for",
            Type::Period,
            "how long it is in force after it was first applied with these contents",
            r#""15m""#,
        ),
        KeyDef::new(
            "until",
            Type::DateTime,
            "the moment at which it ends, with its offset",
            "2026-03-01T18:00:00Z",
        ),
        KeyDef::new(
            "drop",
            drop_type(),
            "what later rules do not see: the record, or these actions of it",
            r#"["log", "stream"]"#,
        ),
        KeyDef::new(
            "override",
            Type::Bool,
            "whether it replaces the rule of the same name in an included file",
            "true",
        )
        .later(),
    ]);
    keys
}

fn after() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "count",
            Type::Integer(1, 1_000_000),
            "how many records",
            "10",
        )
        .required(),
        KeyDef::new("in", Type::Period, "in how long", r#""24h""#).required(),
        KeyDef::new(
            "by",
            Type::Values,
            "counted for each value of these",
            r#"["slot"]"#,
        )
        .or("[]"),
    ]
}
