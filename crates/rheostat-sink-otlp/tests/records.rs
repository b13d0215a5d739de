//! Records as OTLP logs, field by field, as a decoder of the published messages reads them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;

use common::{Collector, GRPC, OTLP, Program, STREAM, WAYS};
use rheostat_sink_otlp::OtlpSinks;
use rheostat_testkit::contract::{self, Peer};
use rheostat_testkit::real;
use serde_json::{Value, json};

const RULES: &str = r#"
    [defaults]
    const_labels = { env = "test", tenant = "none" }
    redact = [{ field = "card", with = "text" }]
    [[rules]]
    name = "r"
    match = { target = "shop::*", event = "*" }
    stream = { sink = "s", span_fields = ["**"], class = "order.placed" }
    within = { span = "request" }
    [[rules]]
    name = "plain"
    match = { target = "shop", event = "*" }
    stream = { sink = "s" }
    [[rules]]
    name = "spans"
    match = { span = "request" }
    stream = { sink = "s" }
    [[rules]]
    name = "readable"
    match = { target = "lines", event = "*" }
    log = { sink = "s" }
    "#;

/// One record of each kind.
fn records() {
    tracing::warn!(
        target: "shop",
        small = -5_i64,
        large = u64::MAX,
        wide = i128::MAX,
        share = 0.25,
        odd = f64::INFINITY,
        done = true,
        who = "zo\u{eb} \"7\"",
        bytes = &b"\x00\xff"[..],
        card = "4242",
        tenant = "acme",
        "paid {}", 7
    );
    let request = tracing::info_span!("request", uri = "/cart", user = 7);
    request.in_scope(|| {
        let inner = tracing::info_span!("request", uri = "/inner");
        inner.in_scope(|| tracing::error!(target: "shop::orders", rows = 3));
    });
    tracing::debug!(target: "lines", { rule = "mine" }, "a line");
}

/// The records that arrive, in their order.
fn by(way: &str, more: &str) -> Vec<Value> {
    let collector = Collector::start();
    let program = Program::new(&format!("{}{more}", collector.keys(way)), RULES);
    program.run(records);
    program.flush();
    collector.assert_right();
    collector.logs()
}

fn attribute<'v>(log: &'v Value, name: &str) -> &'v Value {
    &log["attributes"][name]
}

fn assert_all(logs: &[Value]) {
    let scopes: Vec<&str> = logs
        .iter()
        .filter_map(|log| log["scope"].as_str())
        .collect();
    assert_eq!(scopes[..2], ["shop", "shop::orders"]);
    assert_eq!(scopes.len(), 5, "{scopes:?}");
    for log in logs {
        assert_eq!(log["resource"]["env"], json!(["string", "test"]));
        assert_eq!(log["time"], log["observed"]);
        assert!(log["time"].as_u64().unwrap() > 1_700_000_000_000_000_000);
        assert!(log["attributes"].get("env").is_none(), "once is enough");
    }
    let first = &logs[0];
    assert_eq!(
        (&first["severity"], &first["severity_text"]),
        (&json!(13), &json!("WARN"))
    );
    assert_eq!(first["body"], json!(["string", "paid 7"]));
    assert_eq!(first["event"], "", "what is only a place is no name");
    for (name, value) in [
        ("small", json!(["int", -5])),
        ("large", json!(["string", u64::MAX.to_string()])),
        ("wide", json!(["string", i128::MAX.to_string()])),
        ("share", json!(["double", 0.25])),
        ("odd", json!(["string", "Infinity"])),
        ("done", json!(["bool", true])),
        ("who", json!(["string", "zo\u{eb} \"7\""])),
        ("bytes", json!(["bytes", "00ff"])),
        ("card", json!(["string", "[redacted]"])),
        ("tenant", json!(["string", "acme"])),
        ("rheostat.rule", json!(["string", "plain"])),
    ] {
        assert_eq!(attribute(first, name), &value, "{name}");
    }
    let file = attribute(first, "code.file.path")[1].as_str().unwrap();
    assert!(file.ends_with("tests/records.rs"), "{file}");
    assert!(attribute(first, "code.line.number")[1].is_u64());
    assert!(attribute(first, "thread.name")[1].is_string());

    let inner = &logs[1];
    assert_eq!(inner["event"], "order.placed");
    assert_eq!(inner["severity_text"], "ERROR");
    assert_eq!(inner["body"], Value::Null);
    let names = json!(["list", [["string", "request"], ["string", "request"]]]);
    assert_eq!(attribute(inner, "rheostat.spans"), &names);
    assert_eq!(attribute(inner, "request.uri"), &json!(["string", "/cart"]));
    assert_eq!(
        attribute(inner, "request.uri_"),
        &json!(["string", "/inner"]),
        "no name twice"
    );
    assert_eq!(attribute(inner, "request.user"), &json!(["int", 7]));

    let span = logs.iter().find(|log| log["event"] == "request").unwrap();
    assert_eq!(
        attribute(span, "rheostat.span.phase"),
        &json!(["string", "close"])
    );
    assert!(
        attribute(span, "rheostat.span.duration_ns")[1]
            .as_u64()
            .unwrap()
            > 0
    );
    let rules: Vec<_> = logs
        .iter()
        .map(|log| attribute(log, "rheostat.rule")[1].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["plain", "r", "spans", "readable", "spans"]);

    let mut uids: Vec<_> = logs
        .iter()
        .map(|log| attribute(log, "log.record.uid"))
        .collect();
    uids.sort_by_key(|uid| uid.to_string());
    uids.dedup();
    assert_eq!(uids.len(), logs.len(), "each has a number of its own");
}

#[test]
fn a_collector_has_each_field_of_each_record() {
    if !real::have("a_collector_has_each_field_of_each_record", &[OTLP, GRPC]) {
        return;
    }
    for way in WAYS {
        assert_all(&by(way, ""));
        assert_all(&by(way, "compression = 'gzip'\n"));
    }
}

#[test]
fn lines_of_a_file_hold_the_same() {
    if !real::have("lines_of_a_file_hold_the_same", &[OTLP]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("otlp.jsonl");
    let sink = format!("path = '{}'\nmetrics_every = '1h'", path.display());
    let program = Program::new(&sink, RULES);
    program.run(records);
    program.flush();
    let read = real::python()
        .arg(common::script("read_lines.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut read = read.unwrap();
    let written = std::fs::read(&path).unwrap();
    read.stdin.take().unwrap().write_all(&written).unwrap();
    let output = read.wait_with_output().unwrap();
    assert!(output.status.success());
    let all: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let logs: Vec<Value> = all.into_iter().filter(|one| one["is"] == "log").collect();
    assert_all(&logs);
}

#[test]
fn a_request_has_its_headers_and_who_we_are() {
    if !real::have("a_request_has_its_headers_and_who_we_are", &[OTLP, GRPC]) {
        return;
    }
    let who = "headers = { x-tenant = 'shop' }\nuser = 'joe'\n";
    for way in WAYS {
        let collector = Collector::start();
        let program = Program::new(&format!("{}{who}", collector.keys(way)), STREAM);
        program.fire(0..1);
        program.flush();
        let request = collector.requests().remove(0);
        assert_eq!(request["x-tenant"], "shop");
        assert_eq!(request["authorization"], "Basic am9lOg==");
        assert!(
            request["user-agent"]
                .as_str()
                .unwrap()
                .contains("rheostat/")
        );
    }
}

#[test]
fn the_address_of_one_kind_is_that_of_the_collector() {
    if !real::have(
        "the_address_of_one_kind_is_that_of_the_collector",
        &[OTLP, GRPC],
    ) {
        return;
    }
    let collector = Collector::start();
    for path in ["", "/", "/v1/traces", "/v1/logs"] {
        let address = format!("{}{path}", collector.http);
        let program = Program::new(&common::keys("http", &address), STREAM);
        program.fire(0..1);
        program.flush();
    }
    assert_eq!(collector.numbers(), [0; 4]);
}

#[test]
fn constant_labels_are_those_of_the_policy_that_a_record_came_by() {
    let name = "constant_labels_are_those_of_the_policy_that_a_record_came_by";
    if !real::have(name, &[OTLP, GRPC]) {
        return;
    }
    let collector = Collector::start();
    let with = |env: &str| format!("[defaults]\nconst_labels = {{ env = '{env}' }}{STREAM}");
    let program = Program::new(&collector.keys("grpc"), &with("old"));
    program.fire(0..2);
    program.apply(&collector.keys("grpc"), &with("new"));
    program.fire(2..4);
    program.flush();
    let envs: Vec<Value> = collector
        .logs()
        .iter()
        .map(|log| log["resource"]["env"][1].clone())
        .collect();
    assert_eq!(envs, ["old", "old", "new", "new"]);
    collector.assert_right();
}

/// The collector, spoken to in one of the two ways.
struct At {
    collector: Collector,
    way: &'static str,
}

impl Peer for At {
    fn keys(&self) -> String {
        let way = self.way;
        let address = self.collector.at(way);
        format!("type = 'otlp'\nendpoint = 'http://{address}'\nprotocol = '{way}'")
    }

    fn arrived(&mut self) -> Vec<u64> {
        self.collector.numbers()
    }

    fn stall(&mut self) {
        self.collector.running.signal("STOP");
    }

    fn resume(&mut self) {
        self.collector.running.signal("CONT");
    }

    fn leave(&mut self) {
        self.collector.running.kill();
    }

    fn come_back(&mut self) {
        self.collector.running.start_again();
    }
}

#[test]
fn otlp_keeps_the_contract_for_records_by_grpc() {
    if real::have("otlp_keeps_the_contract_for_records_by_grpc", &[OTLP, GRPC]) {
        keeps_the_contract("grpc");
    }
}

#[test]
fn otlp_keeps_the_contract_for_records_by_http() {
    if real::have("otlp_keeps_the_contract_for_records_by_http", &[OTLP, GRPC]) {
        keeps_the_contract("http");
    }
}

fn keeps_the_contract(way: &'static str) {
    let sinks: Arc<dyn rheostat_core::sink::SinkFactory> = Arc::new(OtlpSinks);
    contract::records(&sinks, || At {
        collector: Collector::start(),
        way,
    });
}
