//! The sink type `influxdb`: line protocol over HTTP.

use super::http_keys::http_keys;
use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `influxdb`.
pub fn influxdb_sink_def() -> SinkDef {
    let mut keys = http_keys(r#""http://127.0.0.1:8086""#);
    keys.extend([
        KeyDef::new(
            "bucket",
            Type::Text,
            "the bucket, in version 1 the database",
            r#""shop""#,
        )
        .required(),
        KeyDef::new(
            "org",
            Type::Text,
            "the organisation; with it version 2 is spoken, without it version 1",
            r#""ops""#,
        ),
        KeyDef::new(
            "retention_policy",
            Type::Text,
            "the retention policy of the database, in version 1",
            r#""two_weeks""#,
        ),
        KeyDef::new(
            "create",
            Type::Bool,
            "whether it makes a database that is not there, in version 1",
            "true",
        )
        .or("false"),
    ]);
    keys.extend(line_keys());
    SinkDef {
        name: "influxdb",
        doc: "a server that takes line protocol: InfluxDB 1 and 2, VictoriaMetrics",
        example: "[sinks.influx]\ntype = \"influxdb\"\nurl = \"http://127.0.0.1:8086\"\nbucket = \"shop\"\n",
        takes: vec![RecordClass::Events, RecordClass::Logs, RecordClass::Metrics],
        formats: Vec::new(),
        keys,
        not_in_this_build: false,
    }
}

/// What decides on a line, whoever carries it.
pub(super) fn line_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "measurement",
            Type::Template,
            "the measurement of records; that of a metric is its name",
            r#""events""#,
        )
        .or(r#""{@target}""#),
        KeyDef::new(
            "tags",
            Type::List(Box::new(Type::Text)),
            "fields of records that are tags: of few different values, and searched for",
            r#"["tenant", "status"]"#,
        ),
    ]
}
