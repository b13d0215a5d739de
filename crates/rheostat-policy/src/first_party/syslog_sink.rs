//! The sink type `syslog`: RFC 5424, over datagrams or connections.

use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

use super::http_keys::tls;

/// The definition of the sink type `syslog`.
pub fn syslog_sink_def() -> SinkDef {
    let mut keys = receiver();
    keys.extend(message());
    SinkDef {
        name: "syslog",
        doc: "a syslog daemon or collector, RFC 5424 with structured data",
        example: "[sinks.sys]\ntype = \"syslog\"\naddress = \"127.0.0.1:514\"\n",
        takes: vec![RecordClass::Events, RecordClass::Logs],
        formats: Vec::new(),
        keys,
        not_in_this_build: false,
    }
}

fn receiver() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "address",
            Type::EitherOr("path", Box::new(Type::Address)),
            "host and port of the receiver; either this or `path`",
            r#""127.0.0.1:514""#,
        ),
        KeyDef::new(
            "path",
            Type::EitherOr("address", Box::new(Type::Path)),
            "a datagram socket whose owner reads RFC 5424; either this or `address`",
            r#""/run/rsyslog.sock""#,
        ),
        KeyDef::new(
            "protocol",
            Type::Beside("address", Box::new(Type::Choice(&["udp", "tcp", "tls"]))),
            "how the receiver is spoken to: a datagram a message, or a stream in which each message has its length before it",
            r#""tcp""#,
        )
        .or(r#""udp""#),
        KeyDef::new(
            "tls",
            Type::Beside("address", Box::new(Type::Table(tls()))),
            "whom it trusts and who it is, with `protocol = \"tls\"`",
            r#"{ ca = "ca.pem" }"#,
        ),
    ]
}

fn message() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "facility",
            Type::Choice(FACILITIES),
            "what kind of program speaks",
            r#""local0""#,
        )
        .or(r#""user""#),
        KeyDef::new(
            "app_name",
            Type::Text,
            "what the program is called; absent: its own file's name",
            r#""shop""#,
        ),
        KeyDef::new(
            "hostname",
            Type::Text,
            "what the machine is called; absent: its own name",
            r#""web-1""#,
        ),
        KeyDef::new(
            "enterprise",
            Type::Integer(1, u32::MAX as i64),
            "the number behind the names of structured data; yours, if IANA gave you one",
            "32473",
        )
        .or("32473"),
        KeyDef::new(
            "max_size",
            Type::Size,
            "the most a message may have; absent: 2 KiB in a datagram, 8 KiB in a stream",
            r#""8KiB""#,
        ),
    ]
}

const FACILITIES: &[&str] = &[
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
];
