//! `clickhouse`, against Debian's server of 2018 over HTTP: what a program wrote is read back from tables.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::ask::must;
use common::relay::{Mode, Relay};
use common::servers::{self, CLICKHOUSE, Running};
use common::{Program, STREAM};
use rheostat_core::ledger::Cause;
use rheostat_sink_http::ClickHouseSinks;
use rheostat_testkit::contract::{self, Peer};
use rheostat_testkit::real;
use serde_json::{Value, json};

fn keys(address: &str, more: &str) -> String {
    format!("type = 'clickhouse'\nurl = 'http://{address}'\ntable = 'events'\n{more}\n")
}

/// Rows of a query, each a JSON object.
fn rows(server: &Running, query: &str) -> Vec<Value> {
    let text = server.sql(&format!("{query} FORMAT JSON"));
    let mut json: Value = serde_json::from_str(&text).unwrap();
    match json["data"].take() {
        Value::Array(rows) => rows,
        other => panic!("{other}"),
    }
}

#[test]
fn each_field_of_a_record_is_in_its_row() {
    if !real::have("clickhouse: each_field_of_a_record", &[CLICKHOUSE]) {
        return;
    }
    let server = servers::clickhouse();
    let columns = "create = true\ncolumns = { status = 'UInt16', took = { field = 'took.ms', type = 'Nullable(Float64)' } }";
    let rules = r#"
        [[rules]]
        name = "r"
        match = { target = "shop", event = "*" }
        stream = { sink = "s", span_fields = ["tenant", "user"] }
        "#;
    let program = Program::new(&keys(&server.address, columns), rules);
    program.run(|| {
        let span = tracing::info_span!(target: "web", "request", tenant = "acme", user = 7);
        let _in = span.enter();
        tracing::warn!(target: "shop", status = 404, took.ms = 1.5, paid = true, debt = -12.25, big = u64::MAX,
            text = "a\t\"b\"\n\\c ž", "not found");
        tracing::info!(target: "shop", status = "teapot", none = Option::<u8>::None, "odd");
    });
    program.flush();

    let all = rows(
        &server,
        "SELECT *, toUnixTimestamp(time) AS s FROM events ORDER BY seq",
    );
    assert_eq!(all.len(), 2);
    let first = &all[0];
    for (column, value) in [
        ("level", json!("warn")),
        ("target", json!("shop")),
        ("kind", json!("event")),
        ("message", json!("not found")),
        ("status", json!(404)),
        ("took", json!(1.5)),
        ("fields.key", json!(["paid", "debt", "big", "text"])),
        (
            "fields.value",
            json!(["true", "-12.25", "18446744073709551615", "a\t\"b\"\n\\c ž"]),
        ),
        ("spans", json!(["request"])),
        ("span_fields.key", json!(["request.tenant", "request.user"])),
        ("span_fields.value", json!(["acme", "7"])),
        ("rule", json!("r")),
        ("weight", json!(1)),
        ("file", json!(file!())),
        ("duration_ns", Value::Null),
    ] {
        assert_eq!(first[column], value, "{column}");
    }
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let seconds: u64 = first["s"].as_u64().unwrap();
    assert!(now.as_secs() - seconds < 120, "{first}");
    assert!(first["time_ns"].as_u64().unwrap() < 1_000_000_000);
    // What does not fit its column stays among the fields; nothing is lost of it.
    assert_eq!(all[1]["status"], json!(0));
    assert_eq!(all[1]["took"], Value::Null);
    assert_eq!(all[1]["fields.key"], json!(["status"]));
    assert_eq!(all[1]["fields.value"], json!(["teapot"]));
}

#[test]
fn metrics_are_rows_of_what_came_since_the_last() {
    if !real::have("clickhouse: metrics_are_rows", &[CLICKHOUSE]) {
        return;
    }
    let server = servers::clickhouse();
    let rules = r#"
        [metrics.took_seconds]
        kind = "histogram"
        buckets = [0.1, 1]
        [[rules]]
        match = { target = "shop", event = "*" }
        count = { metric = "orders_total", labels = ["country"] }
        histogram = { metric = "took_seconds", of = "took" }
        gauge = { metric = "depth", of = "depth" }
        "#;
    let more = "create = true\nmetrics_every = '1h'";
    let program = Program::new(&keys(&server.address, more), rules);
    let order = |country: &str, took: &str, depth: f64| {
        program.run(|| tracing::info!(target: "shop", country, took, depth));
    };
    order("cz", "62500us", 1.0);
    order("de", "500ms", 2.0);
    order("cz", "4s", -0.5);
    program.flush();
    order("cz", "62500us", 4.0);
    program.flush();

    let query = "SELECT name, kind, unit, labels.value AS l, value, count, sum, buckets.count AS b, \
                 length(buckets.bound) AS n FROM metrics WHERE name IN ('orders_total', 'took_seconds', 'depth') \
                 ORDER BY time, time_ns, name, l";
    let told: Vec<String> = rows(&server, query)
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {} {} {}",
                row["name"], row["l"], row["value"], row["count"], row["sum"], row["b"]
            )
        })
        .map(|line| line.replace('"', ""))
        .collect();
    assert_eq!(
        told,
        [
            "depth [] -0.5 0 0 []",
            "orders_total [cz] 2 2 0 []",
            "orders_total [de] 1 1 0 []",
            "took_seconds [] 3 3 4.5625 [1,1,1]",
            "depth [] 4 0 0 []",
            "orders_total [cz] 1 1 0 []",
            "took_seconds [] 1 1 0.0625 [1,0,0]",
        ]
    );
    let gaps = rows(
        &server,
        "SELECT min(time), max(start) FROM metrics WHERE name = 'orders_total' HAVING min(time) > max(start)",
    );
    assert!(gaps.is_empty(), "intervals follow one another: {gaps:?}");
}

/// Somebody else's table, in which rows stand as they came.
struct Table {
    server: Running,
    relay: Relay,
}

impl Table {
    fn new() -> Self {
        let server = servers::clickhouse();
        server.sql("CREATE TABLE events (time DateTime, kind String, number UInt64) ENGINE = Log");
        let relay = Relay::http(&server.address);
        Self { server, relay }
    }
}

impl Peer for Table {
    fn keys(&self) -> String {
        keys(&self.relay.address, "columns = { number = 'UInt64' }")
    }

    fn arrived(&mut self) -> Vec<u64> {
        // With more threads than one they would be read in another order than they came.
        let query = "SELECT number FROM events WHERE kind != 'gap' FORMAT TabSeparated";
        let text = must(&self.server.address, "POST", "/?max_threads=1", query);
        text.lines().map(|line| line.parse().unwrap()).collect()
    }

    fn stall(&mut self) {
        self.relay.set(Mode::Hang);
    }

    fn resume(&mut self) {
        self.relay.set(Mode::Pass);
    }

    fn leave(&mut self) {
        self.relay.leave();
    }

    fn come_back(&mut self) {
        self.relay.come_back();
    }
}

#[test]
fn it_keeps_the_contract() {
    if !real::have("clickhouse: it_keeps_the_contract", &[CLICKHOUSE]) {
        return;
    }
    contract::records(&(Arc::new(ClickHouseSinks) as _), Table::new);
}

const QUICK: &str = "create = true\nretry = { first = '5ms', max = '50ms' }\ntimeout = '1s'\nbatch = { every = '10ms' }";

fn answer(status: &str, headers: &str, body: &str) -> Mode {
    let length = body.len();
    Mode::Answer(format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    ))
}

#[test]
fn records_arrive_after_each_fault_of_a_server() {
    if !real::have("clickhouse: records_arrive_after_each_fault", &[CLICKHOUSE]) {
        return;
    }
    let server = servers::clickhouse();
    let relay = Relay::http(&server.address);
    let program = Program::new(&keys(&relay.address, QUICK), STREAM);
    let faults = [
        (
            "500",
            answer(
                "500 Internal Server Error",
                "",
                "Code: 241, e.displayText() = Memory limit",
            ),
            "Memory limit",
        ),
        (
            "429",
            answer("429 Too Many Requests", "Retry-After: 1\r\n", "slow down"),
            "slow down",
        ),
        ("reset", Mode::ResetMidBody, "cannot reach"),
        ("hang", Mode::Hang, "did not answer within 1 s"),
        (
            "drip",
            Mode::Drip(Duration::from_millis(100)),
            "did not answer within 1 s",
        ),
        (
            "login",
            answer("401 Unauthorized", "", "Code: 516. DB::Exception: no"),
            "401",
        ),
    ];
    for (at, (name, mode, said)) in faults.into_iter().enumerate() {
        relay.set(mode);
        program.run(|| tracing::info!(target: "shop", at, "during {name}"));
        program.kit.drain();
        real::eventually(name, || program.said().contains(said));
        relay.set(Mode::Pass);
        program.flush();
    }
    let messages =
        server.sql("SELECT DISTINCT message FROM events ORDER BY message FORMAT TabSeparated");
    let all: Vec<&str> = messages.lines().collect();
    assert_eq!(all.len(), 6, "{all:?}");
    assert_eq!(program.ended(Cause::Delivered), 6);
}

#[test]
fn a_table_that_is_dropped_is_made_again() {
    if !real::have("clickhouse: a_table_that_is_dropped", &[CLICKHOUSE]) {
        return;
    }
    let server = servers::clickhouse();
    let program = Program::new(&keys(&server.address, QUICK), STREAM);
    program.run(|| tracing::info!(target: "shop", "one"));
    program.flush();
    server.sql("DROP TABLE events");
    program.run(|| tracing::info!(target: "shop", "two"));
    program.flush();
    assert_eq!(server.sql("SELECT message FROM events"), "two\n");
}

#[test]
fn a_new_column_of_the_policy_is_added_to_the_table() {
    if !real::have("clickhouse: a_new_column_of_the_policy", &[CLICKHOUSE]) {
        return;
    }
    let server = servers::clickhouse();
    let program = Program::new(&keys(&server.address, QUICK), STREAM);
    program.run(|| tracing::info!(target: "shop", cents = 1, "one"));
    program.flush();
    let more = format!("{QUICK}\ncolumns = {{ cents = 'UInt32' }}");
    program.apply(&keys(&server.address, &more), STREAM);
    program.run(|| tracing::info!(target: "shop", cents = 2, "two"));
    program.flush();
    assert_eq!(
        server.sql("SELECT message, cents FROM events ORDER BY message"),
        "one\t0\ntwo\t2\n"
    );
}

#[test]
fn what_somebody_has_to_change_is_said_and_waited_for() {
    if !real::have("clickhouse: what_somebody_has_to_change", &[CLICKHOUSE]) {
        return;
    }
    let server = servers::clickhouse();
    let wait = |more: &str, said: &str| {
        let program = Program::new(&keys(&server.address, more), STREAM);
        program.run(|| tracing::info!(target: "shop", "one"));
        program.kit.drain();
        real::eventually(said, || program.said().contains(said));
        assert_eq!(program.ended(Cause::Destination), 0);
        program.said()
    };
    wait("batch = { every = '10ms' }", "`create = true` makes it");
    server.sql("CREATE TABLE events (time DateTime, level Enum8('info' = 1)) ENGINE = Log");
    wait(
        "batch = { every = '10ms' }",
        "cannot write the column `level`",
    );
    let login = "batch = { every = '10ms' }\nuser = 'joe'\npassword = { file = 'no' }";
    let refused = Program::new(&keys(&server.address, ""), STREAM);
    let policy = format!(
        "version = 1\n[sinks.s]\n{}\n{STREAM}",
        keys(&server.address, login)
    );
    assert!(
        refused.kit.apply(&policy).is_err(),
        "a secret that cannot be read is a finding"
    );
}
