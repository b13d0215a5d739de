//! Points as time series.

use std::collections::HashMap;
use std::sync::Arc;

use rheostat_core::sink::{self, Amount, Exponential, Family, MetricKind, Point, Report};

use super::labels::Everywhere;
use super::wire::{
    BucketSpan, Exemplar, Histogram, Label, MetricMetadata, Sample, TimeSeries, WriteRequest,
};

/// The NaN that means "there is no more of this", bit by bit.
pub(super) const STALE: u64 = 0x7ff0_0000_0000_0002;

/// How histograms are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Histograms {
    Classic,
    Native,
    Both,
}

/// The name of a metric, the names of its labels, and their values.
type Key = (Arc<str>, Arc<[Arc<str>]>, Arc<[Arc<str>]>);

/// How series are written, and what has to be known of those that leave.
#[derive(Debug)]
pub(super) struct Writer {
    everywhere: Everywhere,
    histograms: Histograms,
    /// The histograms told of.
    shapes: HashMap<Key, Shape>,
}

/// Which series a histogram has: a marker is needed for each.
#[derive(Clone, Debug, Default)]
struct Shape {
    /// The bounds of its classic series, where it has those.
    classic: Option<Arc<[f64]>>,
    native: bool,
}

/// A point while its series are written.
struct Writing<'w> {
    report: &'w Report,
    family: &'w Family,
    point: &'w Point,
    stamp: i64,
    /// Exemplars up to then were told already.
    told: u64,
}

impl Writer {
    pub(super) fn new(everywhere: Everywhere, histograms: Histograms) -> Self {
        Self {
            everywhere,
            histograms,
            shapes: HashMap::new(),
        }
    }

    /// A report as one request.
    pub(super) fn request(&mut self, report: &Report, stamp: i64, told: u64) -> WriteRequest {
        let mut timeseries = Vec::new();
        for (family, point) in report.points() {
            let writing = Writing {
                report,
                family,
                point,
                stamp,
                told,
            };
            self.series(&writing, &mut timeseries);
        }
        let told_of = |family: &&Family| family.help.is_some() || family.unit.is_some();
        let metadata = report.families.iter().filter(told_of).map(metadata);
        WriteRequest {
            timeseries,
            metadata: metadata.collect(),
        }
    }

    fn series(&mut self, writing: &Writing<'_>, out: &mut Vec<TimeSeries>) {
        match &writing.point.amount {
            Amount::Counter { exemplar, .. } => {
                let exemplars = writing.exemplars(exemplar.iter());
                let value = writing.point.amount.number();
                out.push(self.sample(writing, "", None, value, exemplars));
            }
            Amount::Gauge(value) => {
                out.push(self.sample(writing, "", None, *value, Vec::new()));
            }
            Amount::Histogram(histogram) => {
                let native = self.native_of(histogram).is_some();
                let classic = !native || self.histograms == Histograms::Both;
                let classic = classic.then(|| histogram.bounds.clone());
                self.shapes.insert(writing.key(), Shape { classic, native });
                self.histogram(writing, histogram, out);
            }
            Amount::Gone => self.gone(writing, out),
        }
    }

    fn histogram(
        &self,
        writing: &Writing<'_>,
        histogram: &sink::Histogram,
        out: &mut Vec<TimeSeries>,
    ) {
        let native = self.native_of(histogram);
        if let Some(native) = native {
            let exemplars = histogram.exemplars.iter().flatten();
            out.push(TimeSeries {
                labels: self.labels(writing, "", None),
                samples: Vec::new(),
                exemplars: writing.exemplars(exemplars),
                histograms: vec![whole(native, histogram.sum, writing.stamp)],
            });
        }
        if native.is_some() && self.histograms == Histograms::Native {
            return;
        }
        for (at, (bound, count)) in histogram.cumulated().enumerate() {
            let exemplar = histogram.exemplars.get(at).and_then(Option::as_ref);
            let exemplars = writing.exemplars(exemplar.into_iter());
            let le = shown(bound);
            out.push(self.sample(writing, "_bucket", Some(&le), count as f64, exemplars));
        }
        let count = histogram.count() as f64;
        out.push(self.sample(writing, "_count", None, count, Vec::new()));
        out.push(self.sample(writing, "_sum", None, histogram.sum, Vec::new()));
    }

    fn native_of<'h>(&self, histogram: &'h sink::Histogram) -> Option<&'h Exponential> {
        let exponential = histogram.exponential.as_ref();
        exponential.filter(|_| self.histograms != Histograms::Classic)
    }

    /// Forgets the histograms that have gone, once their markers were taken.
    pub(super) fn settled(&mut self, report: &Report) {
        for (family, point) in report.points() {
            if point.amount == Amount::Gone {
                let Family { name, labels, .. } = family;
                let key = (name.clone(), labels.clone(), point.labels.clone());
                self.shapes.remove(&key);
            }
        }
    }

    /// Says of all series of a point that there will be no more of them.
    fn gone(&self, writing: &Writing<'_>, out: &mut Vec<TimeSeries>) {
        let stale = f64::from_bits(STALE);
        if writing.family.kind != MetricKind::Histogram {
            out.push(self.sample(writing, "", None, stale, Vec::new()));
            return;
        }
        // Of one that an earlier sink told of only what all have in common is known.
        let shape = self.shapes.get(&writing.key()).cloned().unwrap_or(Shape {
            classic: (self.histograms != Histograms::Native).then(Arc::default),
            native: self.histograms != Histograms::Classic,
        });
        if shape.native {
            out.push(TimeSeries {
                labels: self.labels(writing, "", None),
                samples: Vec::new(),
                exemplars: Vec::new(),
                histograms: vec![Histogram {
                    sum: stale,
                    timestamp: writing.stamp,
                    ..Histogram::default()
                }],
            });
        }
        let Some(bounds) = shape.classic else {
            return;
        };
        for bound in bounds.iter().copied().chain([f64::INFINITY]) {
            let le = shown(bound);
            out.push(self.sample(writing, "_bucket", Some(&le), stale, Vec::new()));
        }
        for suffix in ["_count", "_sum"] {
            out.push(self.sample(writing, suffix, None, stale, Vec::new()));
        }
    }

    fn sample(
        &self,
        writing: &Writing<'_>,
        suffix: &str,
        le: Option<&str>,
        value: f64,
        exemplars: Vec<Exemplar>,
    ) -> TimeSeries {
        TimeSeries {
            labels: self.labels(writing, suffix, le),
            samples: vec![Sample {
                value,
                timestamp: writing.stamp,
            }],
            exemplars,
            histograms: Vec::new(),
        }
    }

    fn labels(&self, writing: &Writing<'_>, suffix: &str, le: Option<&str>) -> Vec<Label> {
        let name = format!("{}{suffix}", writing.family.name);
        let own = writing.report.labels(writing.family, writing.point);
        self.everywhere.with(&name, own, le.map(|le| ("le", le)))
    }
}

impl Writing<'_> {
    fn key(&self) -> Key {
        let Family { name, labels, .. } = self.family;
        (name.clone(), labels.clone(), self.point.labels.clone())
    }

    /// Those that were not told yet, in the order of their times.
    fn exemplars<'e>(&self, all: impl Iterator<Item = &'e sink::Exemplar>) -> Vec<Exemplar> {
        let mut new: Vec<_> = all.filter(|exemplar| exemplar.time > self.told).collect();
        new.sort_by_key(|exemplar| exemplar.time);
        new.into_iter().map(exemplar).collect()
    }
}

fn exemplar(exemplar: &sink::Exemplar) -> Exemplar {
    let label = |name: &str, value: String| Label {
        name: name.to_owned(),
        value,
    };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let trace = label("trace_id", hex(&exemplar.trace_id));
    let span = exemplar.span_id.map(|id| label("span_id", hex(&id)));
    Exemplar {
        labels: span.into_iter().chain([trace]).collect(),
        value: exemplar.value,
        timestamp: i64::try_from(exemplar.time / 1_000_000).unwrap_or(i64::MAX),
    }
}

fn whole(native: &Exponential, sum: f64, stamp: i64) -> Histogram {
    let count = |buckets: &[(i32, u64)]| buckets.iter().map(|(_, count)| count).sum::<u64>();
    let (positive_spans, positive_deltas) = side(&native.positive);
    let (negative_spans, negative_deltas) = side(&native.negative);
    Histogram {
        // The sum of its own buckets, or a receiver would refuse it.
        count_int: Some(count(&native.positive) + count(&native.negative) + native.zero_count),
        sum,
        schema: native.schema,
        zero_threshold: native.zero_threshold,
        zero_count_int: Some(native.zero_count),
        negative_spans,
        negative_deltas,
        positive_spans,
        positive_deltas,
        timestamp: stamp,
    }
}

/// Runs of adjacent buckets, and each count as the difference from the one before.
fn side(buckets: &[(i32, u64)]) -> (Vec<BucketSpan>, Vec<i64>) {
    let mut spans: Vec<BucketSpan> = Vec::new();
    let mut deltas = Vec::with_capacity(buckets.len());
    let (mut next, mut before) = (0, 0);
    for (bucket, count) in buckets {
        match spans.last_mut() {
            Some(span) if *bucket == next => span.length += 1,
            _ => spans.push(BucketSpan {
                offset: bucket - next,
                length: 1,
            }),
        }
        next = bucket + 1;
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        deltas.push(count - before);
        before = count;
    }
    (spans, deltas)
}

/// A bound as a scrape shows it, so that both ways give the same series.
fn shown(bound: f64) -> String {
    if bound == f64::INFINITY {
        "+Inf".to_owned()
    } else {
        // The one format of floats that is wanted here: 1.0, 0.25.
        format!("{bound:?}")
    }
}

fn metadata(family: &Family) -> MetricMetadata {
    let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
    MetricMetadata {
        kind: match family.kind {
            MetricKind::Counter => 1,
            MetricKind::Gauge => 2,
            MetricKind::Histogram => 3,
        },
        metric_family_name: family.name.to_string(),
        help: text(&family.help),
        unit: text(&family.unit),
    }
}
