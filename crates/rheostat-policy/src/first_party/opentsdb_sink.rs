//! The sink type `opentsdb`: data points over HTTP.

use super::http_keys::http_keys;
use crate::vocabulary::{RecordClass, SinkDef};

/// The definition of the sink type `opentsdb`.
pub fn opentsdb_sink_def() -> SinkDef {
    SinkDef {
        name: "opentsdb",
        doc: "a server that takes OpenTSDB's `/api/put`",
        example: "[sinks.tsdb]\ntype = \"opentsdb\"\nurl = \"http://127.0.0.1:4242\"\n",
        takes: vec![RecordClass::Metrics],
        formats: Vec::new(),
        keys: http_keys(r#""http://127.0.0.1:4242""#),
        not_in_this_build: false,
    }
}
