//! Each rule of the shipped policy leaves a trace of its own under load.
//!
//! When a library renames a target or a field, its rule stops matching: this
//! test then names the rule. A rule without evidence here fails too, so that
//! none is added unwatched; and evidence that a rule would leave without
//! matching is none.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::Mutex;

use support::http;
use support::scrape::Scrape;
use support::shop::{Closed, Shop, Wish, shipped_policy};

/// What shows that a rule acted.
enum Evidence {
    /// Each of these metrics has counted.
    Counted(&'static [&'static str]),
    /// The gauge was above zero while requests were served.
    Raised(&'static str),
    /// The gauge is less than all that was added to it, which the counter has.
    Lowered(&'static str, &'static str),
    /// The file has each of these words somewhere.
    Written(&'static str, &'static [&'static str]),
}

use Evidence::{Counted, Lowered, Raised, Written};

const EVIDENCE: &[(&str, Evidence)] = &[
    (
        "responses",
        Counted(&["http_requests_total", "http_request_duration_seconds_count"]),
    ),
    ("requests in flight", Raised("http_requests_in_flight")),
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
        Written("slow-queries.jsonl", &["\"rows_returned\":"]),
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
    (
        "payments",
        Lowered("shop_owed_cents", "shop_revenue_cents_total"),
    ),
    (
        "a tenth of the orders in full",
        Written("orders.jsonl", &["\"weight\":10"]),
    ),
    ("refusals", Counted(&["shop_refusals_total"])),
    ("debug one tenant", Written("tenant.log", &["acme"])),
    (
        "spans",
        Written("spans.jsonl", &["\"request\"", "\"place_order\""]),
    ),
];

#[test]
fn every_rule_of_the_shipped_policy_acts_under_load() {
    assert_eq!(idle_under(&shipped_policy()), [""; 0]);
}

#[test]
fn a_rule_that_stops_matching_leaves_no_evidence() {
    let policy = shipped_policy();
    let mistakes = Mutex::new(renamed_targets(&policy).into_iter());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((rule, text)) = mistakes.lock().unwrap().next() else {
                        return;
                    };
                    assert_eq!(idle_under(&text), [rule], "{text}");
                }
            });
        }
    });
}

/// The policy with one target of one rule renamed, as if its library had done so: every such policy, with the
/// rule's name.
fn renamed_targets(policy: &str) -> Vec<(String, String)> {
    let mut renamed = Vec::new();
    let mut at = policy.find("[[rules]]").unwrap();
    while let Some(found) = policy[at..].find("target = \"") {
        at += found + "target = \"".len();
        let (before, after) = policy.split_at(at);
        let rule = before.rsplit("[[rules]]").next().unwrap();
        let rule = rule.split("name = \"").nth(1).unwrap();
        let rule = rule.split('"').next().unwrap();
        renamed.push((rule.to_owned(), format!("{before}renamed::{after}")));
    }
    assert!(renamed.len() >= EVIDENCE.len());
    renamed
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

/// The rules that left no evidence under this policy.
fn idle_under(policy: &str) -> Vec<&'static str> {
    let shop = Shop::open_with(&Wish {
        policy: Some(&|_| policy.to_owned()),
        ..Wish::default()
    });
    let url = format!("http://{}/metrics", shop.metrics);
    let (raised, scrape) = std::thread::scope(|scope| {
        let load = scope.spawn(|| shop.load("--visits 600 --seed 3"));
        let mut raised = Vec::new();
        while !load.is_finished() {
            let scrape = Scrape::read(&http::get(&url, "text/plain").unwrap().body);
            raised.extend(raised_gauges(&scrape));
        }
        load.join().unwrap();
        (raised, Scrape::read(&shop.scrape("text/plain").body))
    });
    let files = shop.close();
    EVIDENCE
        .iter()
        .filter(|(_, evidence)| !acted(evidence, &scrape, &raised, &files))
        .map(|(rule, _)| *rule)
        .collect()
}

fn raised_gauges(scrape: &Scrape) -> Vec<&'static str> {
    let gauges = EVIDENCE.iter().filter_map(|(_, evidence)| match evidence {
        Raised(gauge) => Some(*gauge),
        _ => None,
    });
    gauges
        .filter(|gauge| scrape.value(gauge, &[]).is_some_and(|value| value > 0.0))
        .collect()
}

fn acted(evidence: &Evidence, scrape: &Scrape, raised: &[&str], files: &Closed) -> bool {
    match evidence {
        Counted(metrics) => metrics.iter().all(|metric| scrape.sum(metric) > 0),
        Raised(gauge) => raised.contains(gauge),
        Lowered(gauge, counter) => scrape
            .value(gauge, &[])
            .is_some_and(|value| value < scrape.sum(counter) as f64),
        Written(file, words) => {
            let text = files.read(file);
            words.iter().all(|word| text.contains(word))
        }
    }
}
