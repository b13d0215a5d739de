use std::sync::Mutex;

use rheostat_core::sink::{Exponential, Histogram, MetricKind};

use super::*;

/// Metrics that a test sets.
#[derive(Default)]
struct Set(Mutex<Vec<Family>>);

impl MetricSource for Set {
    fn read(&self) -> Reading {
        Reading {
            const_labels: Arc::from([(Arc::from("env"), Arc::from("test"))]),
            families: self.0.lock().unwrap().clone(),
        }
    }
}

fn counter(name: &str, to: u64, series: &[(&str, u64)]) -> Family {
    let point = |(label, whole): &(&str, u64)| Point {
        labels: Arc::from([Arc::from(*label)]),
        from: 100,
        to,
        amount: Amount::Counter {
            whole: *whole,
            part: 0.0,
            exemplar: None,
        },
    };
    Family {
        name: name.into(),
        kind: MetricKind::Counter,
        unit: None,
        help: None,
        labels: Arc::from([Arc::from("status")]),
        points: series.iter().map(point).collect(),
    }
}

fn reports(temporality: Temporality, most: usize) -> (Reports, Arc<Set>) {
    let set = Arc::new(Set::default());
    let mut reports = Reports::new(set.clone());
    reports.adopt(temporality, most);
    (reports, set)
}

/// What the next report says: label, from, to, amount.
fn told(reports: &mut Reports) -> Vec<(String, u64, u64, f64)> {
    reports.collect();
    let Some(report) = reports.next() else {
        return Vec::new();
    };
    report
        .points()
        .map(|(_, point)| {
            let label = point.labels[0].to_string();
            (label, point.from, point.to, point.amount.number())
        })
        .collect()
}

fn row(label: &str, from: u64, to: u64, amount: f64) -> (String, u64, u64, f64) {
    (label.to_owned(), from, to, amount)
}

#[test]
fn a_delta_is_what_came_since_the_report_that_was_taken() {
    let (mut reports, set) = reports(Temporality::Delta, 100);
    *set.0.lock().unwrap() = vec![counter("a", 200, &[("ok", 5), ("bad", 0)])];
    assert_eq!(told(&mut reports), [row("ok", 100, 200, 5.0)]);
    *set.0.lock().unwrap() = vec![counter("a", 300, &[("ok", 9), ("bad", 1)])];
    assert_eq!(
        told(&mut reports),
        [row("ok", 100, 200, 5.0)],
        "the same until it is taken"
    );
    reports.settle(&[]);
    assert_eq!(
        told(&mut reports),
        [row("ok", 200, 300, 4.0), row("bad", 200, 300, 1.0)]
    );
    reports.settle(&[]);
    assert_eq!(told(&mut reports), [], "nothing changed");
    *set.0.lock().unwrap() = vec![counter("a", 500, &[("ok", 9), ("bad", 1)])];
    assert_eq!(told(&mut reports), []);
    *set.0.lock().unwrap() = vec![counter("a", 600, &[("ok", 10), ("bad", 1)])];
    assert_eq!(told(&mut reports), [row("ok", 500, 600, 1.0)]);
}

#[test]
fn what_is_given_up_is_told_by_the_next() {
    let (mut reports, set) = reports(Temporality::Delta, 100);
    *set.0.lock().unwrap() = vec![counter("a", 200, &[("ok", 5)])];
    assert_eq!(told(&mut reports).len(), 1);
    reports.give_up();
    *set.0.lock().unwrap() = vec![counter("a", 300, &[("ok", 6)])];
    assert_eq!(told(&mut reports), [row("ok", 100, 300, 6.0)]);
}

#[test]
fn a_series_that_began_anew_is_told_whole() {
    let (mut reports, set) = reports(Temporality::Delta, 100);
    *set.0.lock().unwrap() = vec![counter("a", 200, &[("ok", 5)])];
    told(&mut reports);
    reports.settle(&[]);
    let mut anew = counter("a", 400, &[("ok", 7)]);
    anew.points[0].from = 350;
    *set.0.lock().unwrap() = vec![anew];
    assert_eq!(told(&mut reports), [row("ok", 350, 400, 7.0)]);
}

#[test]
fn points_that_were_not_taken_come_again_alone() {
    let (mut reports, set) = reports(Temporality::Delta, 100);
    *set.0.lock().unwrap() = vec![counter("a", 200, &[("x", 1), ("y", 2), ("z", 3)])];
    told(&mut reports);
    let before = reports.next().unwrap().token.clone();
    reports.settle(&[1]);
    assert_eq!(told(&mut reports), [row("y", 100, 200, 2.0)]);
    assert_ne!(
        reports.next().unwrap().token,
        before,
        "another content, another token"
    );
    reports.settle(&[]);
    assert_eq!(told(&mut reports), []);
}

#[test]
fn many_points_are_several_reports_and_a_refused_one_is_halved() {
    let (mut reports, set) = reports(Temporality::Delta, 2);
    *set.0.lock().unwrap() = vec![
        counter("a", 200, &[("x", 1), ("y", 2), ("z", 3)]),
        counter("b", 200, &[("x", 4), ("y", 5)]),
    ];
    let mut sizes = Vec::new();
    reports.collect();
    assert!(reports.halve());
    while let Some(report) = reports.next() {
        sizes.push(report.len());
        assert!(
            report
                .families
                .iter()
                .all(|family| !family.points.is_empty())
        );
        reports.settle(&[]);
    }
    assert_eq!(sizes, [1, 1, 2, 1]);
    assert_eq!(told(&mut reports), []);
}

#[test]
fn totals_are_told_every_time_and_a_series_that_left_once_more() {
    let (mut reports, set) = reports(Temporality::Cumulative, 100);
    *set.0.lock().unwrap() = vec![counter("a", 200, &[("x", 1), ("y", 2)])];
    told(&mut reports);
    reports.settle(&[]);
    *set.0.lock().unwrap() = vec![counter("a", 300, &[("x", 1)])];
    let second = told(&mut reports);
    assert_eq!(second[0], row("x", 100, 300, 1.0));
    assert_eq!((&*second[1].0, second[1].2), ("y", 300));
    let amounts: Vec<_> = reports
        .next()
        .unwrap()
        .points()
        .map(|(_, point)| point.amount.clone())
        .collect();
    assert_eq!(amounts[1], Amount::Gone);
    reports.settle(&[]);
    assert_eq!(told(&mut reports).len(), 1, "said once");
}

#[test]
fn histograms_are_subtracted_bucket_by_bucket_at_the_coarser_resolution() {
    let histogram = |counts: [u64; 3], schema, positive: &[(i32, u64)]| {
        Amount::Histogram(Box::new(Histogram {
            bounds: Arc::from([1.0, 2.0]),
            counts: counts.to_vec(),
            sum: counts.iter().sum::<u64>() as f64,
            exemplars: Vec::new(),
            exponential: Some(Exponential {
                schema,
                zero_threshold: 0.0,
                zero_count: 0,
                positive: positive.to_vec(),
                negative: Vec::new(),
            }),
        }))
    };
    let (mut reports, set) = reports(Temporality::Delta, 100);
    let mut family = counter("a", 200, &[("x", 0)]);
    family.points[0].amount = histogram([1, 2, 0], 3, &[(1, 1), (2, 1), (3, 1)]);
    *set.0.lock().unwrap() = vec![family.clone()];
    told(&mut reports);
    reports.settle(&[]);
    family.points[0].amount = histogram([1, 3, 4], 2, &[(1, 2), (2, 3), (9, 3)]);
    family.points[0].to = 300;
    *set.0.lock().unwrap() = vec![family];
    told(&mut reports);
    let point = reports.next().unwrap().points().next().unwrap().1.clone();
    let Amount::Histogram(delta) = point.amount else {
        unreachable!("a histogram stays one");
    };
    assert_eq!(delta.counts, [0, 1, 4]);
    assert_eq!(delta.sum, 5.0);
    let exponential = delta.exponential.unwrap();
    assert_eq!(exponential.schema, 2);
    assert_eq!(exponential.positive, [(2, 2), (9, 3)]);
}
