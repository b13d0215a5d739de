//! What a registry holds, beside what the naive side says it should.

use std::collections::BTreeMap;

use rheostat_metrics::{Snapshot, Value};

use crate::naive::Totals;

/// Where the two differ; nothing where they do not.
pub(crate) fn differences(expected: &Totals, snapshot: &Snapshot) -> Vec<String> {
    let mut left = expected.series.clone();
    let mut found = Vec::new();
    for family in &snapshot.families {
        for series in &family.series {
            let labels = family.labels_of(series);
            let mut labels: Vec<String> = labels
                .map(|(name, text)| format!("{name}={text}"))
                .collect();
            labels.sort();
            let key = (family.name.to_string(), labels);
            let values = left.remove(&key).unwrap_or_default();
            if !agrees(&series.value, &values) {
                found.push(format!("{key:?} of {values:?} is {:?}", series.value));
            }
        }
    }
    let absent = left.iter();
    found.extend(absent.map(|(key, values)| format!("{key:?} of {values:?} is not there")));
    found
}

fn agrees(value: &Value, values: &[f64]) -> bool {
    match value {
        Value::Counter { .. } => {
            // What is whole in a counter stops at the end of `u64`; fractions go on.
            let (number, full) = (value.number(), u64::MAX as f64);
            let beyond = number >= full && values.iter().sum::<f64>() >= number;
            is_sum(number, values) || beyond
        }
        Value::Gauge(value) => is_sum(*value, values),
        Value::Histogram(histogram) => {
            let mut counts = vec![0; histogram.counts.len()];
            for value in values {
                counts[histogram
                    .bounds
                    .iter()
                    .filter(|bound| value > bound)
                    .count()] += 1;
            }
            counts == histogram.counts && is_sum(histogram.sum, values)
        }
    }
}

/// Sums of floats depend on their order, a little.
fn is_sum(sum: f64, values: &[f64]) -> bool {
    let size: f64 = values.iter().map(|value| value.abs()).sum();
    (sum - values.iter().sum::<f64>()).abs() <= size * 1e-9
}

/// What could not be recorded, by rule and cause.
pub(crate) fn refused(samples: &[rheostat_core::stats::Sample]) -> BTreeMap<(String, String), u64> {
    let refused = samples
        .iter()
        .filter(|sample| sample.name == "rheostat_values_refused_total" && sample.value > 0.0);
    refused
        .map(|sample| {
            let label = |wanted: &str| {
                let found = sample.labels.iter().find(|(name, _)| *name == wanted);
                found.map_or_else(String::new, |(_, text)| text.to_string())
            };
            ((label("rule"), label("cause")), sample.value as u64)
        })
        .collect()
}
