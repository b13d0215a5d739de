//! What a histogram's series weighs more than a counter's.

use rheostat_metrics::{Bounds, Identity, LabelBuffer, ManualClock, Metric, Registry, Settings};

use super::{Bound, Line};
use crate::memory::resident;

const SERIES: usize = 20_000;
/// Each value falls in an octave of its own.
const VALUES: [f64; 3] = [0.1, 0.3, 0.9];
/// Buckets that text shows, with that beyond all bounds; parts of an octave.
const BUCKETS: usize = 12;
const PARTS: usize = 8;

pub(super) fn measure() -> Result<Vec<Line>, String> {
    // Kept until the end: what one gave back would be used again by the other.
    let (counter, _counters) = weighed(
        Identity::counter("requests_total", &["route"]),
        |metric, labels| {
            metric.add(labels, 1);
        },
    )?;
    let histogram = Identity::histogram("took_seconds", &["route"], Bounds::usual());
    let (histogram, _histograms) = weighed(histogram, |metric, labels| {
        for value in VALUES {
            // It is finite.
            let _ = metric.record(labels, value);
        }
    })?;
    // Sum and count of zeros stand beside the buckets; a counter has two cells as well.
    let buckets = (BUCKETS + VALUES.len() * PARTS) * 8;
    Ok(vec![
        Line {
            what: "memory per series of a histogram with one label, three octaves, one bank: in all",
            reached: histogram,
            unit: "B",
            bound: None,
        },
        Line {
            what: "the same: beyond a counter's and 8 B a bucket",
            reached: histogram - counter - buckets as f64,
            unit: "B",
            bound: Some(Bound::AtMost(100.0)),
        },
    ])
}

/// Resident bytes a series: cells are made before they are used, and touched when they are.
fn weighed(
    identity: Identity,
    record: fn(&Metric, &LabelBuffer),
) -> Result<(f64, Registry), String> {
    let registry = Registry::with(8, ManualClock::default());
    let settings = Settings {
        max_series: SERIES,
        ..Settings::default()
    };
    let metric = registry.prepare(&identity, &settings);
    registry.apply([(metric.clone(), settings)]);
    let before = resident()?;
    for number in 0..SERIES {
        let mut labels = registry.labels();
        labels.push(&format!("/orders/{number}"));
        record(&metric, &labels);
    }
    registry.upkeep();
    let grown = resident()? - before;
    Ok((grown as f64 / SERIES as f64, registry))
}
