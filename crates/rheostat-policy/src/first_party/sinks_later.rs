//! Sink types that the language knows and this build refuses.

use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

use RecordClass::{Events, Metrics};

fn address() -> KeyDef {
    KeyDef::new(
        "address",
        Type::Address,
        "host and port of the server",
        r#""127.0.0.1:8125""#,
    )
    .required()
}

fn table() -> KeyDef {
    KeyDef::new(
        "table",
        Type::Text,
        "the table that rows go to",
        r#""events""#,
    )
    .required()
}

fn user() -> KeyDef {
    KeyDef::new("user", Type::Text, "who logs in", r#""shop""#)
}

fn password() -> KeyDef {
    KeyDef::new(
        "password",
        Type::Secret,
        "with which password",
        r#"{ env = "PASSWORD" }"#,
    )
}

fn later(
    name: &'static str,
    doc: &'static str,
    example: &'static str,
    takes: &[RecordClass],
    keys: Vec<KeyDef>,
) -> SinkDef {
    SinkDef {
        name,
        doc,
        example,
        takes: takes.to_vec(),
        formats: Vec::new(),
        keys,
        not_in_this_build: true,
    }
}

/// The definitions of the sink types that later builds bring.
pub fn later_sink_defs() -> Vec<SinkDef> {
    databases()
}

fn databases() -> Vec<SinkDef> {
    vec![later(
        "postgres",
        "a table of a PostgreSQL, TimescaleDB or CrateDB server",
        "[sinks.lake]\ntype = \"postgres\"\naddress = \"127.0.0.1:5432\"\ntable = \"events\"\n",
        &[Events, Metrics],
        vec![
            address(),
            table(),
            KeyDef::new("database", Type::Text, "the database", r#""shop""#),
            user(),
            password(),
        ],
    )]
}
