//! Metrics: names, units, buckets, labels.

use rheostat_policy::model::{Buckets, OutOf};
use rheostat_policy::vocabulary::MetricKind;

use super::{findings, policy};

const ELEVEN: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

fn rule(action: &str) -> String {
    format!("[[rules]]\nmatch = {{ target = \"a\" }}\n{action}\n")
}

fn buckets(name: &str, declared: &str) -> Buckets {
    let text = format!(
        "[metrics.{name}]\n{declared}\n{}",
        rule(&format!(
            "histogram = {{ metric = \"{name}\", of = \"x\" }}"
        ))
    );
    policy(&text).metrics[0].buckets.clone()
}

#[test]
fn a_counter_gets_its_suffix_and_both_spellings_are_one() {
    let policy = policy(
        "[metrics.a]\nkind = \"counter\"\nhelp = \"h\"\n\
         [[rules]]\nmatch = { target = \"a\" }\ncount = { metric = \"a_total\" }\n\
         [[rules]]\nmatch = { target = \"b\" }\ncount = { metric = \"a\" }\n",
    );
    assert_eq!(policy.metrics.len(), 1);
    assert_eq!(&*policy.metrics[0].name, "a_total");
    assert_eq!(policy.metrics[0].kind, MetricKind::Counter);
    assert_eq!(policy.metrics[0].help.as_deref(), Some("h"));
}

#[test]
fn a_unit_is_read_from_the_name_before_total_too() {
    for (name, unit) in [
        ("sent_bytes_total", "bytes"),
        ("a_seconds_total", "seconds"),
        ("a_ms_total", "milliseconds"),
        ("a_us_total", "microseconds"),
        ("a_ns_total", "nanoseconds"),
        ("a_ratio_total", "ratio"),
        ("a_percent_total", "percent"),
        ("a_celsius_total", "celsius"),
    ] {
        let policy = policy(&rule(&format!(
            "count = {{ metric = \"{name}\", of = \"x\" }}"
        )));
        let found = policy.metrics[0].unit.as_ref().map(|unit| &*unit.name);
        assert_eq!(found, Some(unit), "{name}");
    }
    let plain = policy(&rule("count = { metric = \"seconds_total\" }"));
    assert!(
        plain.metrics[0].unit.is_none(),
        "a name is not its own ending"
    );
}

#[test]
fn an_undeclared_metric_takes_the_unit_of_its_first_rule() {
    let policy = policy(&rule(
        "gauge = { metric = \"a\", of = \"x\", unit = \"celsius\" }",
    ));
    let unit = policy.metrics[0].unit.as_ref().expect("there is a unit");
    assert_eq!((&*unit.name, unit.scale), ("celsius", None));
}

#[test]
fn an_action_keeps_the_unit_that_its_numbers_have() {
    let policy = policy(&rule(
        "histogram = { metric = \"a_seconds\", of = \"x\", unit = \"milliseconds\" }",
    ));
    let unit = policy.rules[0].actions[0]
        .unit
        .as_ref()
        .expect("there is a unit");
    assert_eq!(unit.scale, Some(OutOf::Nanoseconds(1e6)));
    assert_eq!(
        policy.metrics[0].unit.as_ref().map(|unit| &*unit.name),
        Some("seconds")
    );
}

#[test]
fn a_duration_and_a_size_fit_the_units_they_convert_to() {
    for (name, of) in [
        ("a_seconds", "@duration"),
        ("a_ms", "x | duration"),
        ("a_bytes", "x | size"),
    ] {
        policy(&rule(&format!(
            "histogram = {{ metric = \"{name}\", of = \"{of}\" }}"
        )));
    }
    for (name, of) in [
        ("a_bytes", "@duration"),
        ("a_seconds", "x | size"),
        ("a_ratio", "@duration"),
    ] {
        let found = findings(&rule(&format!(
            "histogram = {{ metric = \"{name}\", of = \"{of}\" }}"
        )));
        assert_eq!(found, ["unfit-unit"], "{name}");
    }
}

#[test]
fn without_buckets_the_common_bounds_are_converted_to_the_unit() {
    assert_eq!(
        buckets("a_seconds", ""),
        Buckets::Exponential(ELEVEN.to_vec())
    );
    let milliseconds = ELEVEN.map(|bound| (bound * 1e6).round() / 1e3).to_vec();
    assert_eq!(buckets("a_ms", ""), Buckets::Exponential(milliseconds));
    let bytes: Vec<f64> = (0..=10).map(|n| 1024.0 * 4_f64.powi(n)).collect();
    assert_eq!(
        buckets("a_bytes", "buckets = \"exponential\""),
        Buckets::Exponential(bytes)
    );
}

#[test]
fn buckets_have_four_forms() {
    assert_eq!(
        buckets("a_seconds", "buckets = [0.001, \"5ms\", 1]"),
        Buckets::Explicit(vec![0.001, 0.005, 1.0])
    );
    assert_eq!(
        buckets("a_bytes", "buckets = [\"1KiB\", \"1MiB\"]"),
        Buckets::Explicit(vec![1024.0, 1_048_576.0])
    );
    assert_eq!(
        buckets("a", "buckets = { start = 1, factor = 2, count = 4 }"),
        Buckets::Explicit(vec![1.0, 2.0, 4.0, 8.0])
    );
    assert_eq!(
        buckets("a", "buckets = { start = 0, width = 0.1, count = 4 }"),
        Buckets::Explicit(vec![0.0, 0.1, 0.2, 0.3])
    );
}

#[test]
fn labels_have_three_forms_and_are_named_after_what_they_show() {
    for labels in [
        "['http.route', '@level', { class = 'status | class' }]",
        "{ http_route = 'http.route', level = '@level', class = { of = 'status | class' } }",
        "['http.route', { level = '@level', class = 'status | class' }]",
    ] {
        let policy = policy(&rule(&format!(
            "count = {{ metric = 'a_total', labels = {labels} }}"
        )));
        let names: Vec<&str> = policy.metrics[0]
            .labels
            .iter()
            .map(|one| &*one.name)
            .collect();
        assert_eq!(names, ["class", "http_route", "level"]);
    }
}

#[test]
fn the_table_form_maps_and_caps() {
    let policy = policy(&rule(
        "count = { metric = 'a_total', labels = { o = { of = 's | class', map = { 2xx = 'ok' }, default = 'x', max_values = 20 } } }",
    ));
    let value = &policy.rules[0].actions[0].labels[0].value;
    assert_eq!(value.map.as_ref().map(Vec::len), Some(1));
    assert_eq!(value.default.as_deref(), Some("x"));
    assert_eq!(value.max_values, Some(20));
}

#[test]
fn closed_sets_and_caps_come_from_the_declaration() {
    let policy = policy(&format!(
        "[defaults]\nmax_series = 77\n[metrics.a_total]\nlabels = {{ s = [\"x\", \"y\"], t = [] }}\nexpire = \"15m\"\n{}",
        rule("count = { metric = \"a_total\", labels = [\"t\", \"s\"] }")
    ));
    let metric = &policy.metrics[0];
    assert_eq!(metric.labels[0].closed.as_ref().map(Vec::len), Some(2));
    assert!(metric.labels[1].closed.is_none());
    assert_eq!(metric.max_series, 77);
    assert_eq!(metric.expire.map(|time| time.as_secs()), Some(900));
    assert!(metric.exemplars);
}

#[test]
fn a_redacted_field_inside_of_a_value_is_no_label_either() {
    let text = format!(
        "[defaults]\nredact = ['user']\n{}",
        rule("count = { metric = 'a_total', labels = { u = 'user | lower' } }")
    );
    assert_eq!(findings(&text), ["redacted-label"]);
}
