//! A hundred thousand series: what they weigh, and what a scrape of them takes.

use std::time::Instant;

use rheostat_metrics::{Format, ManualClock};

use super::{Bound, Line};
use crate::memory::resident;
use crate::scale::series::{exporter, registry};

const SERIES: usize = 100_000;

pub(super) fn measure() -> Result<Vec<Line>, String> {
    let _first = registry(1, ManualClock::default());
    let before = resident()?;
    let (registry, _metric) = registry(SERIES, ManualClock::default());
    let bytes = (resident()? - before) as f64 / SERIES as f64;
    Ok(vec![
        Line {
            what: "memory per series of a counter with two labels, resident",
            reached: bytes,
            unit: "B",
            bound: Some(Bound::AtMost(300.0)),
        },
        Line {
            what: "scrape of 100,000 series",
            reached: least(|| Format::Text.render(&registry.snapshot()).len()),
            unit: "ms",
            bound: Some(Bound::AtMost(100.0)),
        },
    ])
}

pub(super) fn measure_peer() -> Result<Vec<Line>, String> {
    let _first = exporter(1, None);
    let before = resident()?;
    let handle = exporter(SERIES, None).handle();
    let bytes = (resident()? - before) as f64 / SERIES as f64;
    Ok(vec![
        Line {
            what: "peer: the same memory of metrics-exporter-prometheus",
            reached: bytes,
            unit: "B",
            bound: None,
        },
        Line {
            what: "peer: the same scrape of metrics-exporter-prometheus",
            reached: least(|| handle.render().len()),
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
