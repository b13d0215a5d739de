//! The sink type `elasticsearch`: documents by `_bulk`.

use super::http_keys::http_keys;
use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `elasticsearch`.
pub fn elasticsearch_sink_def() -> SinkDef {
    let mut keys = http_keys(r#""http://127.0.0.1:9200""#);
    keys.push(
        KeyDef::new(
            "index",
            Type::Template,
            "the index or data stream of a record",
            r#""events-{tenant}""#,
        )
        .required(),
    );
    SinkDef {
        name: "elasticsearch",
        doc: "indexes of an Elasticsearch or OpenSearch server",
        example: "[sinks.search]\ntype = \"elasticsearch\"\nurl = \"http://127.0.0.1:9200\"\nindex = \"events\"\n",
        takes: vec![RecordClass::Events, RecordClass::Logs],
        formats: Vec::new(),
        keys,
        not_in_this_build: false,
    }
}
