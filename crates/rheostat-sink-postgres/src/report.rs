//! Points of metrics as rows.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rheostat_core::Value;
use rheostat_core::sink::{Amount, Family, Histogram, Point, Report};
use rheostat_queue::format::plain;
use rheostat_queue::rows::{FieldColumn, OfPoint};

use crate::batch::Rows;
use crate::cells::Cells;
use crate::connection::Plans;
use crate::dialect::{Dialect, Holds};
use crate::json;
use crate::plan::{self, Ours, Plan, Target};
use crate::setup::Setup;
use crate::sink::Doubts;
use crate::ty::{Fit, Ty};

/// What of a point a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Start,
    Time,
    One(OfPoint),
    Labels,
    Id,
    BucketBounds,
    BucketCounts,
    PositiveIndexes,
    PositiveCounts,
    NegativeIndexes,
    NegativeCounts,
}

impl plan::Source for Source {
    fn named(name: &str, _: &[FieldColumn]) -> Option<Self> {
        Some(match name {
            "start" => Self::Start,
            "time" => Self::Time,
            "labels" => Self::Labels,
            "id" => Self::Id,
            "bucket_bounds" => Self::BucketBounds,
            "bucket_counts" => Self::BucketCounts,
            "positive_indexes" => Self::PositiveIndexes,
            "positive_counts" => Self::PositiveCounts,
            "negative_indexes" => Self::NegativeIndexes,
            "negative_counts" => Self::NegativeCounts,
            other => Self::One(OfPoint::named(other)?),
        })
    }

    fn fits(&self, ty: &Ty) -> bool {
        match self {
            Self::Start | Self::Time => ty.is_moment(),
            Self::One(one) if one.is_number() => ty.is_number(),
            Self::One(_) => ty.is_text(),
            Self::Id => matches!(ty, Ty::Text(_)),
            Self::Labels => ty.is_object(),
            Self::BucketBounds => ty.is_list_of(|of| matches!(of, Ty::Double | Ty::Numeric)),
            Self::PositiveIndexes | Self::NegativeIndexes => {
                ty.is_list_of(|of| matches!(of, Ty::Whole(32 | 64) | Ty::Numeric))
            }
            _ => ty.is_list_of(|of| matches!(of, Ty::Whole(64) | Ty::Numeric)),
        }
    }
}

const COLUMNS: [Ours; 20] = [
    ("start", Holds::Moment),
    ("start_ns", Holds::Integer),
    ("time", Holds::Moment),
    ("time_ns", Holds::Integer),
    ("name", Holds::Text),
    ("kind", Holds::Text),
    ("unit", Holds::Text),
    ("labels", Holds::Object),
    ("value", Holds::Double),
    ("count", Holds::Bigint),
    ("sum", Holds::Double),
    ("bucket_bounds", Holds::Doubles),
    ("bucket_counts", Holds::Bigints),
    ("schema", Holds::Integer),
    ("zero_count", Holds::Bigint),
    ("positive_indexes", Holds::Integers),
    ("positive_counts", Holds::Bigints),
    ("negative_indexes", Holds::Integers),
    ("negative_counts", Holds::Bigints),
    ("id", Holds::Text),
];

impl Rows for Report {
    type Source = Source;

    fn target(setup: &Setup) -> Target<'_> {
        let columns = COLUMNS.iter();
        Target {
            table: &setup.metrics_table,
            columns: columns
                .map(|(name, holds)| (*name, setup.dialect.ty(*holds)))
                .collect(),
            needed: Vec::new(),
        }
    }

    fn plan(plans: &mut Plans) -> &mut Option<Plan<Source>> {
        &mut plans.metrics
    }

    fn doubt(doubts: &mut Doubts) -> &mut bool {
        &mut doubts.metrics
    }

    fn locks(&self) -> Vec<i64> {
        // Its keys are fixed, so that the same report gives the same at each attempt.
        let mut hasher = DefaultHasher::new();
        self.token.hash(&mut hasher);
        vec![hasher.finish().cast_signed()]
    }

    fn ids(&self) -> Vec<String> {
        (0..self.len()).map(|at| id(self, at)).collect()
    }

    fn between(&self) -> (u64, u64) {
        let times = self.points().map(|(_, point)| point.to);
        times.fold((u64::MAX, 0), |(first, last), time| {
            (first.min(time), last.max(time))
        })
    }

    fn size(&self) -> usize {
        self.len() * 256
    }

    fn encode(
        &self,
        plan: &Plan<Source>,
        dialect: Dialect,
        but: &HashSet<String>,
        cells: &mut Cells,
    ) {
        for (at, (family, point)) in self.points().enumerate() {
            let id = id(self, at);
            if but.contains(&id) {
                continue;
            }
            for column in &plan.columns {
                let ty = &column.ty;
                cells.put(|out| match column.source {
                    Source::Labels => {
                        let labels = self.labels(family, point);
                        let labels = labels.map(|(name, value)| ("", name, Value::Text(value)));
                        json::object(labels, dialect, out);
                        Fit::Written
                    }
                    Source::Id => ty.put(Value::Text(&id), out),
                    other => cell(other, family, point, ty, out),
                });
            }
            cells.end_row();
        }
    }
}

/// The same at each attempt: a report has another token as soon as it holds other points.
fn id(report: &Report, at: usize) -> String {
    format!("{}-{at}", report.token)
}

fn cell(source: Source, family: &Family, point: &Point, ty: &Ty, out: &mut Vec<u8>) -> Fit {
    match (source, &point.amount) {
        (Source::Start, _) => ty.put_moment(point.from, out),
        (Source::Time, _) => ty.put_moment(point.to, out),
        (Source::One(one), _) => ty.put(one.of(family, point), out),
        (_, Amount::Histogram(histogram)) => of_histogram(source, histogram, out),
        _ => Fit::Nothing,
    }
}

fn of_histogram(source: Source, histogram: &Histogram, out: &mut Vec<u8>) -> Fit {
    let exponential = histogram.exponential.as_ref();
    let buckets = match source {
        Source::BucketBounds => {
            let bounds = histogram.cumulated();
            return list(bounds.map(|(bound, _)| Value::F64(bound)), out);
        }
        Source::BucketCounts => {
            let counts = histogram.counts.iter();
            return list(counts.map(|count| Value::U64(*count)), out);
        }
        Source::PositiveIndexes | Source::PositiveCounts => exponential.map(|all| &all.positive),
        _ => exponential.map(|all| &all.negative),
    };
    let Some(buckets) = buckets else {
        return Fit::Nothing;
    };
    match source {
        Source::PositiveIndexes | Source::NegativeIndexes => list(
            buckets.iter().map(|(index, _)| Value::I64((*index).into())),
            out,
        ),
        _ => list(buckets.iter().map(|(_, count)| Value::U64(*count)), out),
    }
}

/// Numbers as an array.
fn list(numbers: impl Iterator<Item = Value<'static>>, out: &mut Vec<u8>) -> Fit {
    out.push(b'{');
    for (at, number) in numbers.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        // They are no texts.
        let _is_written = plain(number, out);
    }
    out.push(b'}');
    Fit::Written
}
