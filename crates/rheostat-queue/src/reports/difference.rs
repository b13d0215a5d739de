//! What came since a series was last told of.

use std::collections::{BTreeMap, HashMap};

use rheostat_core::sink::{Amount, Exponential, Family, Histogram, MetricKind, Point};

use super::Key;

/// The difference to what was told before; none where there is nothing to tell.
pub(super) fn since(now: &Point, before: Option<&Point>) -> Option<Point> {
    // A series that began anew, or has other buckets, has nothing in common with the old one.
    let before = before.filter(|before| continues(now, before));
    let amount = match (&now.amount, before.map(|before| &before.amount)) {
        (
            Amount::Counter {
                whole,
                part,
                exemplar,
            },
            before,
        ) => {
            let (old_whole, old_part) = match before {
                Some(Amount::Counter { whole, part, .. }) => (*whole, *part),
                _ => (0, 0.0),
            };
            let (whole, part) = (whole.saturating_sub(old_whole), part - old_part);
            (whole > 0 || part != 0.0).then_some(Amount::Counter {
                whole,
                part,
                exemplar: *exemplar,
            })
        }
        (Amount::Gauge(value), before) => {
            let same =
                matches!(before, Some(Amount::Gauge(old)) if old.to_bits() == value.to_bits());
            (!same).then_some(Amount::Gauge(*value))
        }
        (Amount::Histogram(now), Some(Amount::Histogram(before))) => subtract(now, before),
        (Amount::Histogram(now), _) => (now.count() > 0).then(|| Amount::Histogram(now.clone())),
        (Amount::Gone, _) => None,
    };
    Some(Point {
        labels: now.labels.clone(),
        // A point told before began when the series did; what was told last ended at `to`.
        from: before.map_or(now.from, |before| before.to),
        to: now.to,
        amount: amount?,
    })
}

fn continues(now: &Point, before: &Point) -> bool {
    now.from == before.from
        && match (&now.amount, &before.amount) {
            (Amount::Histogram(now), Amount::Histogram(before)) => now.bounds == before.bounds,
            _ => true,
        }
}

fn subtract(now: &Histogram, before: &Histogram) -> Option<Amount> {
    let counts: Vec<u64> = now
        .counts
        .iter()
        .zip(&before.counts)
        .map(|(now, before)| now.saturating_sub(*before))
        .collect();
    if counts.iter().all(|count| *count == 0) {
        return None;
    }
    let exponential = match (&now.exponential, &before.exponential) {
        (Some(now), Some(before)) => Some(subtract_exponential(now, before)),
        (now, _) => now.clone(),
    };
    Some(Amount::Histogram(Box::new(Histogram {
        bounds: now.bounds.clone(),
        counts,
        sum: now.sum - before.sum,
        exemplars: now.exemplars.clone(),
        exponential,
    })))
}

/// Brings both to the coarser resolution of the two, and subtracts.
fn subtract_exponential(now: &Exponential, before: &Exponential) -> Exponential {
    let schema = now.schema.min(before.schema);
    let side = |now_side: &[(i32, u64)], before_side: &[(i32, u64)]| {
        let mut counts = BTreeMap::new();
        add(&mut counts, now_side, now.schema - schema, |sum, count| {
            sum + count
        });
        add(
            &mut counts,
            before_side,
            before.schema - schema,
            u64::saturating_sub,
        );
        counts.retain(|_, count| *count > 0);
        counts.into_iter().collect()
    };
    Exponential {
        schema,
        zero_threshold: now.zero_threshold,
        zero_count: now.zero_count.saturating_sub(before.zero_count),
        positive: side(&now.positive, &before.positive),
        negative: side(&now.negative, &before.negative),
    }
}

/// Folds buckets in at a resolution that was halved so often: buckets 2i-1 and 2i become i.
fn add(
    counts: &mut BTreeMap<i32, u64>,
    buckets: &[(i32, u64)],
    halvings: i32,
    fold: impl Fn(u64, u64) -> u64,
) {
    for (bucket, count) in buckets {
        let coarse = (0..halvings).fold(*bucket, |bucket, _| (bucket + 1).div_euclid(2));
        let sum = counts.entry(coarse).or_default();
        *sum = fold(*sum, *count);
    }
}

/// Says of series that are there no more that they have gone.
pub(super) fn farewells(
    gone: &HashMap<Key, Point>,
    families: &mut Vec<Family>,
    read: &mut Vec<(Key, Point)>,
) {
    let now = read.iter().map(|(_, point)| point.to).max();
    let mut gone: Vec<_> = gone.iter().collect();
    gone.sort_by_key(|(key, _)| *key);
    for (key, last) in gone {
        let point = Point {
            labels: key.2.clone(),
            from: last.from,
            to: now.unwrap_or(last.to).max(last.to),
            amount: Amount::Gone,
        };
        read.push((key.clone(), point.clone()));
        let of_same = |family: &&mut Family| family.name == key.0 && family.labels == key.1;
        // Only the last: positions count in the order of the points.
        if let Some(family) = families.last_mut().filter(of_same)
            && family
                .points
                .iter()
                .all(|point| point.amount == Amount::Gone)
        {
            family.points.push(point);
            continue;
        }
        families.push(Family {
            name: key.0.clone(),
            kind: kind(&last.amount),
            unit: None,
            help: None,
            labels: key.1.clone(),
            points: vec![point],
        });
    }
}

fn kind(amount: &Amount) -> MetricKind {
    match amount {
        Amount::Counter { .. } => MetricKind::Counter,
        Amount::Gauge(_) | Amount::Gone => MetricKind::Gauge,
        Amount::Histogram(_) => MetricKind::Histogram,
    }
}
