use std::sync::Arc;

use rheostat_core::sink::{
    Amount, Exemplar, Exponential, Family, Histogram, MetricKind, Point, Report, Temporality,
};

use super::labels::Everywhere;
use super::series::{Histograms, STALE, Writer};
use super::wire::TimeSeries;

fn writer(histograms: Histograms) -> Writer {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let everywhere = vec![
        pair("zone", "eu"),
        pair("job", "shop"),
        pair("job", "other"),
    ];
    Writer::new(Everywhere(everywhere), histograms)
}

fn report(kind: MetricKind, amount: Amount) -> Report {
    Report {
        temporality: Temporality::Cumulative,
        token: "t".into(),
        const_labels: Arc::from([(Arc::from("app"), Arc::from("x"))]),
        families: vec![Family {
            name: "m".into(),
            kind,
            unit: Some("seconds".into()),
            help: None,
            labels: Arc::from([Arc::from("zone"), Arc::from("Big"), Arc::from("empty")]),
            points: vec![Point {
                labels: Arc::from([Arc::from("us"), Arc::from("b"), Arc::from("")]),
                from: 1,
                to: 7_000_000,
                amount,
            }],
        }],
    }
}

fn shown(series: &TimeSeries) -> String {
    let labels = series.labels.iter();
    let labels: Vec<String> = labels
        .map(|label| format!("{}={}", label.name, label.value))
        .collect();
    labels.join(",")
}

fn values(series: &[TimeSeries]) -> Vec<(String, f64)> {
    let name = |one: &TimeSeries| {
        let of = |wanted: &str| one.labels.iter().find(|label| label.name == wanted);
        let le = of("le").map_or(String::new(), |le| format!(" {}", le.value));
        format!("{}{le}", of("__name__").expect("a name").value)
    };
    series
        .iter()
        .flat_map(|one| one.samples.iter().map(|sample| (name(one), sample.value)))
        .collect()
}

fn distribution() -> Amount {
    Amount::Histogram(Box::new(Histogram {
        bounds: Arc::from([0.25, 1.0]),
        counts: vec![3, 0, 1],
        sum: 7.5,
        exemplars: vec![exemplar(3_000_000), None, exemplar(9_000_000)],
        exponential: Some(Exponential {
            schema: 2,
            zero_threshold: 1e-128,
            zero_count: 1,
            positive: vec![(-1, 2), (0, 1), (3, 4)],
            negative: vec![(2, 5)],
        }),
    }))
}

fn exemplar(time: u64) -> Option<Exemplar> {
    Some(Exemplar {
        trace_id: [0xab; 16],
        span_id: Some([1; 8]),
        value: 0.5,
        time,
    })
}

#[test]
fn labels_are_sorted_and_a_series_own_ones_win() {
    let report = report(MetricKind::Gauge, Amount::Gauge(1.5));
    let request = writer(Histograms::Classic).request(&report, 7, 0);
    let [series] = &request.timeseries[..] else {
        panic!("{request:?}")
    };
    assert_eq!(shown(series), "Big=b,__name__=m,app=x,job=shop,zone=us");
    assert_eq!(series.samples[0].timestamp, 7);
    assert_eq!(request.metadata[0].unit, "seconds");
    assert_eq!(request.metadata[0].kind, 2);
}

#[test]
fn a_classic_histogram_is_a_series_for_each_bucket_its_count_and_its_sum() {
    let report = report(MetricKind::Histogram, distribution());
    let request = writer(Histograms::Classic).request(&report, 7, 0);
    let expected = [
        ("m_bucket 0.25", 3.0),
        ("m_bucket 1.0", 3.0),
        ("m_bucket +Inf", 4.0),
        ("m_count", 4.0),
        ("m_sum", 7.5),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(values(&request.timeseries), expected);
}

#[test]
fn a_native_histogram_has_runs_of_buckets_and_differences() {
    let report = report(MetricKind::Histogram, distribution());
    let request = writer(Histograms::Native).request(&report, 7, 0);
    let [series] = &request.timeseries[..] else {
        panic!("{request:?}")
    };
    let [native] = &series.histograms[..] else {
        panic!("{series:?}")
    };
    let spans = |spans: &[super::wire::BucketSpan]| -> Vec<(i32, u32)> {
        spans
            .iter()
            .map(|span| (span.offset, span.length))
            .collect()
    };
    assert_eq!(spans(&native.positive_spans), [(-1, 2), (2, 1)]);
    assert_eq!(native.positive_deltas, [2, -1, 3]);
    assert_eq!(spans(&native.negative_spans), [(2, 1)]);
    assert_eq!(native.negative_deltas, [5]);
    assert_eq!(native.count_int, Some(13));
    assert_eq!(native.zero_count_int, Some(1));
    assert_eq!((native.schema, native.sum, native.timestamp), (2, 7.5, 7));
}

#[test]
fn an_exemplar_is_told_once() {
    let report = report(MetricKind::Histogram, distribution());
    let told = |before| {
        let request = writer(Histograms::Both).request(&report, 7, before);
        let all = request.timeseries.into_iter().flat_map(|one| one.exemplars);
        all.map(|exemplar| exemplar.timestamp).collect::<Vec<_>>()
    };
    assert_eq!(
        told(0),
        [3, 9, 3, 9],
        "of the native one, then of the buckets"
    );
    assert_eq!(told(3_000_000), [9, 9]);
}

#[test]
fn each_series_of_what_left_is_marked_until_that_was_taken() {
    let mut writer = writer(Histograms::Both);
    writer.request(&report(MetricKind::Histogram, distribution()), 7, 0);
    let gone = report(MetricKind::Histogram, Amount::Gone);
    for _ in 0..2 {
        let series = writer.request(&gone, 8, 7).timeseries;
        let marks = |bits: u64| bits == STALE;
        assert!(marks(series[0].histograms[0].sum.to_bits()));
        let classic = values(&series);
        let names: Vec<&str> = classic.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "m_bucket 0.25",
                "m_bucket 1.0",
                "m_bucket +Inf",
                "m_count",
                "m_sum"
            ]
        );
        assert!(classic.iter().all(|(_, value)| marks(value.to_bits())));
    }
    writer.settled(&gone);
    let series = writer.request(&gone, 9, 8).timeseries;
    assert_eq!(
        values(&series).len(),
        3,
        "only what all histograms have is known"
    );
}

#[test]
fn what_was_written_as_native_alone_is_marked_as_native_alone() {
    let mut writer = writer(Histograms::Native);
    writer.request(&report(MetricKind::Histogram, distribution()), 7, 0);
    let gone = report(MetricKind::Histogram, Amount::Gone);
    let series = writer.request(&gone, 8, 7).timeseries;
    assert_eq!(series.len(), 1);
    assert_eq!(series[0].histograms.len(), 1);
}
