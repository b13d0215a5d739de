//! CrateDB, which could not be had: a strict stand-in in Python, written from its documentation, says what came.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::{POSTGRES, Program, QUICK, STREAM};
use rheostat_core::ledger::Cause;
use rheostat_testkit::real::{self, Need, Server, eventually, free_port, python};
use serde_json::{Value, json};

const PYTHON: Need = Need::Module("socketserver", "python3");

/// The stand-in; `psql` asks it what it has.
struct Crate {
    port: u16,
    _server: Server,
}

impl Crate {
    fn start() -> Self {
        let port = free_port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/py/cratedb.py");
        let mut command = python();
        command.arg(script).arg(port.to_string());
        let server = Server::start(command.stdout(Stdio::null()));
        let it = Self {
            port,
            _server: server,
        };
        eventually("the stand-in answers", || it.ask("SELECT 1").is_some());
        it
    }

    fn ask(&self, what: &str) -> Option<String> {
        let output = Command::new("psql")
            .args([
                "-X",
                "-A",
                "-t",
                "-h",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
            ])
            .args(["-U", "test", "-d", "control", "-c", what])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| text.trim_end().to_owned())
    }

    fn show(&self, what: &str) -> Value {
        serde_json::from_str(&self.ask(&format!("SHOW {what}")).unwrap()).unwrap()
    }

    fn rows(&self, table: &str) -> Vec<Value> {
        self.show(&format!("rows {table}"))
            .as_array()
            .unwrap()
            .clone()
    }

    fn numbers(&self) -> Vec<u64> {
        let rows = self.rows("events");
        rows.iter()
            .filter_map(|row| row["number"].as_u64())
            .collect()
    }

    fn keys(&self) -> String {
        format!(
            "address = '127.0.0.1:{}'\nuser = 'crate'\npassword = {{ env = 'GOOD' }}\ndialect = 'cratedb'\n\
             table = 'events'\ncreate = true",
            self.port
        )
    }
}

fn have(test: &str) -> bool {
    real::have(test, &[PYTHON, POSTGRES])
}

#[test]
fn records_and_metrics_come_by_inserts_of_many_rows() {
    if !have("postgres: cratedb: records_and_metrics") {
        return;
    }
    let server = Crate::start();
    let rules = r#"
        [metrics.took_seconds]
        kind = "histogram"
        buckets = [0.1, 1]
        [[rules]]
        name = "r"
        match = { target = "shop", event = "*" }
        stream = { sink = "s", span_fields = ["tenant"] }
        histogram = { metric = "took_seconds", of = "took.s" }
        "#;
    let more = "columns = { status = 'smallint' }\nmetrics_every = '1h'";
    let program = Program::new(&format!("{}\n{more}", server.keys()), rules);
    program.run(|| {
        let span = tracing::info_span!(target: "web", "req\"uest", tenant = "a\\c");
        let _in = span.enter();
        tracing::info!(target: "shop", status = 404, took.s = 0.5, big = u64::MAX, text = "a\t'b'\0\n$1", "no");
        tracing::info!(target: "shop", status = 70_000, took.s = 4.0, "no");
    });
    program.flush();
    let mut rows = server.rows("events");
    assert_eq!(rows.len(), 2);
    let first = rows[0].as_object_mut().unwrap();
    let nanos = first["time_ns"].as_u64().unwrap();
    assert_eq!(first["time"].as_u64().unwrap() % 1000, nanos / 1_000_000);
    for (column, value) in [
        ("level", json!("info")),
        ("message", json!("no")),
        ("status", json!(404)),
        (
            "fields",
            json!({ "took_s": 0.5, "big": "18446744073709551615", "text": "a\t'b'␀\n$1" }),
        ),
        ("spans", json!(["req\"uest"])),
        ("span_fields", json!({ "req\"uest_tenant": "a\\c" })),
        ("weight", json!(1.0)),
        ("duration_ns", Value::Null),
    ] {
        assert_eq!(first[column], value, "{column}");
    }
    assert_eq!(rows[1]["status"], Value::Null);
    assert_eq!(rows[1]["fields"]["status"], json!(70_000));
    let metrics = server.rows("metrics");
    let took = metrics
        .iter()
        .find(|row| row["name"] == "took_seconds")
        .unwrap();
    assert_eq!((&took["count"], &took["sum"]), (&json!(2), &json!(4.5)));
    assert_eq!(took["bucket_bounds"], json!([0.1, 1.0, "inf"]));
    assert_eq!(took["bucket_counts"], json!([0, 1, 1]));
    let inserts = server.show("statements");
    let inserts = inserts.as_array().unwrap().iter();
    let inserts = inserts.filter(|sql| sql.as_str().unwrap().starts_with("INSERT INTO \"events\""));
    assert_eq!(inserts.count(), 1);
}

#[test]
fn what_was_taken_by_half_or_not_answered_is_there_once() {
    if !have("postgres: cratedb: what_was_taken_by_half") {
        return;
    }
    let server = Crate::start();
    let more = "columns = { number = 'bigint' }\nonly = ['events']\nbatch = { records = 4000, every = '10ms' }\n\
                retry = { first = '5ms', max = '50ms' }";
    let program = Program::new(&format!("{}\n{more}", server.keys()), STREAM);
    let mut fired = 0_u64;
    for fault in ["half", "lost", "breaker", "half"] {
        server.ask(&format!("SET fault {fault}")).unwrap();
        program.run(|| {
            for number in fired..fired + 2_000 {
                tracing::info!(target: "shop", number = 100 + number, "order placed");
                if number % 64 == 0 {
                    program.kit.drain();
                }
            }
        });
        fired += 2_000;
        program.flush();
    }
    assert!(server.numbers().into_iter().eq(100..100 + fired));
    assert_eq!(program.ended(Cause::Delivered), fired);
}

#[test]
fn a_refused_row_is_found_and_a_wrong_password_is_said() {
    if !have("postgres: cratedb: a_refused_row") {
        return;
    }
    let server = Crate::start();
    let more = format!("columns = {{ number = 'bigint' }}\nonly = ['events']\n{QUICK}");
    let program = Program::new(&format!("{}\n{more}", server.keys()), STREAM);
    program.run(|| {
        for number in 0..20_u64 {
            tracing::info!(target: "shop", number, "order placed");
        }
    });
    program.flush();
    assert!(
        server
            .numbers()
            .into_iter()
            .eq((0..20).filter(|number| *number != 13))
    );
    assert_eq!(program.ended(Cause::Destination), 1);
    assert!(
        program.said().contains("Failed CONSTRAINT unlucky CHECK"),
        "{}",
        program.said()
    );

    let wrong = server.keys().replace("GOOD", "WRONG");
    let program = Program::new(&format!("{wrong}\n{more}"), STREAM);
    program.run(|| tracing::info!(target: "shop", "order placed"));
    program.kit.drain();
    eventually("it is said", || {
        program.said().contains("password authentication failed")
    });
    assert!(!program.said().contains("canary"));
}

#[test]
fn a_new_column_is_added() {
    if !have("postgres: cratedb: a_new_column") {
        return;
    }
    let server = Crate::start();
    let program = Program::new(&format!("{}\n{QUICK}", server.keys()), STREAM);
    program.run(|| tracing::info!(target: "shop", cents = 1, "one"));
    program.flush();
    let more = format!(
        "{}\n{QUICK}\ncolumns = {{ cents = 'integer' }}",
        server.keys()
    );
    program.apply(&more, STREAM);
    program.run(|| tracing::info!(target: "shop", cents = 2, "two"));
    program.flush();
    let rows = server.rows("events");
    assert_eq!(rows[1]["cents"], json!(2));
    assert_eq!(rows[0]["fields"]["cents"], json!(1));
}
