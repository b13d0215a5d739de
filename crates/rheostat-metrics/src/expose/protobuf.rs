//! Prometheus's protobuf format, one length-delimited message per metric.

use prost::Message;

use super::openmetrics::Hex;
use super::page::{all_labels, groups, help, series_of};
use super::wire;
use crate::exemplar::Exemplar;
use crate::histogram::{NativeHistogram, Span};
use crate::snapshot::{HistogramSnapshot, SeriesSnapshot, Snapshot, Value};
use crate::spec::Kind;

/// The page.
pub(super) fn render(snapshot: &Snapshot) -> Vec<u8> {
    let mut page = Vec::new();
    for group in groups(snapshot) {
        let series = series_of(snapshot, group);
        let metric = series.map(|(family, series)| {
            let labels = all_labels(snapshot, family, series);
            metric(labels, series)
        });
        let family = wire::MetricFamily {
            name: Some(group[0].name.to_string()),
            help: Some(help(group).to_string()),
            r#type: Some(match group[0].kind {
                Kind::Counter => 0,
                Kind::Gauge => 1,
                Kind::Histogram => 4,
            }),
            metric: metric.collect(),
            unit: group[0].unit.as_ref().map(|unit| unit.to_string()),
        };
        page.extend(family.encode_length_delimited_to_vec());
    }
    page
}

fn metric<'a>(
    labels: impl Iterator<Item = (&'a str, &'a str)>,
    series: &SeriesSnapshot,
) -> wire::Metric {
    let mut metric = wire::Metric {
        label: labels.map(|(name, value)| pair(name, value)).collect(),
        ..wire::Metric::default()
    };
    let created_timestamp = (series.created > 0).then(|| timestamp(series.created));
    match &series.value {
        Value::Counter {
            whole,
            part,
            exemplar: shown,
        } => {
            metric.counter = Some(wire::Counter {
                value: Some(*whole as f64 + part),
                exemplar: shown.as_ref().map(exemplar),
                created_timestamp,
            });
        }
        Value::Gauge(value) => {
            metric.gauge = Some(wire::Gauge {
                value: Some(*value),
            })
        }
        Value::Histogram(value) => {
            metric.histogram = Some(wire::Histogram {
                created_timestamp,
                ..histogram(value)
            });
        }
    }
    metric
}

fn histogram(value: &HistogramSnapshot) -> wire::Histogram {
    // Both kinds of bucket count the same values, but not in one step: the classic ones must not be ahead.
    let native = value.native.as_ref();
    let count = native.map_or_else(|| value.count(), NativeHistogram::count);
    let mut below = 0_u64;
    let bounds = value.bounds.iter().copied().chain([f64::INFINITY]);
    let buckets = bounds.zip(&value.counts).enumerate();
    let bucket = buckets.map(|(at, (bound, in_it))| {
        below += in_it;
        let last = bound == f64::INFINITY;
        let shown = value.exemplars.get(at).and_then(Option::as_ref);
        wire::Bucket {
            cumulative_count: Some(if last { count } else { below.min(count) }),
            upper_bound: Some(bound),
            exemplar: shown.map(exemplar),
        }
    });
    let mut histogram = wire::Histogram {
        sample_count: Some(count),
        sample_sum: Some(value.sum),
        bucket: bucket.collect(),
        ..wire::Histogram::default()
    };
    if let Some(native) = native {
        histogram.schema = Some(native.schema);
        histogram.zero_threshold = Some(native.zero_threshold);
        histogram.zero_count = Some(native.zero_count);
        (histogram.positive_span, histogram.positive_delta) = side(&native.positive);
        (histogram.negative_span, histogram.negative_delta) = side(&native.negative);
        histogram.exemplars = value.exemplars.iter().flatten().map(exemplar).collect();
    }
    histogram
}

fn side(buckets: &[(i32, u64)]) -> (Vec<wire::BucketSpan>, Vec<i64>) {
    let (spans, deltas) = NativeHistogram::spans(buckets);
    let span = |span: Span| wire::BucketSpan {
        offset: Some(span.offset),
        length: Some(span.length),
    };
    (spans.into_iter().map(span).collect(), deltas)
}

fn exemplar(exemplar: &Exemplar) -> wire::Exemplar {
    let mut label = vec![pair("trace_id", &Hex(&exemplar.trace_id).to_string())];
    if let Some(span) = &exemplar.span_id {
        label.push(pair("span_id", &Hex(span).to_string()));
    }
    wire::Exemplar {
        label,
        value: Some(exemplar.value),
        timestamp: Some(timestamp(exemplar.unix_millis)),
    }
}

fn pair(name: &str, value: &str) -> wire::LabelPair {
    wire::LabelPair {
        name: Some(name.into()),
        value: Some(value.into()),
    }
}

fn timestamp(millis: u64) -> wire::Timestamp {
    wire::Timestamp {
        seconds: (millis / 1_000) as i64,
        nanos: (millis % 1_000) as i32 * 1_000_000,
    }
}
