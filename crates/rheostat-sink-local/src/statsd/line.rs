//! What a point becomes: one line, or several.

use std::io::Write as _;

use rheostat_core::sink::{Amount, Family, Histogram, Point, Report};

use crate::names as name;

/// How labels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As parts of the name: `requests_total.status.200`.
    Plain,
    /// As tags: `requests_total:1|c|#status:200`.
    DogStatsd,
}

/// How distributions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distributions {
    /// Exactly: a counter for each bucket, one for the sum, one for the count.
    Counters,
    /// One sampled value for each bucket, which the server makes a distribution of again.
    Timers,
}

/// A report as lines.
#[derive(Debug)]
pub(crate) struct Lines {
    dialect: Dialect,
    distributions: Distributions,
    prefix: String,
    bytes: Vec<u8>,
    /// Where each line ends, its line feed included, and the point it is of.
    ends: Vec<(usize, usize)>,
    /// Points that no line can be made of.
    unfit: Vec<usize>,
    point: usize,
}

/// One series while its lines are written.
struct Series<'r> {
    report: &'r Report,
    family: &'r Family,
    point: &'r Point,
}

impl Lines {
    pub(crate) fn new(dialect: Dialect, distributions: Distributions, prefix: String) -> Self {
        Self {
            dialect,
            distributions,
            prefix,
            bytes: Vec::new(),
            ends: Vec::new(),
            unfit: Vec::new(),
            point: 0,
        }
    }

    /// Writes a report out, in place of the one before.
    pub(crate) fn encode(&mut self, report: &Report) {
        self.bytes.clear();
        self.ends.clear();
        self.unfit.clear();
        for (at, (family, point)) in report.points().enumerate() {
            self.point = at;
            let series = Series {
                report,
                family,
                point,
            };
            match &point.amount {
                Amount::Counter { whole, part, .. } => self.counter(&series, *whole, *part),
                Amount::Gauge(value) if value.is_finite() => self.gauge(&series, *value),
                Amount::Gauge(_) => self.unfit.push(at),
                Amount::Histogram(histogram) => match self.distributions {
                    Distributions::Counters => self.buckets(&series, histogram),
                    Distributions::Timers => self.timers(&series, histogram),
                },
                Amount::Gone => {}
            }
        }
    }

    /// Each line without its line feed, and the point it is of.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], usize)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        starts
            .zip(&self.ends)
            .map(|(start, (end, point))| (&self.bytes[start..*end - 1], *point))
    }

    /// The points that no line can be made of, ascending.
    pub(crate) fn unfit(&self) -> &[usize] {
        &self.unfit
    }

    fn counter(&mut self, series: &Series<'_>, whole: u64, part: f64) {
        if part == 0.0 {
            self.line(series, "", None, |out| write!(out, "{whole}|c"));
        } else {
            let sum = series.point.amount.number();
            self.line(series, "", None, |out| write!(out, "{sum}|c"));
        }
    }

    fn gauge(&mut self, series: &Series<'_>, value: f64) {
        if value < 0.0 {
            // A sign means "change by" to most servers, but from 0 that is the value itself.
            self.line(series, "", None, |out| out.write_all(b"0|g"));
        }
        // Adding zero makes -0 lose its sign.
        let value = value + 0.0;
        self.line(series, "", None, |out| write!(out, "{value}|g"));
    }

    fn buckets(&mut self, series: &Series<'_>, histogram: &Histogram) {
        for (bound, count) in histogram.cumulated().filter(|(_, count)| *count > 0) {
            self.line(series, "_bucket", Some(bound), |out| {
                write!(out, "{count}|c")
            });
        }
        let (count, sum) = (histogram.count(), histogram.sum);
        self.line(series, "_count", None, |out| write!(out, "{count}|c"));
        if sum.is_finite() && sum != 0.0 {
            self.line(series, "_sum", None, |out| write!(out, "{sum}|c"));
        }
    }

    fn timers(&mut self, series: &Series<'_>, histogram: &Histogram) {
        let (scale, kind) = match series.family.unit.as_deref().and_then(milliseconds) {
            Some(scale) => (scale, "ms"),
            // Plain StatsD calls every distribution a timer.
            None if self.dialect == Dialect::Plain => (1.0, "ms"),
            None => (1.0, "h"),
        };
        for (value, count) in samples(histogram) {
            let value = value * scale;
            self.line(series, "", None, |out| match count {
                1 => write!(out, "{value}|{kind}"),
                _ => write!(out, "{value}|{kind}|@{}", 1.0 / count as f64),
            });
        }
    }

    fn line(
        &mut self,
        series: &Series<'_>,
        suffix: &str,
        bound: Option<f64>,
        value: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>,
    ) {
        let out = &mut self.bytes;
        out.extend_from_slice(self.prefix.as_bytes());
        name::segment(&series.family.name, out);
        out.extend_from_slice(suffix.as_bytes());
        if self.dialect == Dialect::Plain {
            labels(series, bound, out);
        }
        out.push(b':');
        // Writing to memory does not fail.
        let _written = value(out);
        if self.dialect == Dialect::DogStatsd {
            tags(series, bound, out);
        }
        out.push(b'\n');
        self.ends.push((self.bytes.len(), self.point));
    }
}

/// `.name.value` for each label.
fn labels(series: &Series<'_>, bound: Option<f64>, out: &mut Vec<u8>) {
    for (label, value) in series.report.labels(series.family, series.point) {
        out.push(b'.');
        name::segment(label, out);
        out.push(b'.');
        name::segment(value, out);
    }
    if let Some(bound) = bound {
        // A point would begin another part of the name.
        let bound = shown(bound).replace('.', "_");
        out.extend_from_slice(format!(".le.{bound}").as_bytes());
    }
}

/// `|#name:value,...`
fn tags(series: &Series<'_>, bound: Option<f64>, out: &mut Vec<u8>) {
    let mut between: &[u8] = b"|#";
    for (label, value) in series.report.labels(series.family, series.point) {
        out.extend_from_slice(between);
        name::segment(label, out);
        out.push(b':');
        name::tag_value(value, out);
        between = b",";
    }
    if let Some(bound) = bound {
        out.extend_from_slice(between);
        out.extend_from_slice(format!("le:{}", shown(bound)).as_bytes());
    }
}

fn shown(bound: f64) -> String {
    if bound.is_infinite() {
        "inf".to_owned()
    } else {
        bound.to_string()
    }
}

/// How many milliseconds one of a unit of time has.
fn milliseconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "nanoseconds" => 1e-6,
        "microseconds" => 1e-3,
        "milliseconds" => 1.0,
        "seconds" => 1e3,
        "minutes" => 6e4,
        "hours" => 3.6e6,
        "days" => 8.64e7,
        _ => return None,
    })
}

/// A value for each bucket that is not empty, and how many values it stands for.
fn samples(histogram: &Histogram) -> Vec<(f64, u64)> {
    let Some(fine) = &histogram.exponential else {
        return coarse_samples(histogram);
    };
    let base = 2f64.powf(2f64.powi(-fine.schema));
    // The geometric middle is at most half a bucket off, either way.
    let middle = |bucket: i32| base.powf(f64::from(bucket) - 0.5);
    let below = fine.negative.iter().rev();
    let below = below.map(|(bucket, count)| (-middle(*bucket), *count));
    let above = fine.positive.iter();
    let above = above.map(|(bucket, count)| (middle(*bucket), *count));
    let zero = (fine.zero_count > 0).then_some((0.0, fine.zero_count));
    below.chain(zero).chain(above).collect()
}

fn coarse_samples(histogram: &Histogram) -> Vec<(f64, u64)> {
    let bounds = &histogram.bounds;
    let middle = |at: usize| match (at.checked_sub(1).map(|at| bounds[at]), bounds.get(at)) {
        (Some(low), Some(high)) => f64::midpoint(low, *high),
        (None, Some(high)) if *high > 0.0 => high / 2.0,
        (None, Some(high)) => *high,
        (Some(low), None) => low,
        (None, None) => 0.0,
    };
    let counts = histogram.counts.iter().enumerate();
    counts
        .filter(|(_, count)| **count > 0)
        .map(|(at, count)| (middle(at), *count))
        .collect()
}
