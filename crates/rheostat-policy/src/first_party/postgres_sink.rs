//! The sink type `postgres`: rows of a table, over PostgreSQL's protocol.

use super::column_keys::{columns_key, create_key, table_keys};
use super::http_keys::tls;
use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `postgres`.
pub fn postgres_sink_def() -> SinkDef {
    let mut keys = server();
    keys.extend(table_keys());
    keys.extend(tables());
    SinkDef {
        name: "postgres",
        doc: "tables of a PostgreSQL, TimescaleDB or CrateDB server: a row for each record, a row for each series of a metric",
        example: "[sinks.lake]\ntype = \"postgres\"\naddress = \"127.0.0.1:5432\"\nuser = \"shop\"\n\
                  table = \"events\"\ncreate = true\ncolumns = { status = \"smallint\" }\n",
        takes: vec![RecordClass::Events, RecordClass::Logs, RecordClass::Metrics],
        formats: Vec::new(),
        keys,
        not_in_this_build: false,
    }
}

fn server() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "address",
            Type::OneOrMany(Box::new(Type::Address)),
            "host and port of the server, or of several of one cluster, of which the first that can be written to is taken",
            r#"["db-1:5432", "db-2:5432"]"#,
        )
        .required(),
        KeyDef::new("user", Type::Text, "who logs in", r#""shop""#).required(),
        KeyDef::new(
            "password",
            Type::Secret,
            "with which password",
            r#"{ env = "PASSWORD" }"#,
        ),
        KeyDef::new(
            "tls",
            Type::Table(tls()),
            "whom it trusts and who it is; with this key it speaks nothing but TLS, without it nothing but plain text",
            r#"{ ca = "ca.pem" }"#,
        ),
        KeyDef::new(
            "dialect",
            Type::Choice(&["postgres", "cratedb"]),
            "which SQL the server speaks: `cratedb` inserts, because CrateDB has no COPY from a client",
            r#""cratedb""#,
        )
        .or(r#""postgres""#),
        KeyDef::new(
            "database",
            Type::Text,
            "the database; absent: the one of the user's name",
            r#""shop""#,
        ),
        KeyDef::new(
            "schema",
            Type::Text,
            "the schema of both tables; absent: the first of the server's search path",
            r#""telemetry""#,
        ),
    ]
}

fn tables() -> Vec<KeyDef> {
    vec![
        create_key(),
        KeyDef::new(
            "hypertable",
            Type::Beside("create", Box::new(Type::OrFalse(Box::new(Type::Period)))),
            "whether tables that it makes become hypertables of TimescaleDB, with chunks of this length",
            r#""1d""#,
        )
        .or("false"),
        KeyDef::new(
            "ttl",
            Type::Beside("hypertable", Box::new(Type::OrFalse(Box::new(Type::Period)))),
            "how long a hypertable that it makes keeps its rows; `false`: for ever",
            r#""90d""#,
        )
        .or("false"),
        columns_key(
            r#""smallint""#,
            r#"{ status = "smallint", tenant = { field = "user.tenant", type = "varchar(40)" } }"#,
        ),
    ]
}
