//! The shipped policy under load: every number of the scrape equals the load
//! generator's own, for the shop's callsites and for those of the libraries.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use shop::load::Report;
use support::scrape::Scrape;
use support::shop::Shop;
use support::{expected, http};

const LOAD: &str = "--visits 1000 --at-once 16 --seed 7";
const CLASSIC: &str = "text/plain";

fn run() -> (Report, Scrape) {
    let shop = Shop::open();
    let report = shop.load(LOAD);
    let scrape = Scrape::read(&shop.scrape(CLASSIC).body);
    shop.close();
    (report, scrape)
}

#[test]
fn every_number_of_a_scrape_is_the_load_generators() {
    let (report, scrape) = run();
    let differences: Vec<String> = expected::all(&report)
        .into_iter()
        .filter(|(name, labels, value)| {
            let labels: Vec<(&str, &str)> = labels.iter().map(|(k, v)| (*k, v.as_str())).collect();
            scrape.value(name, &labels) != Some(*value)
        })
        .map(|difference| format!("{difference:?}"))
        .collect();
    assert!(
        differences.is_empty(),
        "expected {}\nbut found\n{}",
        differences.join("\n"),
        scrape.series()
    );
}

#[test]
fn no_series_is_exposed_beside_the_expected_ones() {
    let (report, scrape) = run();
    let expected = expected::all(&report);
    for name in [
        "http_requests_total",
        "http_failures_total",
        "http_rejections_total",
        "shop_orders_total",
    ] {
        let sum: f64 = expected
            .iter()
            .filter(|sample| sample.0 == name)
            .map(|sample| sample.2)
            .sum();
        assert_eq!(scrape.sum(name) as f64, sum, "{name}");
    }
    assert_eq!(
        scrape.sum("shop_refusals_total"),
        expected::refused(&report)
    );
}

#[test]
fn what_depends_on_time_is_at_least_consistent() {
    let (report, scrape) = run();
    assert_eq!(scrape.value("http_requests_in_flight", &[]), Some(0.0));
    assert!(scrape.count("http_client_connections_opened_total", &[]) >= 1);
    assert!(scrape.count("http_client_connections_reused_total", &[]) >= 1);
    let waited = scrape.value(
        "http_request_duration_seconds_sum",
        &[("method", "GET"), ("class", "2xx")],
    );
    let seen_outside = report.latency.sum;
    assert!(
        waited.is_some_and(|inside| inside > 0.0 && inside < seen_outside),
        "{waited:?} {seen_outside}"
    );
}

#[test]
fn the_classic_text_says_so_and_nobody_logs_an_error() {
    let shop = Shop::open();
    let answer: http::Answer = shop.scrape(CLASSIC);
    assert!(
        answer.content_type.starts_with("text/plain; version=0.0.4"),
        "{}",
        answer.content_type
    );
    assert_eq!(shop.errors(), "");
    shop.close();
}
