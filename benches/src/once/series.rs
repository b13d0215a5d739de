//! A hundred thousand series: what they weigh, and what a scrape of them takes.

use std::time::Instant;

use rheostat_metrics::{Format, Identity, Registry, Settings};

use super::{Bound, Line};

const SERIES: usize = 100_000;

pub(super) fn measure() -> Result<Vec<Line>, String> {
    let registry = Registry::new();
    let settings = Settings {
        max_series: SERIES,
        ..Settings::default()
    };
    let identity = Identity::counter("requests_total", &["method", "route"]);
    let metric = registry.prepare(&identity, &settings);
    registry.apply([(metric.clone(), settings)]);
    let before = resident()?;
    for number in 0..SERIES {
        let mut labels = registry.labels();
        labels.push(if number % 2 == 0 { "GET" } else { "POST" });
        labels.push(&format!("/orders/{number}"));
        metric.add(&labels, 1);
    }
    let bytes = (resident()? - before) as f64 / SERIES as f64;
    let scrape = least(|| Format::Text.render(&registry.snapshot()).len());
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        for number in 0..SERIES {
            let method = if number % 2 == 0 { "GET" } else { "POST" };
            metrics::counter!("requests_total", "method" => method, "route" => format!("/orders/{number}"))
                .increment(1);
        }
    });
    let peer = least(|| handle.render().len());
    Ok(vec![
        Line {
            what: "memory per series of a counter with two labels, resident",
            reached: bytes,
            unit: "B",
            bound: Some(Bound::AtMost(300.0)),
        },
        Line {
            what: "scrape of 100,000 series",
            reached: scrape,
            unit: "ms",
            bound: Some(Bound::AtMost(100.0)),
        },
        Line {
            what: "peer: the same scrape of metrics-exporter-prometheus",
            reached: peer,
            unit: "ms",
            bound: None,
        },
    ])
}

/// The shortest of ten times, in milliseconds.
fn least(run: impl Fn() -> usize) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..10 {
        let start = Instant::now();
        std::hint::black_box(run());
        least = least.min(start.elapsed().as_secs_f64() * 1e3);
    }
    least
}

/// The resident bytes of this process.
fn resident() -> Result<usize, String> {
    let statm = std::fs::read_to_string("/proc/self/statm").map_err(|error| error.to_string())?;
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages
        .map(|pages| pages * 4096)
        .ok_or_else(|| "no resident size".to_owned())
}
