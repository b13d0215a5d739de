//! The text that scrapers get, taken by VictoriaMetrics and read back number by number.
//!
//! Its other intakes that we speak to (remote write, line protocol, OpenTSDB) are in the tests of those sinks.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use rheostat_metrics::Format;
use rheostat_testkit::real::ask::{escaped, must};
use rheostat_testkit::real::servers::{self, VICTORIA};
use rheostat_testkit::real::{self, eventually};
use rheostat_testkit::{Kit, Mount};
use serde_json::Value;
use tracing::dispatcher;

const POLICY: &str = r#"
    version = 1
    [metrics.took_seconds]
    kind = "histogram"
    unit = "seconds"
    buckets = [0.5, 1]
    [[rules]]
    match = { target = "shop", event = "*" }
    count = { metric = "orders_total", labels = ["country"] }
    histogram = { metric = "took_seconds", of = "took", unit = "seconds" }
    gauge = { metric = "depth", of = "depth" }
    "#;

/// A series as text: its name, then its labels in their order.
fn shown(line: &Value) -> String {
    let labels = line["metric"].as_object().unwrap();
    let sorted: BTreeMap<_, _> = labels
        .iter()
        .filter(|(name, _)| *name != "__name__")
        .collect();
    let of = |(name, value): (&String, &Value)| format!(" {name}={}", value.as_str().unwrap());
    let labels: String = sorted.into_iter().map(of).collect();
    format!("{}{labels}", line["metric"]["__name__"].as_str().unwrap())
}

#[test]
fn victoriametrics_reads_what_a_scrape_shows() {
    if !real::have("victoriametrics_reads_what_a_scrape_shows", &[VICTORIA]) {
        return;
    }
    let kit = Kit::new([]);
    let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
    dispatcher::with_default(&dispatch, || {
        kit.must_apply(POLICY);
        kit.engine().installed();
        tracing::info!(target: "shop", country = "c\"z\\", took = 0.25, depth = 7);
        tracing::info!(target: "shop", country = "de", took = 0.75, depth = -2.5);
        tracing::info!(target: "shop", country = "de", took = 20.0, depth = 4);
    });
    let page = Format::Text.render(&kit.metrics());
    let (server, _) = servers::victoria();
    let at = &server.address;
    must(
        at,
        "POST",
        "/api/v1/import/prometheus",
        std::str::from_utf8(&page).unwrap(),
    );

    let query = format!(
        "/api/v1/export?match[]={}",
        escaped(r#"{__name__!~"rheostat.*"}"#)
    );
    let mut series = BTreeMap::new();
    eventually("what was taken can be read", || {
        must(at, "GET", "/internal/force_flush", "");
        let text = must(at, "GET", &query, "");
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        series = lines
            .map(|line| (shown(&line), line["values"][0].as_f64().unwrap()))
            .collect();
        series.len() >= 8
    });
    let wanted = [
        ("depth", 4.0),
        ("orders_total country=c\"z\\", 1.0),
        ("orders_total country=de", 2.0),
        ("took_seconds_bucket le=+Inf", 3.0),
        ("took_seconds_bucket le=0.5", 1.0),
        ("took_seconds_bucket le=1.0", 2.0),
        ("took_seconds_count", 3.0),
        ("took_seconds_sum", 21.0),
    ];
    let wanted = wanted.map(|(series, value)| (series.to_owned(), value));
    assert_eq!(series, BTreeMap::from(wanted));
}
