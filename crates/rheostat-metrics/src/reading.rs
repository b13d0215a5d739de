//! The registry as sinks read it: typed points, whatever keeps them inside.

use std::sync::Arc;
use std::time::Duration;

use rheostat_core::sink::{
    self, Amount, Exponential, Family, Histogram, MetricKind, MetricSource, Point, Reading,
};

use crate::exemplar::Exemplar;
use crate::registry::Registry;
use crate::series::values;
use crate::snapshot::{FamilySnapshot, HistogramSnapshot, SeriesSnapshot, Value};
use crate::spec::Kind;

impl MetricSource for Registry {
    fn read(&self) -> Reading {
        let snapshot = self.snapshot();
        let times = Times {
            began: nanos(self.began()),
            now: nanos(self.unix()),
        };
        let families = snapshot.families.into_iter();
        Reading {
            const_labels: snapshot.const_labels,
            families: families.map(|family| read(family, times)).collect(),
        }
    }
}

/// When the registry was made, and when it is read.
#[derive(Clone, Copy)]
struct Times {
    began: u64,
    now: u64,
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn read(family: FamilySnapshot, times: Times) -> Family {
    let points = family.series.into_iter().map(|series| point(series, times));
    Family {
        kind: match family.kind {
            Kind::Counter => MetricKind::Counter,
            Kind::Gauge => MetricKind::Gauge,
            Kind::Histogram => MetricKind::Histogram,
        },
        points: points.collect(),
        name: family.name,
        unit: family.unit,
        help: family.help,
        labels: family.labels,
    }
}

fn point(series: SeriesSnapshot, times: Times) -> Point {
    Point {
        labels: values(&series.key).map(Arc::from).collect(),
        // What is computed when it is read counts from the start.
        from: match series.created {
            0 => times.began,
            millis => millis * 1_000_000,
        },
        to: times.now,
        amount: match series.value {
            Value::Counter {
                whole,
                part,
                exemplar,
            } => Amount::Counter {
                whole,
                part,
                exemplar: exemplar.map(shown),
            },
            Value::Gauge(value) => Amount::Gauge(value),
            Value::Histogram(histogram) => Amount::Histogram(Box::new(distribution(*histogram))),
        },
    }
}

fn distribution(histogram: HistogramSnapshot) -> Histogram {
    let exemplars = histogram.exemplars.into_iter();
    Histogram {
        bounds: histogram.bounds,
        counts: histogram.counts,
        sum: histogram.sum,
        exemplars: exemplars.map(|exemplar| exemplar.map(shown)).collect(),
        exponential: histogram.native.map(|native| Exponential {
            schema: native.schema,
            zero_threshold: native.zero_threshold,
            zero_count: native.zero_count,
            positive: native.positive,
            negative: native.negative,
        }),
    }
}

fn shown(exemplar: Exemplar) -> sink::Exemplar {
    sink::Exemplar {
        trace_id: exemplar.trace_id,
        span_id: exemplar.span_id,
        value: exemplar.value,
        time: exemplar.unix_millis * 1_000_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Identity, Settings};

    #[test]
    fn a_sink_reads_what_a_scrape_would_show() {
        let registry = Registry::new();
        let metric = registry.prepare(
            &Identity::counter("requests_total", &["status", "tenant"]),
            &Settings::default(),
        );
        registry.apply([(metric.clone(), Settings::default())]);
        let mut labels = registry.labels();
        labels.push("200");
        labels.push("");
        metric.add(&labels, 3);
        let reading = registry.read();
        let family = reading
            .families
            .iter()
            .find(|family| &*family.name == "requests_total")
            .unwrap();
        let point = &family.points[0];
        assert!(family.labels_of(point).eq([("status", "200")]));
        assert_eq!(point.amount.number(), 3.0);
        assert!(point.from <= point.to + 1_000_000 && point.from > 0);
    }
}
