//! The program's own `metrics` calls, beside the policy's metrics.

use std::sync::Arc;

use metrics::{Key, Label, Level, Metadata, Recorder};
use rheostat_metrics::{Bounds, Identity, ManualClock, Registry, Settings};

fn registry() -> Registry {
    Registry::with(2, ManualClock::new())
}

fn key(name: &'static str, labels: &[(&'static str, &'static str)]) -> Key {
    let labels: Vec<Label> = labels.iter().map(|(k, v)| Label::new(*k, *v)).collect();
    Key::from_parts(name, labels)
}

fn counter(registry: &Registry, key: &Key) -> metrics::Counter {
    registry.register_counter(key, &Metadata::new("test", Level::INFO, None))
}

fn gauge(registry: &Registry, key: &Key) -> metrics::Gauge {
    registry.register_gauge(key, &Metadata::new("test", Level::INFO, None))
}

fn histogram(registry: &Registry, key: &Key) -> metrics::Histogram {
    registry.register_histogram(key, &Metadata::new("test", Level::INFO, None))
}

fn apply(registry: &Registry, identity: Identity) -> rheostat_metrics::Metric {
    let metric = registry.prepare(&identity, &Settings::default());
    registry.apply([(metric.clone(), Settings::default())]);
    metric
}

#[test]
fn the_macros_record_through_a_registry() {
    let registry = registry();
    metrics::with_local_recorder(&registry, || {
        metrics::describe_counter!("hits", "How often it hit.");
        metrics::counter!("hits", "where" => "here").increment(2);
        metrics::gauge!("level").set(1.5);
        metrics::gauge!("level").decrement(0.5);
        metrics::histogram!("took").record(0.3);
    });
    let snapshot = registry.snapshot();
    assert_eq!(
        snapshot.number("hits_total", &[("where", "here")]),
        Some(2.0)
    );
    assert_eq!(snapshot.number("level", &[]), Some(1.0));
    assert_eq!(snapshot.number("took", &[]), Some(1.0));
    let help = snapshot
        .family("hits_total")
        .and_then(|family| family.help.clone());
    assert_eq!(help.as_deref(), Some("How often it hit."));
}

#[test]
fn the_same_name_kind_and_labels_are_one_metric_whoever_came_first() {
    let registry = registry();
    let before = counter(&registry, &key("hits", &[("b", "2"), ("a", "1")]));
    before.increment(1);
    let metric = apply(&registry, Identity::counter("hits_total", &["a", "b"]));
    let after = counter(&registry, &key("hits_total", &[("a", "1"), ("b", "2")]));
    let mut labels = registry.labels();
    labels.push("1");
    labels.push("2");
    metric.add(&labels, 10);
    after.increment(100);
    before.increment(1_000);
    let wanted = [("a", "1"), ("b", "2")];
    assert_eq!(
        registry.snapshot().number("hits_total", &wanted),
        Some(1_111.0)
    );
    assert_eq!(registry.conflicts(), []);
}

#[test]
fn a_kept_handle_goes_on_in_the_metric_that_the_policy_defines_otherwise() {
    let registry = registry();
    let kept = histogram(&registry, &key("took", &[("x", "y")]));
    kept.record(1.0);
    let bounds = Bounds::Explicit(Arc::new([2.0, 4.0]));
    apply(&registry, Identity::histogram("took", &["x"], bounds));
    kept.record(3.0);
    let snapshot = registry.snapshot();
    let families: Vec<_> = snapshot
        .families
        .iter()
        .filter(|f| &*f.name == "took")
        .collect();
    assert_eq!(families.len(), 1);
    let rheostat_metrics::Value::Histogram(value) = &families[0].series[0].value else {
        panic!("not a histogram");
    };
    assert_eq!(value.counts, [0, 1, 0]);
}

#[test]
fn a_metric_that_the_policy_lets_go_stays_for_the_program() {
    let registry = registry();
    apply(&registry, Identity::counter("hits_total", &[]));
    let kept = counter(&registry, &key("hits", &[]));
    kept.increment(3);
    registry.apply([]);
    kept.increment(1);
    assert_eq!(registry.snapshot().number("hits_total", &[]), Some(4.0));
}

#[test]
fn a_clash_is_shown_under_the_policys_definition_and_named() {
    let registry = registry();
    gauge(&registry, &key("depth", &[("queue", "a")])).set(1.0);
    let metric = apply(&registry, Identity::gauge("depth", &["kind"]));
    let mut labels = registry.labels();
    labels.push("x");
    metric.set(&labels, 2.0).expect("finite");
    let snapshot = registry.snapshot();
    assert_eq!(snapshot.number("depth", &[("kind", "x")]), Some(2.0));
    assert_eq!(snapshot.number("depth", &[("queue", "a")]), None);
    assert_eq!(
        snapshot.number("rheostat_metric_conflicts", &[("metric", "depth")]),
        Some(1.0)
    );
}

#[test]
fn what_clashed_is_shown_again_when_the_policy_lets_go() {
    let registry = registry();
    let kept = gauge(&registry, &key("depth", &[("queue", "a")]));
    apply(&registry, Identity::gauge("depth", &["kind"]));
    kept.set(4.0);
    registry.apply([]);
    assert_eq!(
        registry.snapshot().number("depth", &[("queue", "a")]),
        Some(4.0)
    );
    assert_eq!(registry.conflicts(), []);
}

#[test]
fn a_name_that_another_metrics_exposition_yields_is_a_clash() {
    let registry = registry();
    histogram(&registry, &key("took", &[])).record(1.0);
    gauge(&registry, &key("took_count", &[])).set(1.0);
    gauge(&registry, &key("rheostat_made_up", &[])).set(1.0);
    let names: Vec<_> = registry
        .conflicts()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        ["rheostat_made_up".into(), Arc::<str>::from("took_count")]
    );
}

#[test]
fn a_label_that_the_formats_use_is_refused_and_named() {
    let registry = registry();
    histogram(&registry, &key("took", &[("le", "1")])).record(1.0);
    assert_eq!(registry.snapshot().number("took", &[("le", "1")]), None);
    assert_eq!(registry.conflicts(), [(Arc::from("took"), 1)]);
}

#[test]
fn values_that_are_no_numbers_do_not_spoil_a_histogram() {
    let registry = registry();
    let took = histogram(&registry, &key("took", &[]));
    took.record(f64::NAN);
    took.record(f64::INFINITY);
    took.record_many(2.0, 3);
    assert_eq!(registry.snapshot().number("took", &[]), Some(3.0));
}

#[test]
fn an_absolute_reading_never_lowers_a_counter() {
    let registry = registry();
    let hits = counter(&registry, &key("hits", &[]));
    for reading in [5, 3, 9] {
        hits.absolute(reading);
    }
    assert_eq!(registry.snapshot().number("hits_total", &[]), Some(9.0));
}
