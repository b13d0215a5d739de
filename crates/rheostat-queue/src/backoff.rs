//! How long to wait before trying again: doubling, with jitter, up to a ceiling.

use std::time::Duration;

/// The waits of one row of failures.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    max: Duration,
    random: u64,
}

impl Backoff {
    pub(crate) fn new(first: Duration, max: Duration) -> Self {
        Self::seeded(first, max, random())
    }

    fn seeded(first: Duration, max: Duration, seed: u64) -> Self {
        Self {
            next: first.min(max),
            max,
            // Xorshift stands still at zero.
            random: seed | 1,
        }
    }

    /// The next wait: between half of the current ceiling and all of it, so
    /// that many processes do not come back to a server at once.
    pub(crate) fn next(&mut self) -> Duration {
        let ceiling = self.next;
        self.next = ceiling.saturating_mul(2).min(self.max);
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let share = (self.random % 1024) as u32;
        ceiling / 2 + ceiling / 2 * share / 1024
    }
}

/// Something that differs between processes and moments.
pub(crate) fn random() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_ceiling_and_keep_half_of_it() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::seeded(ms(100), ms(1000), 7);
        for ceiling in [100, 200, 400, 800, 1000, 1000] {
            let wait = backoff.next();
            assert!(wait >= ms(ceiling / 2) && wait <= ms(ceiling), "{wait:?}");
        }
    }

    #[test]
    fn two_processes_do_not_wait_alike() {
        let mut one = Backoff::seeded(Duration::from_secs(1), Duration::from_secs(1), 1);
        let mut other = Backoff::seeded(Duration::from_secs(1), Duration::from_secs(1), 2);
        let waits = |backoff: &mut Backoff| [backoff.next(), backoff.next(), backoff.next()];
        assert_ne!(waits(&mut one), waits(&mut other));
    }
}
