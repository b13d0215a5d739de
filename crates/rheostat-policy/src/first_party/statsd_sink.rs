//! The sink type `statsd`: metrics as lines in datagrams.

use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `statsd`.
pub fn statsd_sink_def() -> SinkDef {
    SinkDef {
        name: "statsd",
        doc: "a StatsD daemon or an agent that speaks it, over UDP or a Unix socket",
        example: "[sinks.stats]\ntype = \"statsd\"\naddress = \"127.0.0.1:8125\"\n",
        takes: vec![RecordClass::Metrics],
        formats: Vec::new(),
        keys: keys(),
        not_in_this_build: false,
    }
}

fn keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "address",
            Type::EitherOr("path", Box::new(Type::Address)),
            "host and port of the daemon, for UDP; either this or `path`",
            r#""127.0.0.1:8125""#,
        ),
        KeyDef::new(
            "path",
            Type::EitherOr("address", Box::new(Type::Path)),
            "the daemon's datagram socket; either this or `address`",
            r#""/var/run/datadog/dsd.socket""#,
        ),
        KeyDef::new(
            "dialect",
            Type::Choice(&["plain", "dogstatsd"]),
            "where labels go: into the name, which every daemon takes, or into tags",
            r#""dogstatsd""#,
        )
        .or(r#""plain""#),
        KeyDef::new(
            "prefix",
            Type::Text,
            "stands before each name as it is: letters, digits, `_`, `-` and `.`",
            r#""shop.""#,
        )
        .or(r#""""#),
        KeyDef::new(
            "histograms",
            Type::Choice(&["counters", "timers"]),
            "as an exact counter for each bucket, sum and count, or as one sampled timer for each bucket",
            r#""timers""#,
        )
        .or(r#""counters""#),
        KeyDef::new(
            "max_datagram",
            Type::Size,
            "how much is packed into a datagram; absent: 1432 bytes over UDP, 8 KiB over a socket",
            r#""8KiB""#,
        ),
    ]
}
