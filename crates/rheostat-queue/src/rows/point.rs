//! Columns that hold one value of a point of a metric.

use rheostat_core::Value;
use rheostat_core::sink::{Amount, Family, Histogram, Point};

/// What of a point such a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfPoint {
    /// The nanoseconds of the second in which its interval began.
    StartNs,
    /// The nanoseconds of the second in which it was read.
    TimeNs,
    /// The metric's name.
    Name,
    /// The metric's kind.
    Kind,
    /// The metric's unit.
    Unit,
    /// As one number.
    Value,
    /// The whole part of a counter; how many values a histogram took.
    Count,
    /// The sum of a histogram's values.
    Sum,
    /// The resolution of exponential buckets.
    Schema,
    /// How many values exponential buckets take for zero.
    ZeroCount,
}

impl OfPoint {
    /// What a column of that name holds.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "start_ns" => Self::StartNs,
            "time_ns" => Self::TimeNs,
            "name" => Self::Name,
            "kind" => Self::Kind,
            "unit" => Self::Unit,
            "value" => Self::Value,
            "count" => Self::Count,
            "sum" => Self::Sum,
            "schema" => Self::Schema,
            "zero_count" => Self::ZeroCount,
            _ => return None,
        })
    }

    /// Whether it is a number; all others are texts.
    pub fn is_number(self) -> bool {
        !matches!(self, Self::Name | Self::Kind | Self::Unit)
    }

    /// Its value; missing where a metric of that kind has none.
    pub fn of<'p>(self, family: &'p Family, point: &'p Point) -> Value<'p> {
        let histogram = histogram(point);
        let exponential = histogram.and_then(|histogram| histogram.exponential.as_ref());
        match self {
            Self::StartNs => Value::U64(point.from % 1_000_000_000),
            Self::TimeNs => Value::U64(point.to % 1_000_000_000),
            Self::Name => Value::Text(&family.name),
            Self::Kind => Value::Text(family.kind.as_str()),
            Self::Unit => family.unit.as_deref().map_or(Value::Missing, Value::Text),
            Self::Value => Value::F64(point.amount.number()),
            Self::Count => match &point.amount {
                Amount::Counter { whole, .. } => Value::U64(*whole),
                Amount::Histogram(histogram) => Value::U64(histogram.count()),
                Amount::Gauge(_) | Amount::Gone => Value::Missing,
            },
            Self::Sum => histogram.map_or(Value::Missing, |histogram| Value::F64(histogram.sum)),
            Self::Schema => exponential.map_or(Value::Missing, |all| Value::I64(all.schema.into())),
            Self::ZeroCount => exponential.map_or(Value::Missing, |all| Value::U64(all.zero_count)),
        }
    }
}

/// The distribution that a point is.
fn histogram(point: &Point) -> Option<&Histogram> {
    match &point.amount {
        Amount::Histogram(histogram) => Some(histogram),
        _ => None,
    }
}
