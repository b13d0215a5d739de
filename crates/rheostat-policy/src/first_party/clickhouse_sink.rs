//! The sink type `clickhouse`: rows of a table, over HTTP.

use super::http_keys::http_keys;
use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `clickhouse`.
pub fn clickhouse_sink_def() -> SinkDef {
    let mut keys = http_keys(r#""http://127.0.0.1:8123""#);
    keys.extend(tables());
    keys.extend(columns());
    SinkDef {
        name: "clickhouse",
        doc: "tables of a ClickHouse server: a row for each record, a row for each series of a metric",
        example: "[sinks.lake]\ntype = \"clickhouse\"\nurl = \"http://127.0.0.1:8123\"\ntable = \"events\"\n\
                  create = true\ncolumns = { status = \"UInt16\" }\nbatch = { records = 50000, bytes = \"16MiB\" }\n",
        takes: vec![RecordClass::Events, RecordClass::Logs, RecordClass::Metrics],
        formats: Vec::new(),
        keys,
        not_in_this_build: false,
    }
}

fn tables() -> Vec<KeyDef> {
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
        KeyDef::new("database", Type::Text, "the database of both", r#""shop""#).or(r#""default""#),
        KeyDef::new(
            "create",
            Type::Bool,
            "whether it makes a table that is not there, and adds columns that are missing",
            "true",
        )
        .or("false"),
        KeyDef::new(
            "ttl",
            Type::OrFalse(Box::new(Type::Period)),
            "how long a table that it makes keeps its rows; `false`: for ever",
            r#""90d""#,
        )
        .or(r#""30d""#),
    ]
}

fn columns() -> Vec<KeyDef> {
    let column = Type::Table(vec![
        KeyDef::new(
            "field",
            Type::Raw,
            "the field; absent: the one of the column's name",
            r#""http.status""#,
        ),
        KeyDef::new("type", Type::Raw, "the column's type", r#""UInt16""#).required(),
    ]);
    vec![
        KeyDef::new(
            "columns",
            Type::Named(Box::new(Type::AnyOf(vec![Type::Raw, column]))),
            "fields that have a column of their own, with its type; all others are in the column `fields`",
            r#"{ status = "UInt16", tenant = { field = "user.tenant", type = "LowCardinality(String)" } }"#,
        ),
        KeyDef::new(
            "async_insert",
            Type::Bool,
            "whether the server gathers inserts of many clients before it writes; it answers when it has written",
            "true",
        )
        .or("false"),
    ]
}
