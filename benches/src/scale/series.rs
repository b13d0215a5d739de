//! More and more series of one counter: what they weigh, what a scrape takes, and their end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use metrics_util::MetricKindMask;
use rheostat_metrics::{Format, Identity, LabelBuffer, ManualClock, Metric, Registry, Settings};

use crate::memory;

/// After as long a series expires.
const EXPIRE: Duration = Duration::from_secs(10);

/// A registry whose counter has so many series.
pub(crate) fn registry(series: usize, clock: impl rheostat_metrics::Clock) -> (Registry, Metric) {
    let registry = Registry::with(8, clock);
    let settings = Settings {
        max_series: series,
        expire: Some(EXPIRE),
        ..Settings::default()
    };
    let identity = Identity::counter("requests_total", &["method", "route"]);
    let metric = registry.prepare(&identity, &settings);
    registry.apply([(metric.clone(), settings)]);
    for number in 0..series {
        metric.add(&labels(&registry, number), 1);
    }
    // What a program does each second.
    registry.upkeep();
    (registry, metric)
}

/// The labels of the nth series.
pub(crate) fn labels(registry: &Registry, number: usize) -> LabelBuffer {
    let mut labels = registry.labels();
    labels.push(method(number));
    labels.push_with(|value| {
        use std::fmt::Write as _;
        write!(value, "/orders/{number}")
    });
    labels
}

fn method(number: usize) -> &'static str {
    if number.is_multiple_of(2) {
        "GET"
    } else {
        "POST"
    }
}

/// The same in the exporter.
pub(crate) fn exporter(series: usize, idle: Option<Duration>) -> PrometheusRecorder {
    let recorder = PrometheusBuilder::new()
        .idle_timeout(MetricKindMask::ALL, idle)
        .build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for number in 0..series {
            let route = format!("/orders/{number}");
            metrics::counter!("requests_total", "method" => method(number), "route" => route)
                .increment(1);
        }
    });
    recorder
}

pub(super) fn memory(series: usize) -> Result<f64, String> {
    // What is made once, whatever the number of series.
    let _first = registry(1, ManualClock::default());
    let before = memory::resident()?;
    let _kept = registry(series, ManualClock::default());
    Ok((memory::resident()? - before) as f64 / series as f64)
}

pub(super) fn memory_of_peer(series: usize) -> Result<f64, String> {
    let _first = exporter(1, None);
    let before = memory::resident()?;
    let _kept = exporter(series, None);
    Ok((memory::resident()? - before) as f64 / series as f64)
}

pub(super) fn scrape(series: usize) -> Result<f64, String> {
    let (registry, _metric) = registry(series, ManualClock::default());
    Ok(least(|| Format::Text.render(&registry.snapshot()).len()))
}

pub(super) fn scrape_of_peer(series: usize) -> Result<f64, String> {
    let handle = exporter(series, None).handle();
    Ok(least(|| handle.render().len()))
}

pub(super) fn expire(series: usize) -> Result<f64, String> {
    let clock = Arc::new(ManualClock::default());
    let (registry, metric) = registry(series, Arc::clone(&clock));
    clock.advance(2 * EXPIRE);
    let begun = Instant::now();
    registry.upkeep();
    registry.upkeep();
    let took = begun.elapsed();
    let page = registry.snapshot();
    let left = page
        .family("requests_total")
        .map_or(0, |family| family.series.len());
    drop(metric);
    match left {
        0 => Ok(took.as_secs_f64() * 1e3),
        left => Err(format!("{left} series are still there")),
    }
}

pub(super) fn expire_of_peer(series: usize) -> Result<f64, String> {
    let handle = exporter(series, Some(Duration::from_millis(1))).handle();
    // It notes what it sees now, and drops what has not changed when it looks again.
    let _ = handle.render();
    std::thread::sleep(Duration::from_millis(20));
    let begun = Instant::now();
    let page = handle.render();
    let took = begun.elapsed();
    if page.contains("/orders/") {
        return Err("its series are still there".to_owned());
    }
    Ok(took.as_secs_f64() * 1e3)
}

/// The shortest of five times, in milliseconds.
fn least(run: impl Fn() -> usize) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..5 {
        let begun = Instant::now();
        std::hint::black_box(run());
        least = least.min(begun.elapsed().as_secs_f64() * 1e3);
    }
    least
}
