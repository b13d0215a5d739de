//! The sink type `prometheus_remote_write`: metrics pushed to Prometheus and those like it.

use super::http_keys::http_keys;
use crate::vocabulary::{KeyDef, RecordClass, SinkDef, Type};

/// The definition of the sink type `prometheus_remote_write`.
pub fn remote_write_sink_def() -> SinkDef {
    let mut keys = http_keys(r#""http://127.0.0.1:9090/api/v1/write""#);
    // The protocol has its own way of packing.
    keys.retain(|key| key.name != "compression");
    keys.extend(own());
    SinkDef {
        name: "prometheus_remote_write",
        doc: "a server that takes Prometheus remote write: Prometheus, VictoriaMetrics, Mimir, Thanos",
        example: "[sinks.remote]\ntype = \"prometheus_remote_write\"\nurl = \"http://127.0.0.1:9090/api/v1/write\"\n",
        takes: vec![RecordClass::Metrics],
        formats: Vec::new(),
        keys,
        not_in_this_build: false,
    }
}

fn own() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "job",
            Type::Text,
            "the label `job`; absent: the program's own file's name",
            r#""shop""#,
        ),
        KeyDef::new(
            "instance",
            Type::Text,
            "the label `instance`, which no two programs that run at one time may share; absent: machine and process",
            r#""web-1:shop""#,
        ),
        KeyDef::new(
            "labels",
            Type::TextMap,
            "further labels of every series, unless it has one of that name; `replica` and `cluster` for receivers that deduplicate",
            r#"{ cluster = "eu-1", replica = "a" }"#,
        ),
        KeyDef::new(
            "histograms",
            Type::Choice(&["classic", "native", "both"]),
            "as a series for each bucket, as native histograms where the metric has exponential buckets, or as both",
            r#""native""#,
        )
        .or(r#""classic""#),
    ]
}
