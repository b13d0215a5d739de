//! `opentsdb`, against VictoriaMetrics' listener, and answers with details as the protocol has them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Program;
use common::ask::must;
use common::relay::{Mode, Relay};
use common::servers::{self, VICTORIA};
use rheostat_testkit::real::{self, Need};
use serde_json::{Value, json};

const PYTHON: Need = Need::Module("http.server", "python3");

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
    let relay = Relay::http(&tsdb);
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

#[test]
fn a_refused_point_is_named_by_the_servers_reason_and_the_others_are_taken() {
    if !real::have("opentsdb: a_refused_point_is_named", &[PYTHON]) {
        return;
    }
    let server = servers::script("opentsdb.py");
    let rules = r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = [{ metric = "orders_total", labels = ["country"] }, { metric = "refused_total" }]
        "#;
    let program = Program::new(&keys(&server.address, ""), rules);
    program.run(|| {
        for country in ["cz", "de", "de"] {
            tracing::info!(target: "shop", country);
        }
    });
    program.flush();
    let held: Value = serde_json::from_str(&must(&server.address, "GET", "/points", "")).unwrap();
    let orders = held
        .as_array()
        .unwrap()
        .iter()
        .filter(|point| point["metric"] == "orders_total");
    let orders: Vec<_> = orders
        .map(|point| (&point["tags"]["country"], &point["value"]))
        .collect();
    assert_eq!(
        orders,
        [(&json!("cz"), &json!(1)), (&json!("de"), &json!(2))]
    );
    assert!(program.said().contains("no UID left"), "{}", program.said());
    let status = program.kit.queues().status();
    assert_eq!(status[0].points_refused, 1);
}

#[test]
fn points_that_a_server_has_no_time_for_are_sent_again() {
    if !real::have("opentsdb: points_that_a_server", &[PYTHON]) {
        return;
    }
    let server = servers::script("opentsdb.py");
    let relay = Relay::http(&server.address);
    let rules = r#"
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "orders_total" }
        "#;
    let more = "retry = { first = '5ms', max = '50ms' }\ntimeout = '1s'";
    let program = Program::new(&keys(&relay.address, more).replace("1h", "20ms"), rules);
    let body = "{\"error\":{\"code\":503}}";
    let length = body.len();
    let busy = Mode::Answer(format!(
        "HTTP/1.1 503 Busy\r\nContent-Length: {length}\r\n\r\n{body}"
    ));
    for (mode, said) in [
        (busy, "503"),
        (Mode::Hang, "did not answer within 1 s"),
        (Mode::ResetMidBody, "cannot reach"),
    ] {
        relay.set(mode);
        program.run(|| tracing::info!(target: "shop", "one"));
        real::eventually(said, || program.said().contains(said));
        relay.set(Mode::Pass);
        program.flush();
    }
    let held: Value = serde_json::from_str(&must(&server.address, "GET", "/points", "")).unwrap();
    let orders = held
        .as_array()
        .unwrap()
        .iter()
        .filter(|point| point["metric"] == "orders_total");
    let sum: f64 = orders.map(|point| point["value"].as_f64().unwrap()).sum();
    assert_eq!(sum, 3.0, "{held}");
}
