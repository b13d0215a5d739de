//! Exponential buckets as OTLP has them: in a row, from an offset.
//!
//! Ours are the ones that are not empty, and bucket `i` ends where OTLP's bucket
//! `i` begins. Two values far apart would make a long row of nothing; then
//! buckets are joined in pairs, which loses resolution and no count.

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use rheostat_core::sink::Exponential;

/// The longest row.
const WIDEST: i32 = 1024;

/// All buckets of a distribution.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) scale: i32,
    zeros: u64,
    pub(super) positive: Buckets,
    pub(super) negative: Buckets,
}

impl Row {
    /// How many values there are.
    pub(super) fn count(&self) -> u64 {
        let sides = [&self.positive, &self.negative];
        let counts = sides.into_iter().flat_map(|side| &side.bucket_counts);
        counts.sum::<u64>() + self.zeros
    }
}

/// Puts them in rows.
pub(super) fn buckets(exponential: &Exponential) -> Row {
    let Exponential {
        schema,
        positive,
        negative,
        ..
    } = exponential;
    let mut joined = 0;
    while width(positive, joined) > WIDEST || width(negative, joined) > WIDEST {
        joined += 1;
    }
    Row {
        scale: schema - joined,
        zeros: exponential.zero_count,
        positive: row(positive, joined),
        negative: row(negative, joined),
    }
}

/// Where a bucket of ours is after so many joinings: an index halves, rounded down.
fn place(bucket: i32, joined: i32) -> i32 {
    (bucket - 1) >> joined
}

fn width(side: &[(i32, u64)], joined: i32) -> i32 {
    match (side.first(), side.last()) {
        (Some((first, _)), Some((last, _))) => place(*last, joined) - place(*first, joined) + 1,
        _ => 0,
    }
}

fn row(side: &[(i32, u64)], joined: i32) -> Buckets {
    let offset = side.first().map_or(0, |(first, _)| place(*first, joined));
    let wide = usize::try_from(width(side, joined)).unwrap_or(0);
    let mut bucket_counts = vec![0; wide];
    for (bucket, count) in side {
        if let Ok(at) = usize::try_from(place(*bucket, joined) - offset) {
            bucket_counts[at] += count;
        }
    }
    Buckets {
        offset,
        bucket_counts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(positive: &[(i32, u64)]) -> Row {
        buckets(&Exponential {
            schema: 3,
            zero_threshold: 0.0,
            zero_count: 2,
            positive: positive.to_vec(),
            negative: Vec::new(),
        })
    }

    #[test]
    fn a_bucket_that_ends_where_another_begins_has_another_number() {
        // Ours holds (b^0, b^1] as 1 and (b^-4, b^-3] as -3.
        let row = of(&[(-3, 7), (1, 5)]);
        assert_eq!(row.scale, 3);
        assert_eq!(row.positive.offset, -4);
        assert_eq!(row.positive.bucket_counts, [7, 0, 0, 0, 5]);
        assert_eq!(row.count(), 14);
    }

    #[test]
    fn values_far_apart_lose_resolution_and_no_count() {
        let row = of(&[(-4000, 1), (-3999, 2), (4000, 4)]);
        assert_eq!(row.scale, 0);
        assert!(row.positive.bucket_counts.len() <= 1024);
        assert_eq!(row.positive.offset, -501);
        assert_eq!(row.positive.bucket_counts[0], 1);
        assert_eq!(row.positive.bucket_counts[1], 2);
        assert_eq!(row.count(), 9);
    }

    #[test]
    fn nothing_is_a_row_of_nothing() {
        assert!(of(&[]).positive.bucket_counts.is_empty());
    }
}
