//! Sinks on this machine: standard output, files, sockets.

use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

const FORMATS_FOR_PEOPLE: [&str; 3] = ["pretty", "logfmt", "json"];
const FORMATS_FOR_DATA: [&str; 5] = ["json", "logfmt", "pretty", "compact", "cbor"];

fn local(
    name: &'static str,
    doc: &'static str,
    example: &'static str,
    keys: Vec<KeyDef>,
) -> SinkDef {
    SinkDef {
        name,
        doc,
        example,
        takes: vec![RecordClass::Events, RecordClass::Logs],
        formats: FORMATS_FOR_DATA.to_vec(),
        keys,
        not_in_this_build: false,
    }
}

fn address() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "address",
            Type::Address,
            "host and port of the reader",
            r#""127.0.0.1:5170""#,
        )
        .required(),
    ]
}

/// The definition of the sink type `stdout`.
pub fn stdout_sink_def() -> SinkDef {
    local(
        "stdout",
        "standard output; the sink `stdout` exists without being declared",
        "[sinks.stdout]\ntype = \"stdout\"\n",
        Vec::new(),
    )
}

/// The definition of the sink type `stderr`.
pub fn stderr_sink_def() -> SinkDef {
    SinkDef {
        formats: FORMATS_FOR_PEOPLE.to_vec(),
        ..local(
            "stderr",
            "standard error; the sink `stderr` exists without being declared",
            "[sinks.stderr]\ntype = \"stderr\"\n",
            Vec::new(),
        )
    }
}

/// The definition of the sink type `file`.
pub fn file_sink_def() -> SinkDef {
    local(
        "file",
        "a file, rotated by size and age, reopened when it is moved away",
        "[sinks.audit]\ntype = \"file\"\npath = \"var/audit.jsonl\"\n",
        vec![
            KeyDef::new("path", Type::OwnFile, "the file", r#""var/audit.jsonl""#).required(),
            KeyDef::new(
                "rotate",
                Type::Table(rotate()),
                "when a new file begins",
                r#"{ size = "100MB" }"#,
            ),
            KeyDef::new(
                "mode",
                Type::FileMode,
                "the permissions of a file that it creates, in octal",
                r#""0600""#,
            )
            .or(r#""0640""#),
        ],
    )
}

fn rotate() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "size",
            Type::Size,
            "a new file begins at this size",
            r#""100MB""#,
        ),
        KeyDef::new(
            "every",
            Type::Period,
            "a new file begins this often",
            r#""24h""#,
        ),
        KeyDef::new(
            "keep",
            Type::Integer(1, 100_000),
            "how many old files stay",
            "14",
        )
        .or("7"),
    ]
}

/// The definition of the sink type `unix`.
pub fn unix_sink_def() -> SinkDef {
    local(
        "unix",
        "a Unix socket that somebody else listens on",
        "[sinks.agent]\ntype = \"unix\"\npath = \"/run/agent.sock\"\n",
        vec![
            KeyDef::new("path", Type::Path, "the socket", r#""/run/agent.sock""#).required(),
            KeyDef::new(
                "datagram",
                Type::Bool,
                "whether it is a datagram socket, one record each",
                "true",
            )
            .or("false"),
        ],
    )
}

/// The definition of the sink type `tcp`.
pub fn tcp_sink_def() -> SinkDef {
    local(
        "tcp",
        "a TCP connection, one record a line",
        "[sinks.collector]\ntype = \"tcp\"\naddress = \"127.0.0.1:5170\"\n",
        address(),
    )
}

/// The definition of the sink type `udp`.
pub fn udp_sink_def() -> SinkDef {
    local(
        "udp",
        "UDP datagrams, one record each",
        "[sinks.collector]\ntype = \"udp\"\naddress = \"127.0.0.1:5170\"\n",
        address(),
    )
}
