//! A program that only calls `rheostat::init`: what its policy sends to PostgreSQL is there, field by field, number by number.
#![cfg(all(
    feature = "sink-postgres",
    feature = "stream",
    feature = "metrics",
    unix
))]

use std::fs;
use std::time::Duration;

use rheostat_testkit::real;
use serde_json::json;

// The server of the sink's own tests.
#[allow(dead_code, reason = "those ask it more")]
#[allow(unreachable_pub, reason = "there it is a module of a test")]
#[path = "../../rheostat-sink-postgres/tests/common/postgres.rs"]
mod postgres;

use postgres::{POSTGRES, Postgres};

const ORDERS: u64 = 2_000;

#[test]
fn a_programs_records_and_metrics_are_rows_of_postgres() {
    if !real::have("rheostat: a_programs_records_and_metrics", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start_with("", "host all shop 127.0.0.1/32 scram-sha-256", |_| {});
    server.sql("CREATE ROLE shop LOGIN PASSWORD 'canary'; GRANT CREATE ON SCHEMA public TO shop");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("password"), "canary\n").expect("the folder is ours");
    let policy = folder.path().join("rheostat.toml");
    let text = format!(
        r#"
        version = 1
        [sinks.lake]
        type = "postgres"
        address = "{}"
        user = "shop"
        database = "postgres"
        password = {{ file = "{}" }}
        table = "events"
        create = true
        columns = {{ number = "bigint", cents = "numeric(10,2)" }}
        batch = {{ records = 300, every = "10ms" }}
        buffer = {{ memory = "64MiB" }}
        metrics_every = "50ms"

        [[rules]]
        name = "orders"
        match = {{ target = "shop", event = "*" }}
        where = "number < 1_000"
        stream = {{ sink = "lake", span_fields = ["tenant"] }}
        count = {{ metric = "orders_total", labels = ["tenant"] }}

        [[rules]]
        name = "what the client logs"
        match = {{ target = "tokio_postgres::**", level = "trace" }}
        stream = {{ sink = "lake" }}
        "#,
        server.address,
        folder.path().join("password").display()
    );
    fs::write(&policy, text).expect("the folder is ours");
    let guard = rheostat::init(&policy).expect("the policy is fine");
    for number in 0..ORDERS {
        let tenant = ["acme", "globex"][usize::from(number % 4 == 0)];
        let span = tracing::info_span!(target: "web", "request", tenant);
        let _in = span.enter();
        #[expect(clippy::cast_precision_loss, reason = "the number is small")]
        let cents = number as f64 / 4.0;
        tracing::info!(target: "shop", number, cents, note = "a\tb", "order {number} placed");
    }
    log::debug!(target: "tokio_postgres::query", "the program's own");
    let report = guard.shutdown(Duration::from_secs(60));
    assert!(report.is_complete(), "{report}");

    let rows = server.rows(
        "SELECT number, cents::text, message, fields, span_fields, rule, weight FROM events WHERE target = 'shop' ORDER BY number",
    );
    assert_eq!(rows.len(), 1_000);
    for (row, number) in rows.iter().zip(0_u64..) {
        let tenant = ["acme", "globex"][usize::from(number % 4 == 0)];
        // As text, in which the server has two digits behind the point.
        let cents = format!("{}.{:02}", number / 4, number % 4 * 25);
        let expected = json!({ "number": number, "cents": cents, "message": format!("order {number} placed"),
            "fields": { "note": "a\tb" }, "span_fields": { "request.tenant": tenant }, "rule": "orders", "weight": 1 });
        assert_eq!(*row, expected);
    }
    // The client logs each statement, on a thread of ours: none of that comes back.
    let fed_back = "SELECT message FROM events WHERE target LIKE 'tokio%'";
    assert_eq!(server.sql(fed_back), "the program's own");
    let counted = server.sql(
        "SELECT labels->>'tenant', sum(count), sum(value) FROM metrics WHERE name = 'orders_total' GROUP BY 1 ORDER BY 1",
    );
    assert_eq!(counted, "acme|750|750\nglobex|250|250");
}
