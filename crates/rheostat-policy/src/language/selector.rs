//! Keys of a selector.

use crate::vocabulary::{KeyDef, Type};

fn any(ty: Type) -> Type {
    Type::OneOrMany(Box::new(ty))
}

/// The keys of a selector: where in the code.
pub fn selector_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "span",
            any(Type::NameGlob),
            "spans whose name the glob accepts; `*` is any run of characters",
            r#""request""#,
        ),
        KeyDef::new(
            "event",
            any(Type::NameGlob),
            "events whose name the glob accepts; most have no name of their own",
            r#""*""#,
        ),
        KeyDef::new(
            "target",
            any(Type::PathGlob),
            "the target, by `::` segments: `*` within one, `**` any number including none",
            r#""shop::**""#,
        ),
        KeyDef::new(
            "module",
            any(Type::PathGlob),
            "the module path, likewise",
            r#""shop::db""#,
        ),
        KeyDef::new(
            "level",
            Type::LevelSet,
            "this level and more severe; `=info` only this one; a list only these",
            r#""info""#,
        ),
        KeyDef::new(
            "file",
            any(Type::FileGlob),
            "the source file, by the end of its path",
            r#""src/db.rs""#,
        ),
        KeyDef::new(
            "line",
            any(Type::Lines),
            "the line, or a range with both ends included",
            r#""40..60""#,
        ),
        KeyDef::new(
            "fields",
            any(Type::NameGlob),
            "fields that the callsite declares, all of them; `!name` is one that it does not",
            r#"["user", "!password"]"#,
        ),
    ]
}
