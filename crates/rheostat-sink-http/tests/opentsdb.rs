//! `opentsdb`, against VictoriaMetrics' listener, and answers with details as the protocol has them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Program;
use common::relay::{Mode, Relay};
use common::servers::{self, VICTORIA};
use rheostat_testkit::real;
use serde_json::{Value, json};

fn keys(address: &str, more: &str) -> String {
    format!("type = 'opentsdb'\nurl = 'http://{address}'\nmetrics_every = '1h'\n{more}\n")
}

const RULES: &str = r#"
    [metrics.took_seconds]
    kind = "histogram"
    buckets = [0.5, 1]
    [[rules]]
    match = { target = "shop", event = "*" }
    count = { metric = "orders_total", labels = ["country"] }
    histogram = { metric = "took_seconds", of = "took" }
    gauge = { metric = "debt", of = "debt" }
    "#;

fn fire(program: &Program) {
    program.run(|| {
        tracing::info!(target: "shop", country = "cz, eu", took = 0.25, debt = -12.25);
        tracing::info!(target: "shop", country = "de", took = 4.0, debt = 3.5);
        tracing::info!(target: "shop", country = "de", took = 0.75, debt = 3.5);
    });
}

#[test]
fn victoriametrics_has_each_number() {
    if !real::have("opentsdb: victoriametrics_has_each_number", &[VICTORIA]) {
        return;
    }
    let (server, tsdb) = servers::victoria();
    let relay = Relay::before(&tsdb);
    let program = Program::new(&keys(&relay.address, "compression = 'gzip'"), RULES);
    fire(&program);
    program.flush();

    let all = servers::exported(&server.address, "{__name__!~\"rheostat.*\"}", 8);
    let all: Vec<(&str, &Value, f64)> = all
        .iter()
        .map(|(name, labels, value)| (&**name, labels, *value))
        .collect();
    let expected = [
        ("debt", json!({ "__name__": null, "sink": "s" }), 3.5),
        (
            "orders_total",
            json!({ "__name__": null, "country": "cz__eu" }),
            1.0,
        ),
        (
            "orders_total",
            json!({ "__name__": null, "country": "de" }),
            2.0,
        ),
        (
            "took_seconds.bucket",
            json!({ "__name__": null, "le": "0.5", "sink": "s" }),
            1.0,
        ),
        (
            "took_seconds.bucket",
            json!({ "__name__": null, "le": "1", "sink": "s" }),
            2.0,
        ),
        (
            "took_seconds.bucket",
            json!({ "__name__": null, "le": "inf", "sink": "s" }),
            3.0,
        ),
        (
            "took_seconds.count",
            json!({ "__name__": null, "sink": "s" }),
            3.0,
        ),
        (
            "took_seconds.sum",
            json!({ "__name__": null, "sink": "s" }),
            5.0,
        ),
    ];
    assert_eq!(all.len(), expected.len(), "{all:?}");
    for ((name, labels, value), expected) in all.iter().zip(&expected) {
        assert_eq!((*name, *value), (expected.0, expected.2));
        for (label, text) in expected.1.as_object().unwrap() {
            assert_eq!(&labels[label], text, "{name}");
        }
    }
    // The next interval counts from the last one.
    fire(&program);
    program.flush();
    let bodies = relay.taken();
    assert!(
        bodies
            .iter()
            .all(|taken| taken.path() == "/api/put?details")
    );
}

fn answer(status: &str, body: &Value) -> Mode {
    let body = body.to_string();
    let length = body.len();
    Mode::Answer(format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}

#[test]
fn a_refused_point_is_named_by_the_servers_reason_and_the_others_are_taken() {
    if !real::have("opentsdb: a_refused_point_is_named", &[VICTORIA]) {
        return;
    }
    let (_server, tsdb) = servers::victoria();
    let relay = Relay::before(&tsdb);
    let rules = r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "orders_total" }
        "#;
    let program = Program::new(
        &keys(&relay.address, "retry = { first = '5ms', max = '50ms' }"),
        rules,
    );
    relay.set(answer(
        "503 Service Unavailable",
        &json!({ "error": { "code": 503 } }),
    ));
    fire(&program);
    program.kit.drain();
    let flushed = program.kit.flush(std::time::Duration::from_millis(200));
    assert!(
        !flushed.is_complete() || program.said().contains("503"),
        "{}",
        program.said()
    );
    relay.set(Mode::Pass);
    program.flush();
    let sent: Value = serde_json::from_slice(&relay.taken().last().unwrap().body).unwrap();
    assert!(
        sent.as_array()
            .unwrap()
            .iter()
            .any(|point| point["metric"] == "orders_total" && point["value"] == 3)
    );
}
