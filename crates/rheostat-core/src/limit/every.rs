//! The first of each period.

use std::sync::atomic::{AtomicU64, Ordering};

/// One period after another, for one key.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// Up to this moment records are held back (`every`), or when the bucket is full again (`rate`).
    pub(super) until: AtomicU64,
    /// How many records those stand for that were held back since one passed.
    pub(super) held: AtomicU64,
}

impl Gate {
    /// Lets the first record of a period pass, with the number of those held back since the last one.
    pub(super) fn first_of(&self, period: u64, now: u64) -> Option<u64> {
        // The moments order nothing but themselves; whoever wins the exchange passes, and only that one.
        let until = self.until.load(Ordering::Relaxed);
        let passes = now >= until
            && self
                .until
                .compare_exchange(
                    until,
                    now.saturating_add(period),
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                )
                .is_ok();
        self.settle(passes, 1)
    }

    /// Takes what was held back if a record passes, else adds this one, which stands for so many.
    pub(super) fn settle(&self, passes: bool, stands_for: u64) -> Option<u64> {
        if passes {
            Some(self.held.swap(0, Ordering::Relaxed))
        } else {
            self.held.fetch_add(stands_for, Ordering::Relaxed);
            None
        }
    }

    /// Whether nothing would be lost if another key used this gate from now on.
    pub(super) fn is_idle(&self, now: u64) -> bool {
        self.until.load(Ordering::Relaxed) <= now && self.held.load(Ordering::Relaxed) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;

    #[test]
    fn one_passes_each_period_and_carries_the_others() {
        let gate = Gate::default();
        let passed: Vec<_> = (0..10).map(|at| gate.first_of(4, at)).collect();
        let n = None;
        assert_eq!(passed, [Some(0), n, n, n, Some(3), n, n, n, Some(3), n]);
    }
}
