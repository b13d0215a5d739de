//! What the README shows of the shop, carried out: the start-up message, the
//! edit, what is counted then, and how a slip of the pen is answered.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::scrape::Scrape;
use support::shop::Shop;
use support::wait;

const README: &str = include_str!("../../../README.md");

#[test]
fn the_edit_of_the_readme_counts_what_the_readme_shows() {
    let shop = Shop::open();
    append(&shop, block("toml", "rows by query"));
    shop.load("--visits 300");
    let scrape = wait::wait_for("the new metric", || {
        let scrape = Scrape::read(&shop.scrape("text/plain").body);
        (scrape.sum("db_rows_by_query_total") > 0).then_some(scrape)
    });
    let shown: Vec<&str> = README
        .lines()
        .filter(|line| line.starts_with("db_rows_by_query_total{"))
        .collect();
    assert!(!shown.is_empty());
    for line in shown {
        let summary = line
            .split("summary=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let value = scrape.value("db_rows_by_query_total", &[("summary", summary)]);
        assert_eq!(
            value.is_some_and(|rows| rows > 0.0),
            !line.ends_with(" 0"),
            "{line}"
        );
    }
    shop.close();
}

#[test]
fn the_slip_of_the_pen_is_answered_as_the_readme_shows() {
    let shop = Shop::open();
    append(&shop, block("toml", "rows by query"));
    wait::wait_for("the edit to be in force", || {
        let scrape = Scrape::read(&shop.scrape("text/plain").body);
        scrape
            .value("rheostat_policy_generation", &[])
            .filter(|generation| *generation > 1.0)
    });
    let text = std::fs::read_to_string(shop.policy()).unwrap();
    std::fs::write(
        shop.policy(),
        text.replace(
            "of = \"rows_returned\", labels = [\"summary\"]",
            "off = \"rows_returned\", labels = [\"summary\"]",
        ),
    )
    .unwrap();
    let said = wait::wait_for("the answer", || {
        Some(shop.errors()).filter(|said| said.contains("stays in force"))
    });
    assert_eq!(
        without_place(&said),
        without_place(block("console", "unknown-key"))
    );
    shop.close();
}

#[test]
fn the_shop_says_at_start_what_the_readme_shows() {
    let shop = Shop::open();
    let said = shop
        .banner
        .replace(&shop.address, "127.0.0.1:8080")
        .replace(&shop.metrics, "127.0.0.1:9464");
    let shown = block("console", "the shop is open");
    for (said, shown) in said.lines().zip(shown.lines().skip(1)) {
        // The folder of a test is its own; what is to be done with it is not.
        assert_eq!(words(said), words(shown));
    }
    assert_eq!(said.lines().count(), shown.lines().count() - 1);
    shop.close();
}

/// The README's block of this language that holds these words.
fn block(language: &str, words: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let rests = README.split(&*fence).skip(1);
    let mut blocks = rests.map(|rest| rest.split("```").next().unwrap());
    blocks.find(|block| block.contains(words)).unwrap()
}

fn append(shop: &Shop, rule: &str) {
    let text = std::fs::read_to_string(shop.policy()).unwrap();
    std::fs::write(shop.policy(), format!("{text}\n{rule}")).unwrap();
}

/// A diagnostic without the file's path, which is a test's own.
fn without_place(said: &str) -> String {
    let lines = said
        .trim()
        .lines()
        .filter(|line| !line.trim_start().starts_with("-->"));
    lines.collect::<Vec<_>>().join("\n")
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace()
        .filter(|word| !word.contains('/') || word.contains("127.0.0.1"))
        .collect()
}
