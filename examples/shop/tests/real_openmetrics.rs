//! Python's `prometheus_client` reads the shop's OpenMetrics, and reads what
//! the classic text says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::expected;
use support::real::{self, Need};
use support::scrape::Scrape;
use support::shop::Shop;

const READER: Need = Need::Module("prometheus_client", "prometheus-client");
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0";

#[test]
fn a_strict_reader_finds_the_load_generators_numbers_in_openmetrics() {
    if !real::have(
        "a_strict_reader_finds_the_numbers_in_openmetrics",
        &[READER],
    ) {
        return;
    }
    let shop = Shop::open();
    let report = shop.load("--visits 500 --seed 13");
    let answer = shop.scrape(OPENMETRICS);
    assert!(
        answer
            .content_type
            .starts_with("application/openmetrics-text"),
        "{}",
        answer.content_type
    );
    let read = Scrape::read(&real::read_with("read_openmetrics.py", &answer.body));
    for (name, labels, value) in expected::all(&report) {
        let labels: Vec<(&str, &str)> = labels.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert_eq!(read.value(name, &labels), Some(value), "{name} {labels:?}");
    }
    shop.close();
}
