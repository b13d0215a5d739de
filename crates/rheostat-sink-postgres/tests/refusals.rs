//! Rows that a server refuses: found by halving, put aside with the server's reason, and none of the others is lost.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{POSTGRES, Postgres, Program, QUICK, STREAM};
use rheostat_core::ledger::Cause;
use rheostat_testkit::real;
use serde_json::Value;

#[test]
fn only_the_guilty_rows_are_put_aside_with_the_servers_reason() {
    if !real::have("postgres: only_the_guilty_rows", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    server.sql(
        "CREATE TABLE events (time timestamptz, id text, number bigint NOT NULL CHECK (number <> 13), \
         ip inet, word text UNIQUE); CREATE INDEX ON events (time); \
         CREATE FUNCTION no_77() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN IF NEW.number = 77 THEN RAISE EXCEPTION 'seventy-seven is not wanted'; END IF; RETURN NEW; END $$; \
         CREATE TRIGGER t BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no_77()",
    );
    let folder = tempfile::tempdir().unwrap();
    let letters = folder.path().join("letters");
    let keys = format!(
        "{}\ncolumns = {{ number = 'bigint', ip = 'inet', word = 'text' }}\nonly = ['events']\n\
         retry = {{ first = '5ms', max = '50ms' }}\nbatch = {{ every = '50ms' }}\ndead_letter = '{}'",
        server.keys(),
        letters.display()
    );
    let program = Program::new(&keys, STREAM);
    program.run(|| {
        for number in 0..100_i64 {
            let ip = if number == 42 {
                "no address"
            } else {
                "10.0.0.1"
            };
            let word = format!("w{}", if number == 99 { 98 } else { number });
            if number == 50 {
                tracing::info!(target: "shop", number = "fifty", ip, word, "order placed");
            } else {
                tracing::info!(target: "shop", number, ip, word, "order placed");
            }
        }
    });
    program.flush();
    let guilty = [13_u64, 42, 50, 77, 99];
    let came = server.sql("SELECT number FROM events ORDER BY number");
    let expected = (0..100_u64).filter(|number| !guilty.contains(number));
    let expected: Vec<String> = expected.map(|number| number.to_string()).collect();
    assert_eq!(came, expected.join("\n"));
    assert_eq!(program.ended(Cause::Delivered), 95);
    assert_eq!(program.ended(Cause::DeadLettered), 5);

    let letters = std::fs::read_to_string(letters).unwrap();
    let letters: Vec<Value> = letters
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let why = |word: &str| {
        let mut found = letters
            .iter()
            .filter(|letter| letter["record"]["fields"]["word"] == word);
        found.next().unwrap()["why"].as_str().unwrap().to_owned()
    };
    for (word, said) in [
        ("w13", "violates check constraint \"events_number_check\""),
        ("w42", "invalid input syntax for type inet: \"no address\""),
        ("w50", "null value in column \"number\""),
        ("w77", "seventy-seven is not wanted"),
        ("w98", "duplicate key value violates unique constraint"),
    ] {
        assert!(why(word).contains(said), "{word}: {}", why(word));
        assert!(why(word).contains("(SQLSTATE "), "{}", why(word));
        assert!(!why(word).contains("10.0.0.1"), "{}", why(word));
    }
    assert_eq!(letters.len(), 5);
    // The row that tells of them has no number, which this table cannot have; nothing is said of that.
    assert!(
        program.said().contains("duplicate key"),
        "{}",
        program.said()
    );
}

#[test]
fn a_refused_point_of_a_metric_takes_no_other_with_it() {
    if !real::have("postgres: a_refused_point", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    server.sql("CREATE TABLE metrics (time timestamptz, id text, name text, labels jsonb, value double precision \
                CHECK (value <> 3)); CREATE INDEX ON metrics (time)");
    let rules = "[[rules]]\nmatch = { target = 'shop', event = '*' }\n\
                 count = { metric = 'orders_total', labels = ['country'] }\n";
    let keys = format!(
        "{}\nonly = ['metrics']\nmetrics_every = '1h'\n{QUICK}",
        server.keys()
    );
    let program = Program::new(&keys, rules);
    program.run(|| {
        for country in ["at", "cz", "cz", "cz", "de", "pl"] {
            tracing::info!(target: "shop", country, "order placed");
        }
    });
    program.flush();
    let found = server.sql(
        "SELECT labels->>'country', value FROM metrics WHERE name = 'orders_total' ORDER BY 1",
    );
    assert_eq!(found, "at|1\nde|1\npl|1");
}

#[test]
fn a_row_that_tells_of_missing_records_takes_no_batch_apart_where_it_does_not_fit() {
    if !real::have("postgres: a_row_that_tells_of_missing", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    server
        .sql("CREATE TABLE events (time timestamptz, number bigint NOT NULL CHECK (number <> 0))");
    let keys = format!(
        "{}\ncolumns = {{ number = 'bigint' }}\nonly = ['events']\nbatch = {{ every = '1s' }}",
        server.keys()
    );
    let program = Program::new(&keys, STREAM);
    program.run(|| tracing::info!(target: "shop", number = 0, "order placed"));
    program.flush();
    // The one that was refused leaves a gap to be told of with these.
    program.run(|| {
        for number in 1..=64 {
            tracing::info!(target: "shop", number, "order placed");
        }
    });
    program.flush();
    assert_eq!(program.ended(Cause::Delivered), 64);
    assert_eq!(program.ended(Cause::Destination), 1);
    let written = "SELECT count(*), count(DISTINCT xmin::text) FROM events";
    assert_eq!(server.sql(written), "64|1", "rows and transactions");
}

#[test]
fn a_row_that_is_refused_while_megabytes_follow_it_holds_nothing_up() {
    if !real::have("postgres: a_row_that_is_refused_while", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let keys = format!(
        "{}\ncreate = true\ncolumns = {{ ip = 'inet' }}\nonly = ['events']\nbuffer = {{ memory = '64MiB' }}\n\
         batch = {{ records = 10000, bytes = '16MiB', every = '200ms' }}",
        server.keys()
    );
    let program = Program::new(&keys, STREAM);
    let text = "x".repeat(1_000);
    program.run(|| {
        for number in 0..8_000_u64 {
            let ip = if number == 1 { "no address" } else { "::1" };
            tracing::info!(target: "shop", number, ip, text, "order placed");
            if number % 64 == 0 {
                program.kit.drain();
            }
        }
    });
    program.flush();
    assert_eq!(
        server.number("SELECT count(*) FROM events WHERE kind <> 'gap'"),
        7_999
    );
    assert_eq!(program.ended(Cause::Destination), 1);
}
