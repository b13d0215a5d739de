//! Points of metrics as OTLP metrics.

mod exponential;
mod told;
mod unit;

use std::collections::HashMap;
use std::sync::Arc;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, DataPointFlags, Exemplar, ExponentialHistogram,
    ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum, exemplar, number_data_point,
};
use rheostat_core::sink::{self, Amount, Family, MetricKind, Point, Report, Temporality};

use crate::logs::OWN_SCOPE;
use crate::value::{named, resource_of, scope};
use exponential::buckets;
use told::Told;
use unit::ucum;

/// How metrics are written, and what has to be known from one report to the next.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    told: Told,
    /// Whether the histograms of a name are exponential: those that leave do not say.
    exponential: HashMap<Arc<str>, bool>,
}

/// A point while it is written.
struct Writing<'w> {
    report: &'w Report,
    family: &'w Family,
    point: &'w Point,
    /// Exemplars up to then were told already.
    told: u64,
}

impl Writer {
    /// A report as one request.
    pub(crate) fn request(&mut self, report: &Report) -> ExportMetricsServiceRequest {
        let told = self.told.before(report);
        let mut metrics = Vec::new();
        for family in &report.families {
            self.metric(report, family, told, &mut metrics);
        }
        let labels = report.const_labels.iter();
        ExportMetricsServiceRequest {
            resource_metrics: vec![ResourceMetrics {
                resource: Some(resource_of(labels.map(|(name, value)| (&**name, &**value)))),
                scope_metrics: vec![ScopeMetrics {
                    scope: Some(scope(OWN_SCOPE)),
                    metrics,
                    ..ScopeMetrics::default()
                }],
                ..ResourceMetrics::default()
            }],
        }
    }

    /// The report was taken.
    pub(crate) fn settled(&mut self, report: &Report) {
        self.told.settled(report);
    }

    fn metric(&mut self, report: &Report, family: &Family, told: u64, out: &mut Vec<Metric>) {
        let points = family.points.iter().map(|point| Writing {
            report,
            family,
            point,
            told,
        });
        let how = match report.temporality {
            Temporality::Cumulative => AggregationTemporality::Cumulative,
            Temporality::Delta => AggregationTemporality::Delta,
        };
        let aggregation_temporality = how.into();
        let mut add = |data| {
            out.push(Metric {
                name: family.name.to_string(),
                description: family.help.as_deref().unwrap_or_default().to_owned(),
                unit: family
                    .unit
                    .as_deref()
                    .map(ucum)
                    .unwrap_or_default()
                    .to_owned(),
                metadata: Vec::new(),
                data: Some(data),
            });
        };
        match family.kind {
            MetricKind::Counter => add(Data::Sum(Sum {
                data_points: points.map(|point| point.number()).collect(),
                aggregation_temporality,
                is_monotonic: true,
            })),
            MetricKind::Gauge => add(Data::Gauge(Gauge {
                data_points: points.map(|point| point.number()).collect(),
            })),
            MetricKind::Histogram => {
                let (mut plain, mut exponential) = (Vec::new(), Vec::new());
                for writing in points {
                    if self.is_exponential(&writing) {
                        exponential.push(writing.exponential());
                    } else {
                        plain.push(writing.histogram());
                    }
                }
                if !plain.is_empty() {
                    add(Data::Histogram(Histogram {
                        data_points: plain,
                        aggregation_temporality,
                    }));
                }
                if !exponential.is_empty() {
                    add(Data::ExponentialHistogram(ExponentialHistogram {
                        data_points: exponential,
                        aggregation_temporality,
                    }));
                }
            }
        }
    }

    fn is_exponential(&mut self, writing: &Writing<'_>) -> bool {
        let name = &writing.family.name;
        let Amount::Histogram(histogram) = &writing.point.amount else {
            // One that an earlier sink told of is what most are.
            return self.exponential.get(name).copied().unwrap_or(true);
        };
        let is = histogram.exponential.is_some();
        self.exponential.insert(name.clone(), is);
        is
    }
}

impl Writing<'_> {
    fn attributes(&self) -> Vec<KeyValue> {
        let labels = self.report.labels(self.family, self.point);
        labels.map(|(name, value)| named(name, value)).collect()
    }

    /// What its amount counts from; a clock that was set back must not let it end before it began.
    fn from(&self) -> u64 {
        self.point.from.min(self.point.to)
    }

    /// That there will be no more of it, where that is so.
    fn flags(&self) -> u32 {
        let none = DataPointFlags::NoRecordedValueMask as u32;
        if self.point.amount == Amount::Gone {
            none
        } else {
            0
        }
    }

    fn number(&self) -> NumberDataPoint {
        let is_gauge = self.family.kind == MetricKind::Gauge;
        let exemplars = match &self.point.amount {
            Amount::Counter { exemplar, .. } => self.exemplars(exemplar.iter()),
            _ => Vec::new(),
        };
        NumberDataPoint {
            attributes: self.attributes(),
            start_time_unix_nano: if is_gauge { 0 } else { self.from() },
            time_unix_nano: self.point.to,
            exemplars,
            flags: self.flags(),
            value: value(&self.point.amount),
        }
    }

    fn histogram(&self) -> HistogramDataPoint {
        let mut point = HistogramDataPoint {
            attributes: self.attributes(),
            start_time_unix_nano: self.from(),
            time_unix_nano: self.point.to,
            flags: self.flags(),
            ..HistogramDataPoint::default()
        };
        if let Amount::Histogram(histogram) = &self.point.amount {
            point.count = histogram.count();
            point.sum = sum(histogram);
            point.bucket_counts.clone_from(&histogram.counts);
            point.explicit_bounds = histogram.bounds.to_vec();
            point.exemplars = self.exemplars(histogram.exemplars.iter().flatten());
        }
        point
    }

    fn exponential(&self) -> ExponentialHistogramDataPoint {
        let mut point = ExponentialHistogramDataPoint {
            attributes: self.attributes(),
            start_time_unix_nano: self.from(),
            time_unix_nano: self.point.to,
            flags: self.flags(),
            ..ExponentialHistogramDataPoint::default()
        };
        if let Amount::Histogram(histogram) = &self.point.amount
            && let Some(exponential) = &histogram.exponential
        {
            let buckets = buckets(exponential);
            // The sum of its own buckets, or a receiver would refuse it.
            point.count = buckets.count();
            point.sum = sum(histogram);
            point.scale = buckets.scale;
            point.zero_count = exponential.zero_count;
            point.zero_threshold = exponential.zero_threshold;
            point.positive = Some(buckets.positive);
            point.negative = Some(buckets.negative);
            point.exemplars = self.exemplars(histogram.exemplars.iter().flatten());
        }
        point
    }

    /// Those that were not told yet, in the order of their times.
    fn exemplars<'e>(&self, all: impl Iterator<Item = &'e sink::Exemplar>) -> Vec<Exemplar> {
        let mut new: Vec<_> = all.filter(|exemplar| exemplar.time > self.told).collect();
        new.sort_by_key(|exemplar| exemplar.time);
        let shown = |exemplar: &sink::Exemplar| Exemplar {
            filtered_attributes: Vec::new(),
            time_unix_nano: exemplar.time,
            span_id: exemplar.span_id.map_or_else(Vec::new, |id| id.to_vec()),
            trace_id: exemplar.trace_id.to_vec(),
            value: Some(exemplar::Value::AsDouble(exemplar.value)),
        };
        new.into_iter().map(shown).collect()
    }
}

/// A whole number where it is one.
fn value(amount: &Amount) -> Option<number_data_point::Value> {
    match amount {
        Amount::Counter {
            whole, part: 0.0, ..
        } => {
            let whole = i64::try_from(*whole).map(number_data_point::Value::AsInt);
            Some(whole.unwrap_or(number_data_point::Value::AsDouble(amount.number())))
        }
        Amount::Counter { .. } | Amount::Gauge(_) => {
            Some(number_data_point::Value::AsDouble(amount.number()))
        }
        Amount::Histogram(_) | Amount::Gone => None,
    }
}

/// The sum, where it only goes up: with values below zero the protocol wants none.
fn sum(histogram: &sink::Histogram) -> Option<f64> {
    let exponential = histogram.exponential.as_ref();
    let below = exponential.is_some_and(|exponential| !exponential.negative.is_empty());
    let mut buckets = histogram.bounds.iter().zip(&histogram.counts);
    let below = below || buckets.any(|(bound, count)| *bound < 0.0 && *count > 0);
    (!below && histogram.sum >= 0.0).then_some(histogram.sum)
}
