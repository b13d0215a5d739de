//! The sink type `clickhouse`: rows of a table, over HTTP.

use super::column_keys::{columns_key, create_key, table_keys};
use super::http_keys::http_keys;
use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `clickhouse`.
pub fn clickhouse_sink_def() -> SinkDef {
    let mut keys = http_keys(r#""http://127.0.0.1:8123""#);
    keys.extend(table_keys());
    keys.extend(its_own());
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

fn its_own() -> Vec<KeyDef> {
    vec![
        KeyDef::new("database", Type::Text, "the database of both", r#""shop""#).or(r#""default""#),
        create_key(),
        KeyDef::new(
            "ttl",
            Type::OrFalse(Box::new(Type::Period)),
            "how long a table that it makes keeps its rows; `false`: for ever",
            r#""90d""#,
        )
        .or(r#""30d""#),
        columns_key(
            r#""UInt16""#,
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
