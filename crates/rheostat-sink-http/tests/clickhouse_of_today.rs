//! `clickhouse`, against today's engine: it makes the table by the statement
//! that was sent and reads the very bytes that were sent.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::ask::must;
use common::relay::{Mode, Relay};
use common::servers::{self, CHDB, Running};
use common::{Program, STREAM};
use rheostat_testkit::real;
use serde_json::{Value, json};

fn keys(address: &str, more: &str) -> String {
    format!(
        "type = 'clickhouse'\nurl = 'http://{address}'\ntable = 'events'\ncreate = true\n{more}\n"
    )
}

fn rows(server: &Running, query: &str) -> Vec<Value> {
    let text = server.sql(&format!("{query} FORMAT JSON"));
    let mut json: Value = serde_json::from_str(&text).unwrap();
    match json["data"].take() {
        Value::Array(rows) => rows,
        other => panic!("{other}"),
    }
}

#[test]
fn todays_engine_reads_what_is_sent() {
    if !real::have("clickhouse_of_today: todays_engine_reads", &[CHDB]) {
        return;
    }
    let server = servers::script("chdb_reads.py");
    let relay = Relay::http(&server.address);
    let columns = "columns = { status = 'UInt16', tenant = { field = 'user.tenant', type = 'LowCardinality(String)' } }\n\
                   metrics_every = '1h'";
    let rules = r#"
        [metrics.took_seconds]
        kind = "histogram"
        buckets = [0.1, 1]
        [[rules]]
        name = "r"
        match = { target = "shop", event = "*" }
        stream = { sink = "s", span_fields = ["user"] }
        count = { metric = "orders_total", labels = ["status"] }
        histogram = { metric = "took_seconds", of = "took" }
        "#;
    let program = Program::new(&keys(&relay.address, columns), rules);
    program.run(|| {
        let span = tracing::info_span!(target: "web", "request", user = 7);
        let _in = span.enter();
        tracing::warn!(target: "shop", status = 404, user.tenant = "acme", took = 0.5, big = u64::MAX, "not found");
    });
    program.flush();
    // A request whose answer is lost comes again, and the engine knows it again.
    relay.set(Mode::ResetBeforeAnswer);
    program.run(|| tracing::info!(target: "shop", status = 200, "found"));
    program.kit.drain();
    real::eventually("the answer is lost", || {
        program.said().contains("cannot reach")
    });
    relay.set(Mode::Pass);
    program.flush();

    let all = rows(
        &server,
        "SELECT *, toUnixTimestamp64Nano(time) AS nanos FROM events ORDER BY time",
    );
    assert_eq!(all.len(), 2, "{all:?}");
    for (column, value) in [
        ("level", json!("warn")),
        ("message", json!("not found")),
        ("status", json!(404)),
        ("tenant", json!("acme")),
        (
            "fields",
            json!({ "took": "0.5", "big": "18446744073709551615" }),
        ),
        ("spans", json!(["request"])),
        ("span_fields", json!({ "request.user": "7" })),
        ("busy_ns", Value::Null),
    ] {
        assert_eq!(all[0][column], value, "{column}");
    }
    let metrics = rows(
        &server,
        "SELECT name, kind, labels, value, count, sum, `buckets.count` AS b, toString(`buckets.bound`) AS n \
         FROM metrics WHERE labels['status'] = '404' OR name = 'took_seconds' ORDER BY name",
    );
    assert_eq!(metrics[0]["labels"], json!({ "status": "404" }));
    assert_eq!(metrics[0]["value"], json!(1));
    assert_eq!(metrics[1]["n"], json!("[0.1,1,inf]"));
    assert_eq!(metrics[1]["sum"], json!(0.5));
    let made = must(&server.address, "POST", "/", "SHOW CREATE TABLE events");
    for part in [
        "DateTime64(9",
        "LowCardinality(String)",
        "TTL toDateTime(time)",
        "PARTITION BY toDate(time)",
    ] {
        assert!(made.contains(part), "{part}: {made}");
    }
    let inserts = relay.taken();
    let inserts: Vec<_> = inserts
        .iter()
        .filter(|taken| taken.path().contains("INSERT"))
        .collect();
    let bodies = |of: &str| {
        inserts
            .iter()
            .filter(|taken| taken.path().contains(of))
            .count()
    };
    assert!(
        bodies("`events`") >= 3 || bodies("%60events%60") >= 3,
        "the batch was sent again: {}",
        inserts.len()
    );
}

#[test]
fn a_column_whose_type_was_changed_is_written_as_what_it_is_now() {
    if !real::have("clickhouse_of_today: a_column_whose_type", &[CHDB]) {
        return;
    }
    let server = servers::script("chdb_reads.py");
    let quick = "columns = { status = 'UInt16' }\nbatch = { every = '10ms' }\nretry = { first = '5ms', max = '50ms' }";
    let program = Program::new(&keys(&server.address, quick), STREAM);
    program.run(|| tracing::info!(target: "shop", status = 1, "one"));
    program.flush();
    server.sql("DROP TABLE events");
    server.sql(
        "CREATE TABLE events (time DateTime64(3), message String, status UInt32) ENGINE = Memory",
    );
    program.run(|| tracing::info!(target: "shop", status = 2, "two"));
    program.kit.drain();
    program.flush();
    let all = rows(
        &server,
        "SELECT message, status FROM events ORDER BY message",
    );
    assert_eq!(all, [json!({ "message": "two", "status": 2 })]);
}
