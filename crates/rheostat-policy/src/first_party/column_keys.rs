//! The key `columns` of sinks whose destinations have tables.

use crate::vocabulary::{KeyDef, Type};

/// Which fields have a column of their own; the types are the server's.
pub(super) fn columns_key(type_example: &'static str, example: &'static str) -> KeyDef {
    let column = Type::Table(vec![
        KeyDef::new(
            "field",
            Type::Raw,
            "the field; absent: the one of the column's name",
            r#""http.status""#,
        ),
        KeyDef::new("type", Type::Raw, "the column's type", type_example).required(),
    ]);
    KeyDef::new(
        "columns",
        Type::Named(Box::new(Type::AnyOf(vec![Type::Raw, column]))),
        "fields that have a column of their own, with its type; all others are in the column `fields`",
        example,
    )
}

/// Whether the sink makes its tables.
pub(super) fn create_key() -> KeyDef {
    KeyDef::new(
        "create",
        Type::Bool,
        "whether it makes a table that is not there, and adds columns that are missing",
        "true",
    )
    .or("false")
}

/// The two tables.
pub(super) fn table_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "table",
            Type::Text,
            "the table that records go to",
            r#""events""#,
        )
        .required(),
        KeyDef::new(
            "metrics_table",
            Type::Text,
            "the table that metrics go to",
            r#""shop_metrics""#,
        )
        .or(r#""metrics""#),
    ]
}
