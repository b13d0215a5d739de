//! What is shown of exponential buckets: a native histogram of Prometheus.

use std::collections::BTreeMap;

use super::exponential::ZERO;

/// How many buckets are shown at most; with more, the resolution is halved.
const MAX_SHOWN: usize = 160;

const FINE: i32 = 3;
const COARSE: i32 = -4;

/// A distribution in exponential buckets.
///
/// Bucket `i` of schema `s` holds the values above b^(i-1) up to b^i, where b is
/// 2^(2^-s). The count is what the buckets sum up to, by construction.
#[derive(Clone, Debug, PartialEq)]
pub struct NativeHistogram {
    /// The resolution, from -4 (coarse) to 3 (eight buckets to a power of two).
    pub schema: i32,
    /// Up to here, either way, a value counts as zero.
    pub zero_threshold: f64,
    /// How many did.
    pub zero_count: u64,
    /// Buckets above zero that are not empty, ascending.
    pub positive: Vec<(i32, u64)>,
    /// Buckets below zero, by magnitude.
    pub negative: Vec<(i32, u64)>,
}

/// A run of adjacent buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Buckets left out since the end of the span before; the first: the number of its first bucket.
    pub offset: i32,
    /// How many buckets follow.
    pub length: u32,
}

impl NativeHistogram {
    /// How many values there were.
    pub fn count(&self) -> u64 {
        let buckets = self.positive.iter().chain(&self.negative);
        buckets.map(|(_, count)| count).sum::<u64>() + self.zero_count
    }

    /// Buckets as Prometheus writes them: spans, and counts as differences from the bucket before.
    pub fn spans(buckets: &[(i32, u64)]) -> (Vec<Span>, Vec<i64>) {
        let mut spans: Vec<Span> = Vec::new();
        let mut deltas = Vec::with_capacity(buckets.len());
        let mut next = 0;
        let mut before = 0_i64;
        for &(bucket, count) in buckets {
            match spans.last_mut() {
                Some(span) if bucket == next => span.length += 1,
                _ => spans.push(Span {
                    offset: bucket - next,
                    length: 1,
                }),
            }
            next = bucket + 1;
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            deltas.push(count - before);
            before = count;
        }
        (spans, deltas)
    }
}

/// Counts on their way to being shown.
#[derive(Debug, Default)]
pub(super) struct Counts {
    fine: [BTreeMap<i32, u64>; 2],
    coarse: [BTreeMap<i32, u64>; 2],
}

impl Counts {
    pub(super) fn add_fine(&mut self, negative: bool, bucket: i32, count: u64) {
        add(&mut self.fine[usize::from(negative)], bucket, count);
    }

    pub(super) fn add_coarse(&mut self, negative: bool, bucket: i32, count: u64) {
        add(&mut self.coarse[usize::from(negative)], bucket, count);
    }

    pub(super) fn shown(self, zero_count: u64) -> NativeHistogram {
        let [mut positive, mut negative] = self.fine;
        let mut schema = FINE;
        if self.coarse.iter().any(|side| !side.is_empty()) {
            while schema > COARSE {
                (positive, negative) = (halve(&positive), halve(&negative));
                schema -= 1;
            }
            for (side, coarse) in [&mut positive, &mut negative].into_iter().zip(self.coarse) {
                for (bucket, count) in coarse {
                    add(side, bucket, count);
                }
            }
        }
        while positive.len() + negative.len() > MAX_SHOWN && schema > COARSE {
            (positive, negative) = (halve(&positive), halve(&negative));
            schema -= 1;
        }
        NativeHistogram {
            schema,
            zero_threshold: ZERO,
            zero_count,
            positive: positive.into_iter().collect(),
            negative: negative.into_iter().collect(),
        }
    }
}

fn add(side: &mut BTreeMap<i32, u64>, bucket: i32, count: u64) {
    if count > 0 {
        *side.entry(bucket).or_default() += count;
    }
}

/// The same counts at half the resolution: buckets 2i-1 and 2i become i.
fn halve(side: &BTreeMap<i32, u64>) -> BTreeMap<i32, u64> {
    let mut half = BTreeMap::new();
    for (bucket, count) in side {
        add(&mut half, (bucket + 1).div_euclid(2), *count);
    }
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_begin_a_new_span() {
        let (spans, deltas) = NativeHistogram::spans(&[(-2, 3), (-1, 1), (4, 2)]);
        assert_eq!(
            spans,
            [
                Span {
                    offset: -2,
                    length: 2
                },
                Span {
                    offset: 4,
                    length: 1
                }
            ]
        );
        assert_eq!(deltas, [3, -2, 1]);
    }
}
