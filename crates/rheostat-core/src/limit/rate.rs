//! A token bucket, as one moment: when the bucket will be full again.
//!
//! Each record that passes moves that moment on by what one token takes to come
//! back; a record finds no token where the moment lies further ahead than a
//! whole bucket takes to fill.

use std::sync::atomic::Ordering;

use super::every::Gate;

/// A rate, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    /// What one token takes to come back.
    token: u64,
    /// What a whole bucket takes.
    whole: u64,
}

/// Longer than any process runs, and small enough for sums of it: 146 years.
const NEVER: f64 = (u64::MAX / 4) as f64;

impl Bucket {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float beyond the integer's bounds becomes the bound, which is what is meant"
    )]
    pub(super) fn new(per_second: f64, burst: f64) -> Self {
        let token = 1e9 / per_second;
        Self {
            token: token.min(NEVER) as u64,
            whole: (token * burst.max(1.0)).min(NEVER) as u64,
        }
    }

    /// Takes a token for a record that stands for so many, and tells for how many those stand that were
    /// held back since one passed.
    pub(super) fn take(self, gate: &Gate, now: u64, stands_for: u64) -> Option<u64> {
        let mut full_at = gate.until.load(Ordering::Relaxed);
        let passes = loop {
            let next = full_at.max(now).saturating_add(self.token);
            if next.saturating_sub(now) > self.whole {
                break false;
            }
            match gate.until.compare_exchange_weak(
                full_at,
                next,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => break true,
                Err(changed) => full_at = changed,
            }
        };
        gate.settle(passes, stands_for)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Gate};

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let (bucket, gate) = (Bucket::new(2.0, 3.0), Gate::default());
        let take = |at| bucket.take(&gate, at, 1);
        assert_eq!(
            [take(0), take(0), take(0), take(0)],
            [Some(0), Some(0), Some(0), None]
        );
        assert_eq!(take(SECOND / 2 - 1), None);
        assert_eq!(take(SECOND / 2), Some(2));
        assert_eq!(take(SECOND / 2), None);
        assert_eq!(take(10 * SECOND), Some(1));
    }

    #[test]
    fn a_bucket_never_holds_more_than_its_burst() {
        let (bucket, gate) = (Bucket::new(1.0, 2.0), Gate::default());
        let passed = (0..10)
            .filter(|_| bucket.take(&gate, 100 * SECOND, 1).is_some())
            .count();
        assert_eq!(passed, 2);
    }

    #[test]
    fn what_is_held_back_counts_for_what_it_stands_for() {
        let (bucket, gate) = (Bucket::new(1.0, 1.0), Gate::default());
        assert_eq!(bucket.take(&gate, 0, 1), Some(0));
        assert_eq!(bucket.take(&gate, 1, 5), None);
        assert_eq!(bucket.take(&gate, 2, 7), None);
        assert_eq!(bucket.take(&gate, 2 * SECOND, 1), Some(12));
    }

    #[test]
    fn a_rate_of_nothing_lets_nothing_pass_after_its_burst() {
        let (bucket, gate) = (Bucket::new(0.0, 1.0), Gate::default());
        let passed = (0..3)
            .filter(|at| bucket.take(&gate, at * SECOND, 1).is_some())
            .count();
        assert!(passed <= 1);
    }
}
