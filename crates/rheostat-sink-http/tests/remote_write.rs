//! `prometheus_remote_write`, queried back from Prometheus and from VictoriaMetrics, number by number.

mod common;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rheostat_sink_http::RemoteWriteSinks;
use rheostat_testkit::contract::{self, MetricsPeer};
use rheostat_testkit::real::{self, eventually};
use serde_json::Value;

use common::Program;
use common::ask::{escaped, must};
use common::relay::{Mode, Relay};
use common::servers::{self, PROMETHEUS, VICTORIA};

const RULES: &str = r#"
    [metrics.took_seconds]
    kind = "histogram"
    unit = "seconds"
    help = "how long orders take"
    [[rules]]
    match = { target = "shop", event = "*" }
    count = { metric = "orders_total", labels = ["country"] }
    histogram = { metric = "took_seconds", of = "took" }
    gauge = { metric = "depth", of = "depth", labels = ["country"] }
    "#;

/// A program that tells of metrics whenever it is flushed.
fn program(address: &str, more: &str) -> Program {
    Program::new(
        &format!(
            "type = 'prometheus_remote_write'\nurl = 'http://{address}/api/v1/write'\n\
             job = 'shop'\ninstance = 'i1'\nlabels = {{ replica = 'a', country = 'none' }}\n\
             metrics_every = '1h'\nretry = {{ first = '5ms', max = '50ms' }}\n{more}"
        ),
        RULES,
    )
}

fn order(country: &str, took: Duration, depth: f64) {
    let took = format!("{took:?}");
    tracing::info!(target: "shop", country, took, depth);
}

fn some_orders(program: &Program) {
    program.run(|| {
        order("se", Duration::from_millis(250), 4.0);
        order("de", Duration::from_millis(500), -2.5);
        order("se", Duration::from_millis(750), 7.0);
    });
    program.flush();
    program.run(|| order("se", Duration::from_secs(20), 7.0));
    program.flush();
}

/// What PromQL says now: the labels of each series, but for its name, with its value.
fn query(address: &str, expression: &str) -> Vec<(Value, f64)> {
    // A moment ahead, in which the samples just written are there.
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    let at = (now + Duration::from_secs(1)).as_secs_f64();
    let path = format!("/api/v1/query?query={}&time={at}", escaped(expression));
    let answer: Value = serde_json::from_str(&must(address, "GET", &path, "")).expect("JSON");
    let result = answer["data"]["result"].as_array().expect("series").clone();
    result
        .into_iter()
        .map(|series| {
            let value = series["value"][1].as_str().expect("a value");
            (series["metric"].clone(), value.parse().expect("a number"))
        })
        .collect()
}

fn number(address: &str, expression: &str) -> f64 {
    let found = query(address, expression);
    let [(_, value)] = &found[..] else {
        panic!("{expression}: {found:?}")
    };
    *value
}

#[test]
fn prometheus_has_each_number_under_each_label() {
    if !real::have("prometheus_has_each_number_under_each_label", &[PROMETHEUS]) {
        return;
    }
    let server = servers::prometheus();
    let program = program(&server.address, "");
    some_orders(&program);
    let at = |expression: &str| number(&server.address, expression);
    let ours = r#"job="shop",instance="i1",replica="a""#;
    assert_eq!(at(&format!(r#"orders_total{{{ours},country="se"}}"#)), 3.0);
    assert_eq!(at(&format!(r#"orders_total{{{ours},country="de"}}"#)), 1.0);
    assert_eq!(at(r#"depth{country="se"}"#), 7.0);
    assert_eq!(at(r#"depth{country="de"}"#), -2.5);
    assert_eq!(at("took_seconds_count"), 4.0);
    assert_eq!(at("took_seconds_sum"), 21.5);
    for (le, count) in [
        ("0.25", 1.0),
        ("0.5", 2.0),
        ("1.0", 3.0),
        ("10.0", 3.0),
        ("+Inf", 4.0),
    ] {
        assert_eq!(
            at(&format!(r#"took_seconds_bucket{{le="{le}"}}"#)),
            count,
            "{le}"
        );
    }
    let all = query(&server.address, "took_seconds_count");
    assert_eq!(
        all[0].0["country"], "none",
        "a further label, where a series has none itself"
    );
}

#[test]
fn prometheus_takes_quantiles_of_native_histograms() {
    if !real::have(
        "prometheus_takes_quantiles_of_native_histograms",
        &[PROMETHEUS],
    ) {
        return;
    }
    let server = servers::prometheus();
    let program = program(&server.address, "histograms = 'native'");
    some_orders(&program);
    let at = |expression: &str| number(&server.address, expression);
    assert_eq!(at("histogram_count(took_seconds)"), 4.0);
    assert_eq!(at("histogram_sum(took_seconds)"), 21.5);
    for (quantile, exact) in [(0.25, 0.25), (0.5, 0.5), (0.75, 0.75), (1.0, 20.0)] {
        let found = at(&format!("histogram_quantile({quantile}, took_seconds)"));
        // Eight buckets to a power of two.
        assert!((found / exact - 1.0).abs() < 0.1, "{quantile}: {found}");
    }
    assert!(query(&server.address, "took_seconds_bucket").is_empty());
}

#[test]
fn a_series_that_left_is_gone_at_once() {
    if !real::have("a_series_that_left_is_gone_at_once", &[PROMETHEUS]) {
        return;
    }
    let server = servers::prometheus();
    let sink = format!(
        "type = 'prometheus_remote_write'\nurl = 'http://{}'\nmetrics_every = '1h'",
        server.address
    );
    let program = Program::new(&sink, RULES);
    some_orders(&program);
    assert_eq!(query(&server.address, "orders_total").len(), 2);
    program.apply(
        &sink,
        &RULES
            .replace("took_seconds", "new_seconds")
            .replace("orders_total", "new_total"),
    );
    program.run(|| order("se", Duration::from_millis(250), 4.0));
    program.flush();
    assert_eq!(number(&server.address, "new_total"), 1.0);
    for gone in [
        "orders_total",
        "took_seconds_bucket",
        "took_seconds_sum",
        "took_seconds_count",
    ] {
        let left = query(&server.address, gone);
        assert!(left.is_empty(), "{left:?}");
    }
    assert_eq!(
        query(&server.address, "depth").len(),
        2,
        "what stayed is still there"
    );
}

/// How many values a line of VictoriaMetrics' export has.
fn values_in(line: &str) -> usize {
    let line: Value = serde_json::from_str(line).expect("JSON");
    line["values"].as_array().map_or(0, Vec::len)
}

#[test]
fn victoria_metrics_has_each_number_under_each_label() {
    let name = "victoria_metrics_has_each_number_under_each_label";
    if !real::have(name, &[VICTORIA]) {
        return;
    }
    let (server, _) = servers::victoria();
    let program = program(&server.address, "");
    some_orders(&program);
    let path = format!("/api/v1/export?match[]={}", escaped(r#"{job="shop"}"#));
    let mut text = String::new();
    eventually("what was written can be read", || {
        must(&server.address, "GET", "/internal/force_flush", "");
        text = must(&server.address, "GET", &path, "");
        // It shows one write before the other; `orders_total` of both countries was in each.
        let of_orders = text.lines().filter(|line| line.contains("orders_total"));
        of_orders.filter(|line| values_in(line) == 2).count() == 2
    });
    let series: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let values = |name: &str, country: &str| {
        let of = |one: &&Value| {
            let labels = &one["metric"];
            labels["__name__"] == name && labels["country"] == country && labels["instance"] == "i1"
        };
        let found = series
            .iter()
            .find(of)
            .unwrap_or_else(|| panic!("{name}: {text}"));
        found["values"]
            .as_array()
            .expect("values")
            .iter()
            .filter_map(Value::as_f64)
            .collect::<Vec<_>>()
    };
    assert_eq!(values("orders_total", "se"), [2.0, 3.0]);
    assert_eq!(values("orders_total", "de"), [1.0, 1.0]);
    assert_eq!(values("depth", "se"), [7.0, 7.0]);
    assert_eq!(values("depth", "de"), [-2.5, -2.5]);
    assert_eq!(values("took_seconds_count", "none"), [3.0, 4.0]);
    assert_eq!(values("took_seconds_sum", "none"), [1.5, 21.5]);
}

/// An answer as a server would give it.
fn answer(status: &str, header: &str, body: &str) -> Mode {
    Mode::Answer(format!(
        "HTTP/1.1 {status}\r\n{header}content-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn what_is_out_of_order_is_refused_and_not_tried_again() {
    let relay = Relay::http("127.0.0.1:1");
    relay.set(answer("400 Bad Request", "", "out of order sample"));
    let program = program(&relay.address, "");
    program.run(|| order("se", Duration::from_millis(250), 4.0));
    program.flush();
    let status = program.kit.queues().status().remove(0);
    assert!(status.up, "a server that refuses is there");
    assert!(status.points_refused >= 3, "{}", status.points_refused);
    let seen = relay.seen();
    // Halving until each stands alone takes no more than twice as many requests.
    assert!(seen <= 2 * status.points_refused, "{seen} requests");
}

#[test]
fn faults_are_tried_again_until_the_numbers_are_there() {
    let name = "faults_are_tried_again_until_the_numbers_are_there";
    if !real::have(name, &[PROMETHEUS]) {
        return;
    }
    let server = servers::prometheus();
    let mut relay = Relay::http(&server.address);
    let program = program(&relay.address, "timeout = '1s'");
    let faults = [
        answer("429 Too Many Requests", "retry-after: 0\r\n", "slow down"),
        answer("503 Service Unavailable", "", "not now"),
        Mode::Hang,
        Mode::ResetMidBody,
        Mode::ResetBeforeAnswer,
    ];
    let mut orders = 0;
    for fault in faults {
        relay.set(fault.clone());
        let before = relay.seen();
        program.run(|| order("se", Duration::from_millis(250), 4.0));
        orders += 1;
        assert!(
            !program.kit.flush(Duration::from_millis(200)).is_complete(),
            "{fault:?}"
        );
        assert!(relay.seen() > before, "{fault:?}");
        relay.set(Mode::Pass);
        program.flush();
        assert_eq!(
            number(&server.address, "orders_total"),
            f64::from(orders),
            "{fault:?}"
        );
    }
    relay.leave();
    program.run(|| order("se", Duration::from_millis(250), 4.0));
    assert!(!program.kit.flush(Duration::from_millis(200)).is_complete());
    relay.come_back();
    program.flush();
    assert_eq!(
        number(&server.address, "orders_total"),
        f64::from(orders + 1)
    );
    assert_eq!(
        number(&server.address, "took_seconds_count"),
        f64::from(orders + 1)
    );
}

#[test]
fn a_server_that_wants_to_be_left_alone_is() {
    let relay = Relay::http("127.0.0.1:1");
    relay.set(answer(
        "429 Too Many Requests",
        "retry-after: 3600\r\n",
        "slow down",
    ));
    let program = program(&relay.address, "");
    program.run(|| order("se", Duration::from_millis(250), 4.0));
    eventually("it was asked", || {
        program.kit.flush(Duration::from_millis(100));
        relay.seen() > 0
    });
    for _ in 0..5 {
        program.kit.flush(Duration::from_millis(50));
    }
    assert_eq!(relay.seen(), 1);
}

#[test]
fn a_server_that_hangs_for_twice_the_timeout_gets_the_totals_after() {
    let name = "a_server_that_hangs_for_twice_the_timeout_gets_the_totals_after";
    if !real::have(name, &[PROMETHEUS]) {
        return;
    }
    let server = servers::prometheus();
    let program = program(&server.address, "timeout = '1s'");
    program.run(|| order("se", Duration::from_millis(250), 4.0));
    program.flush();
    server.signal("STOP");
    program.run(|| order("se", Duration::from_millis(250), 5.0));
    assert!(!program.kit.flush(Duration::from_secs(2)).is_complete());
    server.signal("CONT");
    program.run(|| order("se", Duration::from_millis(250), 6.0));
    program.flush();
    program.flush();
    assert_eq!(number(&server.address, "orders_total"), 3.0);
    assert_eq!(number(&server.address, r#"depth{country="se"}"#), 6.0);
    let status = program.kit.queues().status().remove(0);
    assert_eq!(status.points_refused, 0, "a repeated report does no harm");
}

/// Prometheus behind a relay, which can go away.
struct Receiver {
    server: servers::Running,
    relay: Relay,
}

impl Receiver {
    fn new() -> Self {
        let server = servers::prometheus();
        let relay = Relay::http(&server.address);
        Self { server, relay }
    }
}

impl MetricsPeer for Receiver {
    fn keys(&self) -> String {
        let url = format!("url = 'http://{}'", self.relay.address);
        format!("type = 'prometheus_remote_write'\n{url}")
    }

    fn counted(&mut self) -> u64 {
        let found = query(&self.server.address, "contract_total");
        found.iter().map(|(_, value)| *value as u64).sum()
    }

    fn leave(&mut self) {
        self.relay.leave();
    }

    fn come_back(&mut self) {
        self.relay.come_back();
    }
}

#[test]
fn remote_write_keeps_the_contract() {
    if !real::have("remote_write_keeps_the_contract", &[PROMETHEUS]) {
        return;
    }
    contract::counts(Arc::new(RemoteWriteSinks), &mut Receiver::new());
    contract::lost_metrics_peer(Arc::new(RemoteWriteSinks), &mut Receiver::new());
    contract::last_report(Arc::new(RemoteWriteSinks), &mut Receiver::new());
}
