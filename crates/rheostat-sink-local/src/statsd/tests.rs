use std::sync::Arc;

use rheostat_core::sink::{
    Amount, Exponential, Family, Histogram, MetricKind, Point, Report, Temporality,
};

use super::*;

fn family(name: &str, labels: &[&str], points: Vec<(&[&str], Amount)>) -> Family {
    Family {
        name: name.into(),
        kind: MetricKind::Counter,
        unit: None,
        help: None,
        labels: labels.iter().map(|label| Arc::from(*label)).collect(),
        points: points
            .into_iter()
            .map(|(labels, amount)| Point {
                labels: labels.iter().map(|label| Arc::from(*label)).collect(),
                from: 1,
                to: 2,
                amount,
            })
            .collect(),
    }
}

fn report(families: Vec<Family>) -> Report {
    Report {
        temporality: Temporality::Delta,
        token: "t".into(),
        const_labels: Arc::from([(Arc::from("env"), Arc::from("test"))]),
        families,
    }
}

fn count(whole: u64) -> Amount {
    Amount::Counter {
        whole,
        part: 0.0,
        exemplar: None,
    }
}

fn written(dialect: Dialect, distributions: Distributions, families: Vec<Family>) -> Vec<String> {
    let mut lines = Lines::new(dialect, distributions, "shop.".into());
    lines.encode(&report(families));
    lines
        .iter()
        .map(|(line, _)| String::from_utf8(line.to_vec()).unwrap())
        .collect()
}

fn took() -> Amount {
    Amount::Histogram(Box::new(Histogram {
        bounds: Arc::from([0.5, 2.0]),
        counts: vec![3, 0, 1],
        sum: 7.25,
        exemplars: Vec::new(),
        exponential: None,
    }))
}

#[test]
fn labels_are_parts_of_a_plain_name() {
    let hits = family(
        "hits_total",
        &["status", "path"],
        vec![(&["200", "a.b"], count(7))],
    );
    let lines = written(Dialect::Plain, Distributions::Counters, vec![hits]);
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert!(
        line.starts_with("shop.hits_total.env.test.status.200.path.a_b-") && line.ends_with(":7|c"),
        "{line}"
    );
}

#[test]
fn labels_are_tags_where_tags_are_understood() {
    let hits = family(
        "hits_total",
        &["status", "path"],
        vec![(&["200", ""], count(7))],
    );
    assert_eq!(
        written(Dialect::DogStatsd, Distributions::Counters, vec![hits]),
        ["shop.hits_total:7|c|#env:test,status:200"]
    );
}

#[test]
fn whole_counts_are_exact_beyond_what_a_float_holds() {
    let odd = (1 << 53) + 1;
    let hits = family("hits_total", &[], vec![(&[], count(odd))]);
    let lines = written(Dialect::Plain, Distributions::Counters, vec![hits]);
    assert_eq!(lines, [format!("shop.hits_total.env.test:{odd}|c")]);
}

#[test]
fn a_gauge_below_zero_is_a_change_from_zero() {
    let depth = family("depth", &[], vec![(&[], Amount::Gauge(-2.5))]);
    assert_eq!(
        written(Dialect::Plain, Distributions::Counters, vec![depth]),
        ["shop.depth.env.test:0|g", "shop.depth.env.test:-2.5|g"]
    );
}

#[test]
fn no_number_is_written_with_an_exponent() {
    let depth = family("depth", &[], vec![(&[], Amount::Gauge(1e21))]);
    assert_eq!(
        written(Dialect::Plain, Distributions::Counters, vec![depth]),
        ["shop.depth.env.test:1000000000000000000000|g"]
    );
}

#[test]
fn a_histogram_is_a_counter_for_each_bucket_its_count_and_its_sum() {
    let all = family("took_seconds", &[], vec![(&[], took())]);
    assert_eq!(
        written(
            Dialect::DogStatsd,
            Distributions::Counters,
            vec![all.clone()]
        ),
        [
            "shop.took_seconds_bucket:3|c|#env:test,le:0.5",
            "shop.took_seconds_bucket:3|c|#env:test,le:2",
            "shop.took_seconds_bucket:4|c|#env:test,le:inf",
            "shop.took_seconds_count:4|c|#env:test",
            "shop.took_seconds_sum:7.25|c|#env:test",
        ]
    );
    let plain = written(Dialect::Plain, Distributions::Counters, vec![all]);
    assert_eq!(plain[0], "shop.took_seconds_bucket.env.test.le.0_5:3|c");
}

#[test]
fn a_timer_is_in_milliseconds_and_says_how_many_values_it_stands_for() {
    let mut all = family("took_seconds", &[], vec![(&[], took())]);
    all.unit = Some("seconds".into());
    assert_eq!(
        written(Dialect::Plain, Distributions::Timers, vec![all]),
        [
            "shop.took_seconds.env.test:250|ms|@0.3333333333333333",
            "shop.took_seconds.env.test:2000|ms",
        ]
    );
}

#[test]
fn timers_are_as_fine_as_the_exponential_buckets() {
    let fine = Amount::Histogram(Box::new(Histogram {
        bounds: Arc::from([]),
        counts: vec![4],
        sum: 0.0,
        exemplars: Vec::new(),
        exponential: Some(Exponential {
            schema: 0,
            zero_threshold: 0.0,
            zero_count: 1,
            positive: vec![(3, 2)],
            negative: vec![(1, 1)],
        }),
    }));
    let sizes = family("size_bytes", &[], vec![(&[], fine)]);
    let lines = written(Dialect::DogStatsd, Distributions::Timers, vec![sizes]);
    let values: Vec<f64> = lines
        .iter()
        .map(|line| {
            let (_, rest) = line.split_once(':').unwrap();
            rest.split_once("|h").unwrap().0.parse().unwrap()
        })
        .collect();
    assert!(values[0] < -1.0 && values[0] > -2.0, "{lines:?}");
    assert_eq!(values[1], 0.0);
    assert!(values[2] > 4.0 && values[2] < 8.0, "{lines:?}");
    assert!(lines[2].contains("|h|@0.5|#"), "{lines:?}");
}

#[test]
fn a_value_that_is_no_number_is_named_by_its_place() {
    let depth = family(
        "depth",
        &["of"],
        vec![
            (&["a"], Amount::Gauge(f64::NAN)),
            (&["b"], Amount::Gauge(1.0)),
        ],
    );
    let mut lines = Lines::new(Dialect::Plain, Distributions::Counters, String::new());
    lines.encode(&report(vec![depth]));
    assert_eq!(lines.unfit(), [0]);
    assert!(lines.iter().map(|(_, point)| point).eq([1]));
}
