//! Points of metrics as rows.

use rheostat_core::sink::{Amount, Exponential, Family, Histogram, Point, Report, Verdict};
use rheostat_queue::rows::OfPoint;

use super::binary::{length, text};
use super::columns::{Column, Wanted, moment, texts_by_name, word};
use super::insert::{self, Insert, Prepare, Target};
use super::records::Part;
use super::ty::Ty;
use super::version::Version;

/// What of a point a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Start,
    Time,
    One(OfPoint),
    Labels(Part),
    BucketBounds,
    BucketCounts,
    PositiveIndexes,
    PositiveCounts,
    NegativeIndexes,
    NegativeCounts,
}

/// The names of columns that hold lists or numbers of a distribution, and their types.
const OF_HISTOGRAMS: [(&str, &str, Source); 9] = [
    ("sum", "Float64", Source::One(OfPoint::Sum)),
    ("buckets.bound", "Array(Float64)", Source::BucketBounds),
    ("buckets.count", "Array(UInt64)", Source::BucketCounts),
    ("schema", "Nullable(Int32)", Source::One(OfPoint::Schema)),
    ("zero_count", "UInt64", Source::One(OfPoint::ZeroCount)),
    ("positive.index", "Array(Int32)", Source::PositiveIndexes),
    ("positive.count", "Array(UInt64)", Source::PositiveCounts),
    ("negative.index", "Array(Int32)", Source::NegativeIndexes),
    ("negative.count", "Array(UInt64)", Source::NegativeCounts),
];

fn named(name: &str) -> Option<Source> {
    Some(match name {
        "start" => Source::Start,
        "time" => Source::Time,
        "labels" => Source::Labels(Part::Map),
        "labels.key" => Source::Labels(Part::Keys),
        "labels.value" => Source::Labels(Part::Values),
        other => {
            let mut of_histograms = OF_HISTOGRAMS.iter();
            return match of_histograms.find(|(name, ..)| *name == other) {
                Some((.., source)) => Some(*source),
                None => OfPoint::named(other).map(Source::One),
            };
        }
    })
}

impl insert::Source for Source {
    fn fits(&self, ty: &Ty) -> bool {
        match self {
            Self::Start | Self::Time => ty.is_moment(),
            Self::One(one) if one.is_number() => ty.is_number(),
            Self::One(_) => ty.is_text(),
            Self::Labels(Part::Map) => ty.is_map_of_texts(),
            Self::Labels(_) => ty.is_list_of(|of| *of == Ty::Text),
            Self::BucketBounds => ty.is_list_of(|of| *of == Ty::Float64),
            Self::BucketCounts | Self::PositiveCounts | Self::NegativeCounts => {
                ty.is_list_of(|of| *of == Ty::Unsigned(8))
            }
            Self::PositiveIndexes | Self::NegativeIndexes => {
                ty.is_list_of(|of| *of == Ty::Signed(4))
            }
        }
    }
}

/// Finds out how to write into the table of metrics.
pub(super) async fn prepare(
    prepare: &Prepare<'_>,
    version: Version,
) -> Result<Insert<MetricRows>, Verdict> {
    let target = Target {
        table: &prepare.setup.metrics_table,
        columns: columns(version),
        order: "name, time",
        needed: Vec::new(),
    };
    prepare.insert(target, version, named, MetricRows).await
}

fn columns(version: Version) -> Vec<Wanted> {
    let mut all = Vec::new();
    moment("start", version, &mut all);
    moment("time", version, &mut all);
    for name in ["name", "kind", "unit"] {
        all.push(Wanted::new(name, word(version)));
    }
    texts_by_name("labels", version, &mut all);
    all.push(Wanted::new("value", "Float64"));
    all.push(Wanted::new("count", "UInt64"));
    let of_histograms = OF_HISTOGRAMS.iter();
    all.extend(of_histograms.map(|(name, ty, _)| Wanted::new(name, ty)));
    all
}

/// Makes rows of points.
pub(super) struct MetricRows(pub(super) Vec<Column<Source>>);

impl MetricRows {
    /// All rows of a report behind the header.
    pub(super) fn encode(&self, report: &Report, header: &[u8]) -> Vec<u8> {
        let mut out = header.to_vec();
        for (family, point) in report.points() {
            for Column { source, ty } in &self.0 {
                if let Source::Labels(part) = source {
                    let labels: Vec<(&str, &str)> = report.labels(family, point).collect();
                    put_labels(*part, &labels, &mut out);
                } else {
                    cell(*source, family, point, ty, &mut out);
                }
            }
        }
        out
    }
}

fn put_labels(part: Part, labels: &[(&str, &str)], out: &mut Vec<u8>) {
    length(labels.len(), out);
    for (name, value) in labels {
        if part != Part::Values {
            text(name, out);
        }
        if part != Part::Keys {
            text(value, out);
        }
    }
}

fn cell(source: Source, family: &Family, point: &Point, ty: &Ty, out: &mut Vec<u8>) {
    match (source, &point.amount) {
        (Source::Start, _) => ty.put_moment(point.from, out),
        (Source::Time, _) => ty.put_moment(point.to, out),
        (Source::One(one), _) => {
            // A number that is too large for a narrow column of somebody else's table has none.
            let _fits = ty.put(one.of(family, point), out);
        }
        (_, Amount::Histogram(histogram)) => of_histogram(source, histogram, ty, out),
        _ => ty.put_nothing(out),
    }
}

fn of_histogram(source: Source, histogram: &Histogram, ty: &Ty, out: &mut Vec<u8>) {
    match source {
        Source::BucketBounds => {
            length(histogram.counts.len(), out);
            for (bound, _) in histogram.cumulated() {
                out.extend_from_slice(&bound.to_le_bytes());
            }
        }
        Source::BucketCounts => {
            length(histogram.counts.len(), out);
            for count in &histogram.counts {
                out.extend_from_slice(&count.to_le_bytes());
            }
        }
        _ => match &histogram.exponential {
            Some(exponential) => of_exponential(source, exponential, out),
            None => ty.put_nothing(out),
        },
    }
}

fn of_exponential(source: Source, exponential: &Exponential, out: &mut Vec<u8>) {
    let (buckets, indexes) = match source {
        Source::PositiveIndexes => (&exponential.positive, true),
        Source::PositiveCounts => (&exponential.positive, false),
        Source::NegativeIndexes => (&exponential.negative, true),
        _ => (&exponential.negative, false),
    };
    length(buckets.len(), out);
    for (index, count) in buckets {
        if indexes {
            out.extend_from_slice(&index.to_le_bytes());
        } else {
            out.extend_from_slice(&count.to_le_bytes());
        }
    }
}
