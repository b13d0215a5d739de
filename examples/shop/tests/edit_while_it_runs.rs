//! The policy file edited while the shop serves: what changes, and what stays.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::scrape::Scrape;
use support::shop::Shop;
use support::{http, wait};

const ONE_MORE_RULE: &str = r#"
[[rules]]
name = "lists"
match = { target = "shop::routes::products", fields = ["results"] }
count = { metric = "shop_products_listed_total", of = "results" }
"#;

#[test]
fn a_new_rule_counts_from_the_moment_it_is_saved() {
    let shop = Shop::open();
    let before = shop.load("--visits 200 --seed 1");
    assert_eq!(scrape(&shop).value("shop_products_listed_total", &[]), None);

    save(&shop, |text| text + ONE_MORE_RULE);
    let after = shop.load("--visits 200 --seed 2");

    let scrape = scrape(&shop);
    assert_eq!(
        scrape.count("shop_products_listed_total", &[]),
        after.products_listed
    );
    assert_eq!(
        scrape.sum("http_requests_total"),
        before.answered + after.answered,
        "other counters go on"
    );
    shop.close();
}

#[test]
fn a_mistake_changes_nothing_and_is_shown_once() {
    let shop = Shop::open();
    let text = std::fs::read_to_string(shop.policy()).unwrap();
    std::fs::write(shop.policy(), text.replace("count =", "cuont =")).unwrap();
    wait::wait_for("the refusal to be said", || {
        shop.errors().contains("cuont").then_some(())
    });

    let report = shop.load("--visits 100 --seed 1");
    let scrape = scrape(&shop);
    assert_eq!(scrape.sum("http_requests_total"), report.answered);
    assert_eq!(scrape.value("rheostat_policy_refused", &[]), Some(1.0));
    shop.close();
}

fn scrape(shop: &Shop) -> Scrape {
    Scrape::read(&shop.scrape("text/plain").body)
}

/// Saves a changed policy and waits until it is in force.
fn save(shop: &Shop, change: impl Fn(String) -> String) {
    let generation = generation(shop).unwrap();
    let text = std::fs::read_to_string(shop.policy()).unwrap();
    std::fs::write(shop.policy(), change(text)).unwrap();
    wait::wait_for("the new policy", || {
        (self::generation(shop)? > generation).then_some(())
    });
}

fn generation(shop: &Shop) -> Option<f64> {
    let answer = http::get(&format!("http://{}/metrics", shop.metrics), "text/plain")?;
    Scrape::read(&answer.body).value("rheostat_policy_generation", &[])
}
