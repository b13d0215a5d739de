//! A metric that is asked for more series than it may have.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use rheostat_metrics::{Identity, ManualClock, Metric, Registry, Settings, Snapshot};

fn capped(registry: &Registry, labels: &[&str], cap: usize, expire: Option<u64>) -> Metric {
    let settings = Settings {
        max_series: cap,
        expire: expire.map(Duration::from_secs),
        ..Settings::default()
    };
    let metric = registry.prepare(&Identity::counter("c_total", labels), &settings);
    registry.apply([(metric.clone(), settings)]);
    metric
}

fn add(registry: &Registry, metric: &Metric, values: &[&str]) {
    let mut labels = registry.labels();
    values.iter().for_each(|value| labels.push(value));
    metric.add(&labels, 1);
}

fn total(snapshot: &Snapshot) -> f64 {
    let family = snapshot.family("c_total");
    let series = family.into_iter().flat_map(|family| &family.series);
    series.map(|series| series.value.number()).sum()
}

#[test]
fn the_label_whose_folding_frees_most_is_folded_and_known_series_stay() {
    let registry = Registry::with(2, ManualClock::new());
    let metric = capped(&registry, &["method", "user"], 6, None);
    for user in 0..20 {
        add(&registry, &metric, &["GET", &format!("u{user}")]);
        add(&registry, &metric, &["PUT", &format!("u{user}")]);
    }
    add(&registry, &metric, &["GET", "u0"]);
    let snapshot = registry.snapshot();
    assert_eq!(
        snapshot.number("c_total", &[("method", "GET"), ("user", "u0")]),
        Some(2.0)
    );
    for method in ["GET", "PUT"] {
        assert_eq!(
            snapshot.number("c_total", &[("method", method), ("user", "overflow")]),
            Some(17.0)
        );
    }
    assert_eq!(total(&snapshot), 41.0);
}

#[test]
fn when_one_label_is_not_enough_all_are_folded() {
    let registry = Registry::with(2, ManualClock::new());
    let metric = capped(&registry, &["a", "b"], 4, None);
    for n in 0..50 {
        add(&registry, &metric, &[&format!("a{n}"), &format!("b{n}")]);
    }
    let snapshot = registry.snapshot();
    let family = snapshot.family("c_total").expect("shown");
    assert_eq!(family.series.len(), 4 + 4 + 1);
    assert_eq!(
        snapshot.number("c_total", &[("a", "overflow"), ("b", "overflow")]),
        Some(42.0)
    );
    assert_eq!(total(&snapshot), 50.0);
}

#[test]
fn an_overflow_says_which_label_and_shows_examples() {
    let registry = Registry::with(2, ManualClock::new());
    let metric = capped(&registry, &["user"], 2, None);
    for n in 0..300 {
        add(&registry, &metric, &[&format!("u{n}")]);
    }
    let overflows = registry.overflows();
    assert_eq!(&*overflows[0].metric, "c_total");
    assert_eq!(&*overflows[0].label, "user");
    assert_eq!(&*overflows[0].samples[0], "u2");
    assert!(
        (240..360).contains(&overflows[0].demand),
        "{}",
        overflows[0].demand
    );
    let page = String::from_utf8(rheostat_metrics::Format::Text.render(&registry.snapshot()));
    assert!(
        page.expect("text")
            .contains("rheostat_metric_overflow{metric=\"c_total\",label=\"user\"")
    );
}

#[test]
fn it_ends_when_expiry_has_made_room() {
    let clock = Arc::new(ManualClock::new());
    let registry = Registry::with(2, Arc::clone(&clock));
    let metric = capped(&registry, &["user"], 5, Some(60));
    for n in 0..8 {
        add(&registry, &metric, &[&format!("u{n}")]);
    }
    assert_eq!(registry.overflows().len(), 1);
    registry.upkeep();
    clock.advance(Duration::from_secs(100));
    (0..3).for_each(|_| registry.upkeep());
    assert_eq!(registry.overflows(), []);
    add(&registry, &metric, &["new"]);
    assert_eq!(
        registry.snapshot().number("c_total", &[("user", "new")]),
        Some(1.0)
    );
}

#[test]
fn no_race_exceeds_the_cap() {
    let registry = Registry::with(2, ManualClock::new());
    let metric = capped(&registry, &["n"], 50, None);
    thread::scope(|scope| {
        for thread in 0..8 {
            let (registry, metric) = (&registry, &metric);
            scope.spawn(move || {
                for n in 0..200 {
                    add(registry, metric, &[&format!("{}", n * 8 + thread)]);
                }
            });
        }
    });
    let snapshot = registry.snapshot();
    assert_eq!(snapshot.family("c_total").expect("shown").series.len(), 51);
    assert_eq!(total(&snapshot), 1_600.0);
}

proptest! {
    #[test]
    fn totals_sum_whatever_is_folded(
        cap in 1_usize..20,
        records in prop::collection::vec((0_u8..6, 0_u8..40, 0_u8..3), 0..400),
    ) {
        let registry = Registry::with(2, ManualClock::new());
        let metric = capped(&registry, &["a", "b", "c"], cap, None);
        let mut wanted: BTreeMap<_, u64> = BTreeMap::new();
        for record in &records {
            let (a, b, c) = record;
            add(&registry, &metric, &[&format!("a{a}"), &format!("b{b}"), &format!("c{c}")]);
            *wanted.entry(record).or_default() += 1;
        }
        let snapshot = registry.snapshot();
        prop_assert_eq!(total(&snapshot), records.len() as f64);
        let series = snapshot.family("c_total").map_or(0, |family| family.series.len());
        prop_assert!(series <= cap + (cap / 4).max(4) + 1, "{} series", series);
        if wanted.len() <= cap {
            prop_assert_eq!(series, wanted.len());
        }
    }
}
