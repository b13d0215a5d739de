//! Hypertables on request. Debian has no TimescaleDB: functions that check what they are called with stand in for its own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{POSTGRES, Postgres, Program, QUICK, STREAM};
use rheostat_testkit::real;

/// Written from the extension's reference: names and types of arguments, what they return, what they refuse.
const STAND_IN: &str = r#"
CREATE TABLE hypertables (name regclass PRIMARY KEY, by_column name, chunk interval);
CREATE TABLE retention (name regclass PRIMARY KEY, drop_after interval);
CREATE FUNCTION create_hypertable(relation regclass, time_column_name name, partitioning_column name DEFAULT NULL,
    number_partitions integer DEFAULT NULL, associated_schema_name name DEFAULT NULL, associated_table_prefix name DEFAULT NULL,
    chunk_time_interval anyelement DEFAULT NULL::bigint, create_default_indexes boolean DEFAULT TRUE,
    if_not_exists boolean DEFAULT FALSE, partitioning_func regproc DEFAULT NULL, migrate_data boolean DEFAULT FALSE)
RETURNS TABLE (hypertable_id integer, schema_name name, table_name name, created boolean) LANGUAGE plpgsql AS $$
DECLARE kind text; has_null boolean; rows bigint;
BEGIN
    SELECT format_type(atttypid, -1), NOT attnotnull INTO kind, has_null FROM pg_attribute
        WHERE attrelid = relation AND attname = time_column_name AND attnum > 0;
    IF kind IS NULL THEN RAISE EXCEPTION 'column "%" does not exist', time_column_name USING ERRCODE = '42703'; END IF;
    IF kind NOT IN ('timestamp with time zone', 'timestamp without time zone', 'date')
        THEN RAISE EXCEPTION 'invalid type for dimension "%"', time_column_name USING ERRCODE = 'TS103'; END IF;
    IF pg_typeof(chunk_time_interval) <> 'interval'::regtype
        THEN RAISE EXCEPTION 'invalid interval type for % dimension', kind; END IF;
    IF chunk_time_interval::text::interval <= interval '0' THEN RAISE EXCEPTION 'invalid interval'; END IF;
    EXECUTE format('SELECT count(*) FROM %s', relation) INTO rows;
    IF rows > 0 AND NOT migrate_data THEN RAISE EXCEPTION 'table "%" is not empty', relation; END IF;
    IF EXISTS (SELECT 1 FROM pg_index WHERE indrelid = relation AND indisunique)
        THEN RAISE EXCEPTION 'cannot create a unique index without the column "%" (used in partitioning)', time_column_name; END IF;
    IF EXISTS (SELECT 1 FROM hypertables WHERE name = relation) THEN
        IF NOT if_not_exists THEN RAISE EXCEPTION 'table "%" is already a hypertable', relation; END IF;
        RETURN;
    END IF;
    INSERT INTO hypertables VALUES (relation, time_column_name, chunk_time_interval::text::interval);
    EXECUTE format('CREATE INDEX ON %s (%I DESC)', relation, time_column_name);
    RETURN QUERY SELECT 1, 'public'::name, relation::text::name, true;
END $$;
CREATE FUNCTION add_retention_policy(relation regclass, drop_after anyelement, if_not_exists boolean DEFAULT false)
RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM hypertables WHERE name = relation)
        THEN RAISE EXCEPTION '"%" is not a hypertable or a continuous aggregate', relation; END IF;
    IF pg_typeof(drop_after) <> 'interval'::regtype THEN RAISE EXCEPTION 'invalid value for parameter drop_after'; END IF;
    INSERT INTO retention VALUES (relation, drop_after::text::interval);
    RETURN 1000;
END $$;
"#;

fn fire(program: &Program) {
    program.run(|| tracing::info!(target: "shop", cents = 5, "order placed"));
    program.kit.drain();
}

#[test]
fn tables_become_hypertables_with_their_chunks_and_their_end() {
    if !real::have("postgres: tables_become_hypertables", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    server.sql(STAND_IN);
    let rules = format!("{STREAM}count = {{ metric = 'orders_total' }}\n");
    let more =
        "schema = 'T s'\ncreate = true\nhypertable = '1d'\nttl = '90d'\nmetrics_every = '1h'";
    let program = Program::new(&format!("{}\n{more}\n{QUICK}", server.keys()), &rules);
    fire(&program);
    program.flush();
    let made = "SELECT h.name, by_column, chunk, drop_after FROM hypertables h JOIN retention r USING (name) ORDER BY name::text";
    assert_eq!(
        server.sql(made),
        "\"T s\".events|time|24:00:00|2160:00:00\n\"T s\".metrics|time|24:00:00|2160:00:00"
    );
    let kept = "SELECT message, fields FROM \"T s\".events";
    assert_eq!(server.sql(kept), "order placed|{\"cents\": 5}");
    // Rows can be found again by the index that it brought.
    let indexes = "SELECT count(*) FROM pg_indexes WHERE tablename = 'events'";
    assert_eq!(server.number(indexes), 1);
}

#[test]
fn without_the_extension_no_half_of_a_table_is_made() {
    if !real::have("postgres: without_the_extension", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let more = "create = true\nhypertable = '12h'\nonly = ['events']";
    let program = Program::new(&format!("{}\n{more}\n{QUICK}", server.keys()), STREAM);
    fire(&program);
    let said = "cannot make the table \"events\"";
    real::eventually(said, || program.said().contains(said));
    assert!(
        program.said().contains("create_hypertable"),
        "{}",
        program.said()
    );
    assert_eq!(server.sql("SELECT to_regclass('events')"), "");
    server.sql(STAND_IN);
    program.flush();
    assert_eq!(
        server.sql("SELECT name, chunk FROM hypertables"),
        "events|12:00:00"
    );
    assert_eq!(server.number("SELECT count(*) FROM events"), 1);
}
