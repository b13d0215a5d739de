//! Limits under many threads: nothing passes twice, nothing is lost from the weights.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use rheostat_policy::model::{Every, Limits, Rate};

use super::{KeyHashes, Limiter, Verdict};

const THREADS: u64 = 4;
const EACH: u64 = 5_000;

/// Lets threads fire at once and returns how many passed, and the sum of their weights and of one last record.
fn storm(limits: &Limits, keys: u64, last: u64) -> (u64, f64) {
    let limiter = Limiter::new(limits, 100);
    let passed = AtomicU64::new(0);
    let halves = AtomicU64::new(0);
    let take = |key: u64, now| {
        let hash = Some(super::random::scramble(key + 1));
        let hashes = KeyHashes {
            sample: None,
            every: hash,
            rate: hash,
        };
        if let Verdict::Passes(weight) = limiter.judge(hashes, || now) {
            passed.fetch_add(1, Ordering::Relaxed);
            halves.fetch_add((weight * 2.0) as u64, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..EACH).for_each(|at| take(at % keys, 1)));
        }
    });
    let in_the_storm = passed.load(Ordering::Relaxed);
    (0..keys).for_each(|key| take(key, last));
    (in_the_storm, halves.load(Ordering::Relaxed) as f64 / 2.0)
}

fn every(by: bool) -> Limits {
    Limits {
        every: Some(Every {
            period: Duration::from_secs(1),
            by: keyed(by),
        }),
        ..Limits::default()
    }
}

fn rate(by: bool) -> Limits {
    Limits {
        rate: Some(Rate {
            per_second: 1.0,
            burst: 10.0,
            by: keyed(by),
        }),
        ..Limits::default()
    }
}

fn keyed(by: bool) -> Vec<rheostat_policy::expr::Expr> {
    by.then(|| crate::testing::expression("x"))
        .into_iter()
        .collect()
}

#[test]
fn one_of_many_threads_passes_in_a_period() {
    let (passed, weights) = storm(&every(false), 1, 5_000_000_000);
    assert_eq!(passed, 1);
    assert_eq!(weights, (THREADS * EACH + 1) as f64);
}

#[test]
fn a_bucket_is_never_overdrawn_by_many_threads() {
    let (passed, weights) = storm(&rate(false), 1, 60_000_000_000);
    assert_eq!(passed, 10);
    assert_eq!(weights, (THREADS * EACH + 1) as f64);
}

#[test]
fn keys_are_exact_under_many_threads() {
    let (passed, weights) = storm(&every(true), 20, 5_000_000_000);
    assert_eq!(passed, 20);
    assert_eq!(weights, (THREADS * EACH + 20) as f64);
    let (passed, weights) = storm(&rate(true), 20, 60_000_000_000);
    assert_eq!(passed, 200);
    assert_eq!(weights, (THREADS * EACH + 20) as f64);
}

#[test]
fn nothing_is_lost_between_every_and_rate() {
    let both = |by| Limits {
        rate: rate(by).rate.map(|rate| Rate {
            per_second: 0.1,
            burst: 1.0,
            ..rate
        }),
        ..every(by)
    };
    let limiter = Limiter::new(&both(false), 1);
    let (mut fired, mut weights) = (0.0, 0.0);
    for tenth in 0..600_u64 {
        fired += 1.0;
        let judged = limiter.judge(KeyHashes::default(), || tenth * 100_000_000);
        if let Verdict::Passes(weight) = judged {
            weights += weight;
            // Every second one is left of ten, and of those one in ten seconds.
            assert_eq!(weights, fired);
        }
    }
    let (passed, weights) = storm(&both(true), 20, 60_000_000_000);
    assert_eq!(passed, 20);
    assert_eq!(weights, (THREADS * EACH + 20) as f64);
}

#[test]
fn a_ratio_of_all_lets_all_pass_with_weight_one() {
    let limits = Limits {
        sample: Some(rheostat_policy::model::Sample {
            ratio: 1.0,
            by: Vec::new(),
        }),
        ..Limits::default()
    };
    let limiter = Limiter::new(&limits, 1);
    for _ in 0..1_000 {
        let verdict = limiter.judge(KeyHashes::default(), || 0);
        assert_eq!(verdict, Verdict::Passes(1.0));
    }
}
