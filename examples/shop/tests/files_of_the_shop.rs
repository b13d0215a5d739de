//! What the shipped policy writes to files: the right records, whole, and no secrets.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use support::expected;
use support::shop::Shop;

#[test]
fn wide_queries_are_streamed_with_their_numbers() {
    let shop = Shop::open();
    let report = shop.load("--visits 400 --seed 5");
    let files = shop.close();
    let records = json_lines(&files.read("slow-queries.jsonl"));
    let wide: Vec<&Value> = records
        .iter()
        .filter(|record| record["fields"]["rows_returned"].as_u64() >= Some(40))
        .collect();
    assert!(!wide.is_empty() && wide.len() as u64 <= report.answered);
    for record in wide {
        assert_eq!(record["target"], "sqlx::query");
        assert_eq!(record["level"], "debug");
        assert!(
            record["fields"]["summary"]
                .as_str()
                .is_some_and(|text| text.starts_with("select"))
        );
        assert!(
            record["fields"].get("db.statement").is_none(),
            "only the fields asked for"
        );
    }
}

#[test]
fn the_weights_of_sampled_orders_say_how_many_each_stands_for() {
    let shop = Shop::open();
    shop.load("--visits 600 --seed 5");
    let files = shop.close();
    let records = json_lines(&files.read("orders.jsonl"));
    assert!(!records.is_empty());
    for record in records {
        assert_eq!(record["weight"], 10);
        assert!(record["fields"]["total_cents"].as_i64() > Some(0));
        assert_eq!(record["message"], "order placed");
    }
}

#[test]
fn one_tenant_is_logged_in_full_and_no_other() {
    let shop = Shop::open();
    let report = shop.load("--visits 400 --seed 5");
    let files = shop.close();
    let log = files.read("tenant.log");
    assert_eq!(
        log.lines().count() as u64,
        expected::debug_lines(&report, "acme")
    );
    assert!(
        !["globex", "initech", "public"]
            .iter()
            .any(|other| log.contains(other))
    );
}

#[test]
fn the_number_of_a_payment_card_is_in_no_file() {
    let shop = Shop::open();
    shop.load("--visits 400 --seed 5");
    let files = shop.close();
    for entry in std::fs::read_dir(files.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("4242 1881") && !text.contains("4242 0000"),
            "{}",
            path.display()
        );
    }
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
