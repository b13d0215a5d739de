//! `influxdb`, against Debian's InfluxDB 1, a strict stand-in for version 2, and VictoriaMetrics.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use common::ask::{escaped, must};
use common::relay::{Mode, Relay};
use common::servers::{self, INFLUXDB, Running, VICTORIA};
use common::{Program, STREAM};
use rheostat_core::ledger::Cause;
use rheostat_sink_http::InfluxDbSinks;
use rheostat_testkit::contract::{self, Peer};
use rheostat_testkit::real::{self, Need};
use serde_json::{Value, json};

const PYTHON: Need = Need::Module("http.server", "python3");

fn keys(address: &str, more: &str) -> String {
    format!("type = 'influxdb'\nurl = 'http://{address}'\nbucket = 'shop'\n{more}\n")
}

/// Rows of an InfluxQL query, each as an object, tags among the columns.
fn rows(address: &str, query: &str) -> Vec<Value> {
    let path = format!("/query?db=shop&epoch=ns&q={}", escaped(query));
    let answer: Value = serde_json::from_str(&must(address, "GET", &path, "")).unwrap();
    assert!(answer["results"][0]["error"].is_null(), "{answer}");
    let mut rows = Vec::new();
    for series in answer["results"][0]["series"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let columns = series["columns"].as_array().unwrap();
        for values in series["values"].as_array().unwrap() {
            let mut row = series["tags"].clone();
            if row.is_null() {
                row = json!({});
            }
            row["measurement"] = series["name"].clone();
            for (column, value) in columns.iter().zip(values.as_array().unwrap()) {
                row[column.as_str().unwrap()] = value.clone();
            }
            rows.push(row);
        }
    }
    rows
}

const RULES: &str = r#"
    [metrics.took_seconds]
    kind = "histogram"
    buckets = [0.5, 1]
    [[rules]]
    name = "r"
    match = { target = "shop", event = "*" }
    stream = { sink = "s", span_fields = ["user"] }
    count = { metric = "orders_total", labels = ["country"] }
    histogram = { metric = "took_seconds", of = "took" }
    gauge = { metric = "depth", of = "debt" }
    "#;

fn fire(program: &Program) {
    program.run(|| {
        let span = tracing::info_span!(target: "web", "request", user = 7);
        let _in = span.enter();
        tracing::warn!(target: "shop", country = "c z,=\\", took = 0.25, paid = true, debt = -12.25, big = u64::MAX,
            text = "a\t\"b\"\n\\c ž", level = "mine", "not found");
        tracing::info!(target: "shop", country = "de", took = 4.0, debt = 3.5, nan = f64::NAN, "odd");
    });
    program.flush();
}

#[test]
fn influxdb_1_gives_back_each_field_and_number() {
    if !real::have("influxdb: influxdb_1_gives_back", &[INFLUXDB]) {
        return;
    }
    let server = servers::influxdb();
    let more =
        "create = true\ntags = ['country']\nmeasurement = 'events-{@kind}'\nmetrics_every = '1h'";
    let program = Program::new(&keys(&server.address, more), RULES);
    let before = std::time::SystemTime::now();
    fire(&program);

    let all = rows(
        &server.address,
        "SELECT * FROM \"events-event\" ORDER BY time",
    );
    assert_eq!(all.len(), 2, "{all:?}");
    for (column, value) in [
        ("level", json!("warn")),
        ("target", json!("shop")),
        ("kind", json!("event")),
        ("rule", json!("r")),
        ("message", json!("not found")),
        ("country", json!("c z,=")),
        ("took", json!(0.25)),
        ("paid", json!(true)),
        ("debt", json!(-12.25)),
        ("big", json!("18446744073709551615")),
        ("text", json!("a\t\"b\"\n\\c ž")),
        ("level_", json!("mine")),
        ("request.user", json!(7)),
        ("spans", json!("request")),
        ("weight", json!(1)),
    ] {
        assert_eq!(all[0][column], value, "{column}");
    }
    let (shown, exact) = (
        all[0]["time"].as_u64().unwrap(),
        all[0]["time_ns"].as_u64().unwrap(),
    );
    assert_eq!(shown / 1000, exact / 1000);
    let fired = before
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_nanos();
    assert!(u128::from(exact) >= fired);
    assert_eq!(all[1]["country"], json!("de"));

    let counted = rows(
        &server.address,
        "SELECT sum(value) FROM orders_total GROUP BY country",
    );
    let counted: Vec<_> = counted
        .iter()
        .map(|row| (row["country"].clone(), row["sum"].clone()))
        .collect();
    assert_eq!(
        counted,
        [(json!("c z,="), json!(1)), (json!("de"), json!(1))]
    );
    let took = &rows(&server.address, "SELECT * FROM took_seconds")[0];
    for (column, value) in [
        ("count", 2.0),
        ("sum", 4.25),
        ("0.5", 1.0),
        ("1.0", 1.0),
        ("+Inf", 2.0),
    ] {
        assert_eq!(took[column].as_f64(), Some(value), "{column}: {took}");
    }
    let depth = &rows(&server.address, "SELECT value FROM depth")[0];
    assert_eq!(depth["value"], json!(3.5));
}

#[test]
fn records_of_one_moment_are_points_of_their_own() {
    if !real::have("influxdb: records_of_one_moment", &[INFLUXDB]) {
        return;
    }
    let server = servers::influxdb();
    let more = "create = true\nbatch = { records = 5000 }\nmeasurement = 'events'";
    let program = Program::new(&keys(&server.address, more), STREAM);
    program.run(|| {
        for number in 0..20_000_u64 {
            tracing::info!(target: "shop", number);
            if number % 64 == 0 {
                program.kit.drain();
            }
        }
    });
    program.flush();
    let counted = &rows(
        &server.address,
        "SELECT count(number), sum(number) FROM events",
    )[0];
    assert_eq!(counted["count"], json!(20_000));
    assert_eq!(counted["sum"], json!(20_000_u64 * 19_999 / 2));
}

#[test]
fn a_record_whose_type_a_server_refuses_goes_alone() {
    if !real::have("influxdb: a_record_whose_type", &[INFLUXDB]) {
        return;
    }
    let server = servers::influxdb();
    let folder = tempfile::tempdir().unwrap();
    let letters = folder.path().join("dead.jsonl");
    let more = format!(
        "create = true\nmeasurement = 'events'\ndead_letter = '{}'",
        letters.display()
    );
    let program = Program::new(&keys(&server.address, &more), STREAM);
    program.run(|| tracing::info!(target: "shop", cents = 1));
    program.flush();
    program.run(|| {
        for cents in 2..=9 {
            if cents == 5 {
                tracing::info!(target: "shop", cents = "five");
            }
            tracing::info!(target: "shop", cents);
        }
    });
    program.flush();
    let sum = &rows(
        &server.address,
        "SELECT count(cents), sum(cents) FROM events",
    )[0];
    assert_eq!((&sum["count"], &sum["sum"]), (&json!(9), &json!(45)));
    assert_eq!(program.ended(Cause::DeadLettered), 1);
    let letter = std::fs::read_to_string(letters).unwrap();
    assert!(
        letter.contains("\"cents\":\"five\"") && letter.contains("field type conflict"),
        "{letter}"
    );
}

#[test]
fn version_2_takes_each_line() {
    if !real::have("influxdb: version_2_takes_each_line", &[PYTHON]) {
        return;
    }
    let server = servers::script("influxdb2.py");
    let more = "org = 'ops'\ntags = ['country']\nmeasurement = 'events'\ncompression = 'gzip'\n\
                headers = { authorization = 'Token canary' }\nmetrics_every = '1h'";
    let program = Program::new(&keys(&server.address, more), RULES);
    fire(&program);
    let points: Value = serde_json::from_str(&must(&server.address, "GET", "/points", "")).unwrap();
    let points = points.as_array().unwrap();
    let of = |name: &str| {
        points
            .iter()
            .filter(|point| point["measurement"] == name)
            .collect::<Vec<_>>()
    };
    let events = of("events");
    assert_eq!(events.len(), 2, "{events:?}");
    let first = events[0];
    assert_eq!(first["tags"]["country"], json!("c z,="));
    assert_eq!(first["fields"]["text"], json!("a\t\"b\"\n\\c ž"));
    assert_eq!(first["fields"]["debt"], json!(-12.25));
    assert_eq!(first["fields"]["paid"], json!(true));
    assert_eq!(first["fields"]["request.user"], json!(7));
    assert_eq!(of("orders_total").len(), 2);
    assert_eq!(of("took_seconds")[0]["fields"]["+Inf"], json!(2));

    let wrong = "org = 'ops'\nheaders = { authorization = 'Token canary-wrong' }\nbatch = { every = '10ms' }";
    let program = Program::new(&keys(&server.address, wrong), STREAM);
    program.run(|| tracing::info!(target: "shop", "one"));
    program.kit.drain();
    real::eventually("the login is refused", || {
        program.said().contains("401 Unauthorized")
    });
}

#[test]
fn victoriametrics_reads_the_lines_too() {
    if !real::have("influxdb: victoriametrics_reads", &[VICTORIA]) {
        return;
    }
    let (server, _) = servers::victoria();
    let more = "only = ['metrics']\nmetrics_every = '1h'";
    let rules = RULES.replace("stream = { sink = \"s\", span_fields = [\"user\"] }", "");
    let program = Program::new(&keys(&server.address, more), &rules);
    program.run(|| tracing::info!(target: "shop", country = "cz", took = 0.25, debt = -12.25));
    program.flush();
    let all = servers::exported(&server.address, "{db=\"shop\",__name__!~\"rheostat.*\"}", 7);
    let all: Vec<_> = all
        .iter()
        .map(|(name, labels, value)| {
            (
                &**name,
                labels["country"].as_str().unwrap_or_default(),
                *value,
            )
        })
        .collect();
    let expected = [
        ("depth_value", "", -12.25),
        ("orders_total_value", "cz", 1.0),
        ("took_seconds_+Inf", "", 1.0),
        ("took_seconds_0.5", "", 1.0),
        ("took_seconds_1.0", "", 1.0),
        ("took_seconds_count", "", 1.0),
        ("took_seconds_sum", "", 0.25),
    ];
    assert_eq!(all, expected);
}

/// A database whose points come back in the order of their records' numbers.
struct Database {
    server: Running,
    relay: Relay,
}

impl Database {
    fn new() -> Self {
        let server = servers::influxdb();
        must(
            &server.address,
            "POST",
            "/query?q=CREATE%20DATABASE%20shop",
            "",
        );
        let relay = Relay::http(&server.address);
        Self { server, relay }
    }
}

impl Peer for Database {
    fn keys(&self) -> String {
        keys(&self.relay.address, "measurement = 'events'")
    }

    /// In the order of the requests that the server took: it keeps points by time.
    fn arrived(&mut self) -> Vec<u64> {
        let mut arrived = Vec::new();
        for taken in self.relay.taken() {
            for line in String::from_utf8_lossy(&taken.body).lines() {
                let number = line
                    .split_once(",number=")
                    .and_then(|(_, rest)| rest.split_once('i'));
                arrived.extend(number.and_then(|(number, _)| number.parse::<u64>().ok()));
            }
        }
        let counted = rows(&self.server.address, "SELECT count(number) FROM events");
        let counted = counted
            .first()
            .map_or(0, |row| row["count"].as_u64().unwrap());
        assert!(
            counted as usize <= arrived.len(),
            "{counted} of {}",
            arrived.len()
        );
        arrived
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
    if !real::have("influxdb: it_keeps_the_contract", &[INFLUXDB]) {
        return;
    }
    contract::records(&(Arc::new(InfluxDbSinks) as _), Database::new);
}

#[test]
fn records_arrive_after_each_fault_of_a_server() {
    if !real::have("influxdb: records_arrive_after_each_fault", &[INFLUXDB]) {
        return;
    }
    let mut database = Database::new();
    let more = "retry = { first = '5ms', max = '20ms' }\nbatch = { every = '5ms' }\ntimeout = '1s'";
    let program = Program::new(&format!("{}\n{more}", database.keys()), STREAM);
    let answer = |status: &str, more: &str| {
        let body = "{\"error\":\"engine: cache-max-memory-size exceeded\"}";
        Mode::Answer(format!(
            "HTTP/1.1 {status}\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    let faults = [
        (answer("500 Internal Server Error", ""), "500"),
        (answer("429 Too Many Requests", "Retry-After: 1\r\n"), "429"),
        (Mode::Hang, "did not answer within 1 s"),
        (Mode::ResetMidBody, "cannot reach"),
        (Mode::ResetBeforeAnswer, "cannot reach"),
        (
            Mode::Drip(std::time::Duration::from_millis(100)),
            "did not answer within 1 s",
        ),
    ];
    for (number, (mode, said)) in (0_u64..).zip(faults) {
        let before = program.kit.queues().status()[0].failures;
        database.relay.set(mode);
        program.run(|| tracing::info!(target: "shop", number));
        program.kit.drain();
        real::eventually(said, || {
            program.kit.queues().status()[0].failures > before && program.said().contains(said)
        });
        database.relay.set(Mode::Pass);
        program.flush();
    }
    let held = &rows(
        &database.server.address,
        "SELECT count(number), sum(number) FROM events",
    )[0];
    assert_eq!((&held["count"], &held["sum"]), (&json!(6), &json!(15)));
    assert_eq!(program.ended(Cause::Delivered), 6);
    assert!(database.arrived().len() >= 6);
}

#[test]
fn a_body_that_is_too_large_is_halved() {
    if !real::have("influxdb: a_body_that_is_too_large", &[INFLUXDB]) {
        return;
    }
    let server = servers::influxdb_with("max-body-size = 20000\n");
    let more = "create = true\nmeasurement = 'events'\nbatch = { every = '1s' }";
    let program = Program::new(&keys(&server.address, more), STREAM);
    program.run(|| {
        for number in 0..400_u64 {
            tracing::info!(target: "shop", number);
        }
    });
    program.flush();
    let held = &rows(&server.address, "SELECT count(number) FROM events")[0];
    assert_eq!(held["count"], json!(400));
    assert_eq!(program.ended(Cause::Delivered), 400);
}
