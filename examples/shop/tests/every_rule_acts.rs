//! Each rule of the shipped policy leaves a trace of its own under load.
//!
//! When a library renames a target or a field, its rule stops matching: this
//! test then names the rule. A rule without evidence here fails too, so that
//! none is added unwatched.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::scrape::Scrape;
use support::shop::{Closed, Shop, shipped_policy};

/// What shows that a rule acted.
enum Evidence {
    /// Each of these metrics has counted.
    Counted(&'static [&'static str]),
    /// The metric is there, whatever its value.
    Exposed(&'static str),
    /// The file has at least one line with these words.
    Written(&'static str, &'static str),
}

use Evidence::{Counted, Exposed, Written};

const EVIDENCE: &[(&str, Evidence)] = &[
    (
        "responses",
        Counted(&["http_requests_total", "http_request_duration_seconds_count"]),
    ),
    ("requests in flight", Exposed("http_requests_in_flight")),
    ("responses that failed", Counted(&["http_failures_total"])),
    (
        "requests that axum rejects",
        Counted(&["http_rejections_total"]),
    ),
    (
        "queries",
        Counted(&["db_query_duration_seconds_count", "db_rows_returned_total"]),
    ),
    (
        "slow or wide queries",
        Written("slow-queries.jsonl", "\"rows_returned\":"),
    ),
    (
        "connections opened",
        Counted(&["http_client_connections_opened_total"]),
    ),
    (
        "connections used again",
        Counted(&["http_client_connections_reused_total"]),
    ),
    (
        "orders",
        Counted(&[
            "shop_orders_total",
            "shop_revenue_cents_total",
            "shop_order_cents_count",
            "shop_owed_cents",
        ]),
    ),
    ("payments", Exposed("shop_owed_cents")),
    (
        "a tenth of the orders in full",
        Written("orders.jsonl", "\"weight\":10"),
    ),
    ("refusals", Counted(&["shop_refusals_total"])),
    ("debug one tenant", Written("tenant.log", "acme")),
    ("spans", Written("spans.jsonl", "\"request\"")),
];

#[test]
fn every_rule_of_the_shipped_policy_acts_under_load() {
    let shop = Shop::open();
    shop.load("--visits 600 --seed 3");
    let scrape = Scrape::read(&shop.scrape("text/plain").body);
    let files = shop.close();
    let idle: Vec<&str> = EVIDENCE
        .iter()
        .filter(|(_, evidence)| !acted(evidence, &scrape, &files))
        .map(|(rule, _)| *rule)
        .collect();
    assert!(
        idle.is_empty(),
        "these rules did nothing: {idle:?}\n{}",
        scrape.series()
    );
}

#[test]
fn every_rule_of_the_shipped_policy_has_its_evidence() {
    let policy = shipped_policy();
    let rules = policy
        .split("[[rules]]")
        .skip(1)
        .filter_map(|rule| rule.split("name = \"").nth(1)?.split('"').next());
    let named: Vec<&str> = EVIDENCE.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(rules.collect::<Vec<_>>(), named);
}

fn acted(evidence: &Evidence, scrape: &Scrape, files: &Closed) -> bool {
    match evidence {
        Counted(metrics) => metrics.iter().all(|metric| scrape.sum(metric) > 0),
        Exposed(metric) => scrape.value(metric, &[]).is_some(),
        Written(file, words) => files.read(file).lines().any(|line| line.contains(words)),
    }
}
