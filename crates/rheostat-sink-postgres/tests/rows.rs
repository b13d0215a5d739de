//! `postgres`, against a real server: what a program wrote is read back from tables by `psql`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{POSTGRES, Postgres, Program, QUICK, STREAM};
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

#[test]
fn a_value_is_written_as_its_column_has_it_or_stays_among_the_fields() {
    if !real::have("postgres: a_value_is_written_as", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let columns = "create = true\ncolumns = { a = 'smallint', b = 'bigint', c = 'real', d = 'double precision', \
                   e = 'numeric(12,2)', f = 'boolean', g = 'varchar(3)', h = 'uuid', i = 'inet', j = 'jsonb', \
                   k = 'timestamptz', l = 'numeric' }";
    let program = Program::new(&format!("{}\n{columns}", server.keys()), STREAM);
    program.run(|| {
        tracing::info!(target: "shop", a = -32_768, b = i64::MIN, c = 0.1, d = f64::NEG_INFINITY, e = 1_234_567.891,
            f = false, g = "žlu", h = "9f86d081-884c-7d65-9a2f-eaa0c55ad015", i = %std::net::Ipv4Addr::LOCALHOST,
            j = "a\\", k = "2026-11-21T22:30:00+02:00", l = u128::MAX, "fits");
        tracing::info!(target: "shop", a = 32_768, b = u64::MAX, c = 1e300, d = "nan?", e = f64::INFINITY,
            f = 1, g = "žluť", j = u64::MAX, k = 7, l = "x", "does not");
    });
    program.flush();
    let all = server.rows("SELECT a, b::text, c, d::text, e::text, f, g, h, i, j, k, l::text, fields FROM events ORDER BY seq");
    assert_eq!(
        all[0],
        json!({ "a": -32768, "b": "-9223372036854775808", "c": 0.1, "d": "-Infinity", "e": "1234567.89",
            "f": false, "g": "žlu", "h": "9f86d081-884c-7d65-9a2f-eaa0c55ad015", "i": "127.0.0.1", "j": "a\\",
            "k": "2026-11-21T20:30:00+00:00", "l": "340282366920938463463374607431768211455", "fields": {} })
    );
    let null = Value::Null;
    assert_eq!(
        all[1],
        json!({ "a": null, "b": null, "c": null, "d": null, "e": null, "f": null, "g": null, "h": null, "i": null,
            "j": "18446744073709551615", "k": null, "l": null,
            "fields": { "a": 32768, "b": "18446744073709551615", "c": 1e300, "d": "nan?", "e": "Infinity", "f": 1,
                "g": "žluť", "k": 7, "l": "x" } })
    );
    assert_eq!(all[1]["h"], null);
}

#[test]
fn spans_have_their_times_in_rows() {
    if !real::have("postgres: spans_have_their_times", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let rules =
        "[[rules]]\nname = 'r'\nmatch = { target = 'shop', span = '*' }\nstream = { sink = 's' }\n";
    let program = Program::new(&format!("{}\ncreate = true", server.keys()), rules);
    program.run(|| tracing::info_span!(target: "shop", "order", cents = 5).in_scope(|| ()));
    program.flush();
    let all = server.rows(
        "SELECT kind, name, phase, fields, duration_ns >= busy_ns AND busy_ns >= 0 AS times FROM events",
    );
    let row = json!({ "kind": "span", "name": "order", "phase": "close", "fields": { "cents": 5 }, "times": true });
    assert_eq!(all, [row]);
}

#[test]
fn metrics_are_rows_of_what_came_since_the_last() {
    if !real::have("postgres: metrics_are_rows", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
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
    let more = "create = true\nmetrics_every = '1h'\nschema = 'telemetry'";
    let program = Program::new(&format!("{}\n{more}", server.keys()), rules);
    let order = |country: &str, took: &str, depth: f64| {
        program.run(|| tracing::info!(target: "shop", country, took, depth));
    };
    order("cz", "62500us", 1.0);
    order("d\"e\\", "500ms", 2.0);
    order("cz", "4s", -0.5);
    program.flush();
    order("cz", "62500us", 4.0);
    program.flush();

    let query = "SELECT name, kind, labels, value, count, sum, bucket_bounds::text, bucket_counts FROM telemetry.metrics \
                 WHERE name IN ('orders_total', 'took_seconds', 'depth') ORDER BY time, time_ns, name, labels->>'country'";
    let told: Vec<String> = server
        .rows(query)
        .iter()
        .map(|row| {
            let cell = |name: &str| row[name].to_string();
            [
                "name",
                "labels",
                "value",
                "count",
                "sum",
                "bucket_bounds",
                "bucket_counts",
            ]
            .map(cell)
            .join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            r#""depth" {} -0.5 null null null null"#,
            r#""orders_total" {"country":"cz"} 2 2 null null null"#,
            r#""orders_total" {"country":"d\"e\\"} 1 1 null null null"#,
            r#""took_seconds" {} 3 3 4.5625 "{0.1,1,Infinity}" [1,1,1]"#,
            r#""depth" {} 4 null null null null"#,
            r#""orders_total" {"country":"cz"} 1 1 null null null"#,
            r#""took_seconds" {} 1 1 0.0625 "{0.1,1,Infinity}" [1,0,0]"#,
        ]
    );
    let gaps = server.rows(
        "SELECT min(time), max(start) FROM telemetry.metrics WHERE name = 'orders_total' AND labels->>'country' = 'cz' \
         HAVING min(time) > max(start)",
    );
    assert!(gaps.is_empty(), "intervals follow one another: {gaps:?}");
}

#[test]
fn a_table_of_somebody_else_gets_what_it_has_columns_for() {
    if !real::have("postgres: a_table_of_somebody_else", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    server.sql(
        "CREATE TYPE mood AS ENUM ('info', 'warn'); CREATE DOMAIN cents AS integer CHECK (VALUE >= 0); \
         CREATE TABLE \"My \"\"Events\" (n serial PRIMARY KEY, time timestamp(3) NOT NULL, level mood, said varchar(5), \
         price cents, seen timestamptz DEFAULT now(), twice integer GENERATED ALWAYS AS (price * 2) STORED, spans varchar(9)[])",
    );
    let keys = format!(
        "address = '{}'\nuser = 'postgres'\ntable = 'My \"Events'\nonly = ['events']\ncolumns = {{ price = 'cents' }}",
        server.address
    );
    let program = Program::new(&keys, STREAM);
    program.run(|| tracing::info!(target: "shop", price = 21, "sold"));
    program.flush();
    assert_eq!(
        server.sql(
            "SELECT n, level, said, price, seen IS NOT NULL, twice, spans FROM \"My \"\"Events\""
        ),
        "1|info||21|t|42|{}"
    );
}

#[test]
fn a_column_that_only_has_the_name_of_one_of_ours_is_left_to_its_default() {
    if !real::have("postgres: a_column_that_only_has_the_name", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    server.sql(
        "CREATE TABLE events (id bigserial PRIMARY KEY, time bigint, message text); CREATE INDEX ON events (time); \
         CREATE TABLE metrics (id uuid DEFAULT gen_random_uuid(), time timestamptz(3), name text, count bigint); \
         CREATE INDEX ON metrics (time)",
    );
    let rules = format!("{STREAM}count = {{ metric = 'orders_total' }}\n");
    let program = Program::new(&format!("{}\nmetrics_every = '1h'", server.keys()), &rules);
    program.run(|| tracing::info!(target: "shop", "one"));
    program.run(|| tracing::info!(target: "shop", "two"));
    program.flush();
    let found = "SELECT id, message, abs(extract(epoch FROM now()) - time / 1e9) < 120 FROM events ORDER BY id";
    assert_eq!(server.sql(found), "1|one|t\n2|two|t");
    let counted = "SELECT count FROM metrics WHERE name = 'orders_total' AND id IS NOT NULL";
    assert_eq!(server.number(counted), 2);
}

#[test]
fn a_table_that_is_dropped_is_made_again_and_a_new_column_is_added() {
    if !real::have("postgres: a_table_that_is_dropped", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let keys = format!("{}\ncreate = true\n{QUICK}", server.keys());
    let program = Program::new(&keys, STREAM);
    program.run(|| tracing::info!(target: "shop", cents = 1, "one"));
    program.flush();
    server.sql("DROP TABLE events");
    program.run(|| tracing::info!(target: "shop", cents = 2, "two"));
    program.flush();
    program.apply(
        &format!("{keys}\ncolumns = {{ cents = 'integer' }}"),
        STREAM,
    );
    program.run(|| tracing::info!(target: "shop", cents = 3, "three"));
    program.flush();
    let found = server.sql("SELECT message, cents, fields FROM events ORDER BY seq");
    assert_eq!(found, "two||{\"cents\": 2}\nthree|3|{}");
}

#[test]
fn many_programs_may_make_the_same_table_at_once() {
    if !real::have("postgres: many_programs_may_make", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let keys = format!("{}\ncreate = true\nschema = 'new'\n{QUICK}", server.keys());
    let programs: Vec<Program> = (0..6).map(|_| Program::new(&keys, STREAM)).collect();
    for program in &programs {
        program.run(|| tracing::info!(target: "shop", "one"));
        program.kit.drain();
    }
    programs.iter().for_each(Program::flush);
    assert_eq!(server.number("SELECT count(*) FROM new.events"), 6);
}

#[test]
fn what_somebody_has_to_change_is_said_and_waited_for() {
    if !real::have("postgres: what_somebody_has_to_change", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let wait = |more: &str, said: &str| {
        let program = Program::new(&format!("{}\n{QUICK}\n{more}", server.keys()), STREAM);
        program.run(|| tracing::info!(target: "shop", "one"));
        program.kit.drain();
        real::eventually(said, || program.said().contains(said));
        assert_eq!(program.ended(Cause::Destination), 0);
        assert_eq!(program.ended(Cause::Delivered), 0);
    };
    wait("", "has no table \"events\"; `create = true` makes it");
    wait(
        "database = 'no'",
        "database \"no\" does not exist (SQLSTATE 3D000)",
    );
    wait(
        "create = true\ncolumns = { a = 'no_such_type' }",
        "type \"no_such_type\" does not exist",
    );
    server.sql("CREATE TABLE events (time timestamptz, level point)");
    wait(
        "columns = { a = 'text' }",
        "has no column `a`; `create = true` adds it",
    );
    server.sql("DROP TABLE events; CREATE TABLE events (time boolean)");
    wait(
        "",
        "cannot write the column `time` of \"events\": its type is boolean",
    );
    server.sql("DROP TABLE events; CREATE TABLE events (a text)");
    wait(
        "",
        "the table \"events\" has none of the columns that are written",
    );
    server.sql("DROP TABLE events; CREATE TABLE events (time timestamptz, shop text NOT NULL)");
    wait(
        "",
        "the column `shop` of \"events\" has to be written, and nothing is written into it",
    );
}

#[test]
fn a_policy_that_cannot_work_is_refused_when_it_is_read() {
    let keys = "address = '127.0.0.1:1'\nuser = 'postgres'\ntable = 'events'";
    let program = Program::new(keys, STREAM);
    for (more, said) in [
        (
            "columns = { level = 'text' }",
            "the column `level` is one that each record has",
        ),
        ("columns = { a = 'text[]' }", "and no array"),
        (
            "columns = { a = 'text); DROP TABLE x; --' }",
            "has the type",
        ),
        (
            "create = true\ndialect = 'cratedb'\nhypertable = '1d'",
            "CrateDB has no hypertables",
        ),
        (
            "tls = { ca = 'no.pem' }",
            "cannot read the certificates in no.pem",
        ),
        ("hypertable = '1d'", "`create`"),
    ] {
        let refused = program.try_apply(&format!("{keys}\n{more}"), STREAM);
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(said), "{more}: {refused}");
    }
}
