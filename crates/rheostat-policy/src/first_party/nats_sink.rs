//! The sink type `nats`: messages of NATS, acknowledged where JetStream keeps them.

use super::http_keys::tls;
use super::influxdb_sink::line_keys;
use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `nats`.
pub fn nats_sink_def() -> SinkDef {
    let mut keys = server();
    keys.extend(subjects());
    keys.extend(jetstream());
    keys.extend(line_keys());
    SinkDef {
        name: "nats",
        doc: "subjects of a NATS server, core or JetStream",
        example: "[sinks.bus]\ntype = \"nats\"\naddress = \"127.0.0.1:4222\"\nsubject = \"shop.events\"\n",
        takes: vec![RecordClass::Events, RecordClass::Logs, RecordClass::Metrics],
        formats: vec!["json", "logfmt", "compact", "cbor", "line_protocol"],
        keys,
        not_in_this_build: false,
    }
}

fn server() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "address",
            Type::OneOrMany(Box::new(Type::Address)),
            "host and port of the server, or of several of one cluster, of which the first that answers is taken",
            r#"["nats-1:4222", "nats-2:4222"]"#,
        )
        .required(),
        KeyDef::new("user", Type::Text, "who logs in", r#""shop""#),
        KeyDef::new(
            "password",
            Type::Beside("user", Box::new(Type::Secret)),
            "with which password",
            r#"{ env = "PASSWORD" }"#,
        ),
        KeyDef::new(
            "token",
            Type::Secret,
            "with which token",
            r#"{ env = "TOKEN" }"#,
        ),
        KeyDef::new(
            "nkey",
            Type::Secret,
            "the seed of the key that it proves itself by: `SU…`",
            r#"{ env = "TOKEN" }"#,
        ),
        KeyDef::new(
            "credentials",
            Type::Secret,
            "the text of a `.creds` file: a JWT and the seed of its key",
            r#"{ env = "TOKEN" }"#,
        ),
        KeyDef::new(
            "tls",
            Type::Table(tls()),
            "whom it trusts and who it is; with this key it speaks nothing but TLS",
            r#"{ ca = "ca.pem" }"#,
        ),
    ]
}

fn subjects() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "subject",
            Type::Template,
            "the subject of a record; what a hole is filled with is a part of one token, in which nothing has a meaning",
            r#""shop.{@level}.{tenant}""#,
        )
        .required(),
        KeyDef::new(
            "metrics_subject",
            Type::Text,
            "the subject of metrics",
            r#""shop.metrics""#,
        )
        .or(r#""metrics""#),
    ]
}

fn jetstream() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "jetstream",
            Type::Bool,
            "whether a stream has to keep each message and say so before it counts as delivered",
            "true",
        )
        .or("false"),
        KeyDef::new(
            "create",
            Type::Beside("jetstream", Box::new(Type::Text)),
            "the name of the stream that it makes of these subjects if there is none of that name",
            r#""SHOP""#,
        ),
        KeyDef::new(
            "max_age",
            Type::Beside("create", Box::new(Type::OrFalse(Box::new(Type::Period)))),
            "how long a stream that it makes keeps messages; `false`: for ever",
            r#""7d""#,
        )
        .or(r#""30d""#),
        KeyDef::new(
            "max_bytes",
            Type::Beside("create", Box::new(Type::Size)),
            "how large a stream that it makes becomes, before the oldest messages go",
            r#""10GiB""#,
        ),
        KeyDef::new(
            "replicas",
            Type::Beside("create", Box::new(Type::Integer(1, 5))),
            "how many servers keep a stream that it makes",
            "3",
        )
        .or("1"),
    ]
}
