//! What is exposed parses, whatever the names, labels, helps and values are.

mod parser;

use std::sync::Arc;

use proptest::prelude::*;
use rheostat_metrics::{
    Bounds, Defaults, Exemplar, Format, Identity, ManualClock, Registry, Settings,
};

fn page(registry: &Registry, format: Format) -> String {
    String::from_utf8(format.render(&registry.snapshot())).expect("text")
}

/// One of each kind, with labels, unit, help and an exemplar.
fn sample_registry() -> Registry {
    let registry = Registry::with(2, ManualClock::new());
    registry.set_defaults(Defaults {
        const_labels: Arc::from([("service".into(), "shop".into())]),
        ..Defaults::default()
    });
    let help = |help: &str| Settings {
        help: Some(help.into()),
        ..Settings::default()
    };
    let requests = Identity::counter("http_requests_total", &["method", "status"]);
    let seconds = Bounds::Exponential(Arc::new([0.1, 1.0]));
    let seconds = Identity::histogram("request_seconds", &["method"], seconds).in_unit("seconds");
    let depth = Identity::gauge("queue_depth", &[]);
    let all = [
        (requests, help("Requests served.\nBy \\status.")),
        (seconds, Settings::default()),
        (depth, Settings::default()),
    ]
    .map(|(identity, settings)| (registry.prepare(&identity, &settings), settings));
    registry.apply(all.clone());
    let [(requests, _), (seconds, _), (depth, _)] = all;

    let mut labels = registry.labels();
    labels.push("GET");
    for value in [0.05, 0.5, 50.0] {
        seconds.record(&labels, value).expect("finite");
    }
    seconds.point(
        &labels,
        Exemplar {
            trace_id: [0xab; 16],
            span_id: Some([1; 8]),
            value: 0.5,
            unix_millis: 1_700_000_000_123,
        },
    );
    labels.push("a \"quoted\\\nstatus\"");
    requests.add(&labels, 3);
    depth.set(&registry.labels(), -2.5).expect("finite");
    registry
}

#[test]
fn the_classic_text_reads_as_expected() {
    let page = page(&sample_registry(), Format::Text);
    let expected = r#"# HELP http_requests_total Requests served.\nBy \\status.
# TYPE http_requests_total counter
http_requests_total{service="shop",method="GET",status="a \"quoted\\\nstatus\""} 3
# HELP queue_depth A gauge without a help text; [metrics.queue_depth] of the policy can give it one.
# TYPE queue_depth gauge
queue_depth{service="shop"} -2.5
# HELP request_seconds A histogram without a help text; [metrics.request_seconds] of the policy can give it one.
# TYPE request_seconds histogram
request_seconds_bucket{service="shop",method="GET",le="0.1"} 1
request_seconds_bucket{service="shop",method="GET",le="1.0"} 2
request_seconds_bucket{service="shop",method="GET",le="+Inf"} 3
request_seconds_sum{service="shop",method="GET"} 50.55
request_seconds_count{service="shop",method="GET"} 3
"#;
    assert_eq!(page, expected);
    parser::text(&page).expect("it parses");
}

#[test]
fn openmetrics_adds_units_creation_times_and_exemplars() {
    let page = page(&sample_registry(), Format::OpenMetrics);
    let read = parser::openmetrics(&page).expect("it parses");
    assert_eq!(read.kinds["http_requests"], "counter");
    assert_eq!(read.units["request_seconds"], "seconds");
    let created = read.value(
        "request_seconds_created",
        &[("service", "shop"), ("method", "GET")],
    );
    assert_eq!(created, Some(1_700_000_000.0));
    let exemplars: Vec<_> = read
        .samples
        .iter()
        .filter_map(|s| s.exemplar.clone())
        .collect();
    assert_eq!(exemplars.len(), 1);
    assert_eq!(exemplars[0].0["trace_id"], "ab".repeat(16));
    assert_eq!(exemplars[0].1, 0.5);
}

#[test]
fn an_own_label_goes_before_one_that_is_on_every_series() {
    let registry = Registry::with(2, ManualClock::new());
    registry.set_defaults(Defaults {
        const_labels: Arc::from([("service".into(), "all".into())]),
        ..Defaults::default()
    });
    let metric = registry.prepare(
        &Identity::counter("c_total", &["service"]),
        &Settings::default(),
    );
    registry.apply([(metric.clone(), Settings::default())]);
    let mut labels = registry.labels();
    labels.push("mine");
    metric.add(&labels, 1);
    assert!(page(&registry, Format::Text).contains("c_total{service=\"mine\"} 1\n"));
}

#[test]
fn an_empty_label_is_not_shown() {
    let registry = Registry::with(2, ManualClock::new());
    let metric = registry.prepare(
        &Identity::counter("c_total", &["a", "b"]),
        &Settings::default(),
    );
    registry.apply([(metric.clone(), Settings::default())]);
    let mut labels = registry.labels();
    labels.push("");
    labels.push("x");
    metric.add(&labels, 1);
    assert!(page(&registry, Format::Text).contains("c_total{b=\"x\"} 1\n"));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,20}",
        any::<String>(),
        Just("\\\"\n\\n".to_owned()),
        "[\\\\\"\n\r{},=]{0,12}",
    ]
}

proptest! {
    #[test]
    fn whatever_the_program_records_parses(
        metrics in prop::collection::vec(
            (any_text(), 0_u8..3, prop::collection::vec((any_text(), any_text()), 0..4), any::<f64>()),
            0..12,
        ),
        help in any_text(),
    ) {
        use metrics::Recorder;
        let registry = Registry::with(2, ManualClock::new());
        let metadata = metrics::Metadata::new("test", metrics::Level::INFO, None);
        for (name, kind, labels, value) in metrics {
            let labels: Vec<_> = labels.into_iter().map(|(k, v)| metrics::Label::new(k, v)).collect();
            let key = metrics::Key::from_parts(name.clone(), labels);
            match kind {
                0 => {
                    registry.describe_counter(name.into(), None, help.clone().into());
                    registry.register_counter(&key, &metadata).increment(value.abs() as u64);
                }
                1 => registry.register_gauge(&key, &metadata).set(value),
                _ => registry.register_histogram(&key, &metadata).record(value),
            }
        }
        let snapshot = registry.snapshot();
        let text = String::from_utf8(Format::Text.render(&snapshot)).expect("text");
        prop_assert!(parser::text(&text).is_ok(), "{:?}\n{}", parser::text(&text).err(), text);
        let open = String::from_utf8(Format::OpenMetrics.render(&snapshot)).expect("text");
        prop_assert!(parser::openmetrics(&open).is_ok(), "{:?}\n{}", parser::openmetrics(&open).err(), open);
    }
}
