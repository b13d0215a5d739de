//! The sink type `journald`: the journal of systemd, field by field.

use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `journald`.
pub fn journald_sink_def() -> SinkDef {
    SinkDef {
        name: "journald",
        doc: "the journal of systemd, with a field for each field",
        example: "[sinks.journal]\ntype = \"journald\"\n",
        takes: vec![RecordClass::Events, RecordClass::Logs],
        formats: Vec::new(),
        keys: vec![
            KeyDef::new(
                "identifier",
                Type::Text,
                "what the journal calls the program; absent: its own file's name",
                r#""shop""#,
            ),
            KeyDef::new(
                "prefix",
                Type::Text,
                "stands before the names of a record's own fields: a capital, then capitals, digits and `_`",
                r#""SHOP_""#,
            )
            .or(r#""F_""#),
            KeyDef::new(
                "path",
                Type::Path,
                "the journal's socket",
                r#""/run/systemd/journal.shop/socket""#,
            )
            .or(r#""/run/systemd/journal/socket""#),
        ],
        not_in_this_build: false,
    }
}
