//! `postgres`, against a real server: what a program wrote is read back from tables by `psql`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{POSTGRES, Postgres, Program};
use rheostat_core::ledger::Cause;
use rheostat_testkit::real;
use serde_json::{Value, json};

#[test]
fn each_field_of_a_record_is_in_its_row() {
    if !real::have("postgres: each_field_of_a_record", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let columns = "create = true\ncolumns = { status = 'smallint', took = { field = 'took.ms', type = 'double precision' } }";
    let rules = r#"
        [[rules]]
        name = "r"
        match = { target = "shop", event = "*" }
        stream = { sink = "s", span_fields = ["tenant", "user"] }
        "#;
    let program = Program::new(&format!("{}\n{columns}", server.keys()), rules);
    program.run(|| {
        let span = tracing::info_span!(target: "web", "request", tenant = "acme", user = 7);
        let _in = span.enter();
        tracing::warn!(target: "shop", status = 404, took.ms = 1.5, paid = true, debt = -12.25, big = u64::MAX,
            nan = f64::NAN, nul = "a\0b", text = "a\t\"b\"\n\\c\\N ž", "not found");
        tracing::info!(target: "shop", status = "teapot", none = Option::<u8>::None, "odd");
    });
    program.flush();

    let all = server.rows("SELECT *, extract(epoch FROM now() - time) AS ago, \
        time_ns / 1000 = (extract(microseconds FROM time)::bigint % 1000000) AS agrees FROM events ORDER BY seq");
    assert_eq!(all.len(), 2);
    let first = &all[0];
    for (column, value) in [
        ("level", json!("warn")),
        ("target", json!("shop")),
        ("kind", json!("event")),
        ("message", json!("not found")),
        ("status", json!(404)),
        ("took", json!(1.5)),
        (
            "fields",
            json!({ "paid": true, "debt": -12.25, "big": "18446744073709551615", "nan": "NaN",
                "nul": "a␀b", "text": "a\t\"b\"\n\\c\\N ž" }),
        ),
        ("spans", json!(["request"])),
        (
            "span_fields",
            json!({ "request.tenant": "acme", "request.user": 7 }),
        ),
        ("rule", json!("r")),
        ("weight", json!(1)),
        ("seq", json!(1)),
        ("file", json!(file!())),
        ("duration_ns", Value::Null),
        ("trace_id", Value::Null),
        ("agrees", json!(true)),
    ] {
        assert_eq!(first[column], value, "{column}");
    }
    assert!(
        (0.0..120.0).contains(&first["ago"].as_f64().unwrap()),
        "{first}"
    );
    assert!(
        first["id"].as_str().unwrap().ends_with("-0")
            || first["id"].as_str().unwrap().ends_with("-1")
    );
    // What does not fit its column stays among the fields; nothing is lost of it.
    assert_eq!(all[1]["status"], Value::Null);
    assert_eq!(all[1]["took"], Value::Null);
    assert_eq!(all[1]["fields"], json!({ "status": "teapot" }));
    assert_eq!(program.ended(Cause::Delivered), 2);
}
