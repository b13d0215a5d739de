//! Sink types that the language knows and this build refuses.

use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

use RecordClass::{Events, Logs, Metrics};

fn url() -> KeyDef {
    KeyDef::new("url", Type::Url, "the server", r#""http://127.0.0.1:8123""#).required()
}

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

fn token() -> KeyDef {
    KeyDef::new(
        "token",
        Type::Secret,
        "with which token",
        r#"{ env = "TOKEN" }"#,
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
    let mut all = on_this_machine();
    all.extend(databases());
    all.extend(for_metrics());
    all
}

fn on_this_machine() -> Vec<SinkDef> {
    vec![
        later(
            "nats",
            "subjects of a NATS server",
            "[sinks.bus]\ntype = \"nats\"\naddress = \"127.0.0.1:4222\"\nsubject = \"shop.events\"\n",
            &[Events, Logs, Metrics],
            vec![
                address(),
                KeyDef::new("subject", Type::Template, "the subject", r#""shop.{kind}""#)
                    .required(),
                KeyDef::new(
                    "jetstream",
                    Type::Bool,
                    "whether publishes are acknowledged",
                    "true",
                )
                .or("false"),
                token(),
            ],
        ),
    ]
}

fn databases() -> Vec<SinkDef> {
    vec![
        later(
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
        ),
        later(
            "elasticsearch",
            "an index of an Elasticsearch or OpenSearch server",
            "[sinks.search]\ntype = \"elasticsearch\"\nurl = \"http://127.0.0.1:9200\"\nindex = \"events\"\n",
            &[Events, Logs],
            vec![
                url(),
                KeyDef::new("index", Type::Template, "the index", r#""events""#).required(),
                user(),
                password(),
            ],
        ),
    ]
}

fn for_metrics() -> Vec<SinkDef> {
    vec![
        later(
            "influxdb",
            "an InfluxDB server, line protocol",
            "[sinks.influx]\ntype = \"influxdb\"\nurl = \"http://127.0.0.1:8086\"\nbucket = \"shop\"\n",
            &[Events, Metrics],
            vec![
                url(),
                KeyDef::new("bucket", Type::Text, "the bucket or database", r#""shop""#).required(),
                KeyDef::new(
                    "org",
                    Type::Text,
                    "the organisation, for version 2",
                    r#""ops""#,
                ),
                token(),
            ],
        ),
        later(
            "opentsdb",
            "an OpenTSDB server",
            "[sinks.tsdb]\ntype = \"opentsdb\"\nurl = \"http://127.0.0.1:4242\"\n",
            &[Metrics],
            vec![url()],
        ),
    ]
}
