//! A thread's own random numbers: quick, and good enough to choose a share of records.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher, RandomState};

thread_local! {
    // 0 stands for "not seeded yet".
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// Makes what this thread samples from now on repeatable; for tests.
pub fn seed(seed: u64) {
    STATE.set(scramble(seed) | 1);
}

/// A number from 0 to below 1.
#[inline]
pub(crate) fn unit() -> f64 {
    to_unit(next())
}

/// A hash as a number from 0 to below 1.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a float exactly")]
pub(crate) fn to_unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

fn next() -> u64 {
    // The cell has no destructor, so it is there as long as the thread is.
    STATE.with(|state| {
        let mut now = state.get();
        if now == 0 {
            now = scramble(RandomState::new().build_hasher().finish()) | 1;
        }
        // A Weyl sequence, scrambled: every state is visited once before one comes again.
        now = now.wrapping_add(0x9e37_79b9_7f4a_7c15);
        state.set(if now == 0 { 1 } else { now });
        scramble(now)
    })
}

/// The finalizer of `splitmix64`.
pub(crate) fn scramble(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::{seed, unit};

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = || (0..8).map(|_| unit()).collect::<Vec<_>>();
        seed(7);
        let first = draw();
        seed(7);
        assert_eq!(draw(), first);
        seed(8);
        assert_ne!(draw(), first);
    }

    #[test]
    fn numbers_spread_evenly_below_one() {
        seed(1);
        let mut tenths = [0; 10];
        for _ in 0..10_000 {
            let drawn = unit();
            assert!((0.0..1.0).contains(&drawn));
            tenths[(drawn * 10.0) as usize] += 1;
        }
        assert!(
            tenths.iter().all(|count| (850..1_150).contains(count)),
            "{tenths:?}"
        );
    }
}
