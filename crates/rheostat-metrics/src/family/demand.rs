//! About how many series were asked for beyond a metric's cap: a HyperLogLog sketch.

use std::sync::atomic::{AtomicU8, Ordering};

/// How many bits of a hash choose the register.
const BITS: u32 = 8;
const REGISTERS: usize = 1 << BITS;

/// A sketch of distinct hashes in 256 bytes, right to some six per cent.
pub(super) struct Demand {
    registers: [AtomicU8; REGISTERS],
}

impl Demand {
    pub(super) fn new() -> Self {
        Self {
            registers: [const { AtomicU8::new(0) }; REGISTERS],
        }
    }

    /// Adds a hash. Seldom writes: a register only grows.
    pub(super) fn add(&self, hash: u64) {
        // The table takes the low bits of the same hash; that does no harm, but its high bits are mixed best.
        let register = &self.registers[(hash >> (64 - BITS)) as usize];
        let rank = ((hash << BITS) | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
        if register.load(Ordering::Relaxed) < rank {
            register.fetch_max(rank, Ordering::Relaxed);
        }
    }

    /// About how many distinct hashes were added.
    pub(super) fn estimate(&self) -> u64 {
        let ranks = || self.registers.iter().map(|r| r.load(Ordering::Relaxed));
        let count = REGISTERS as f64;
        let harmonic: f64 = ranks().map(|rank| (-f64::from(rank)).exp2()).sum();
        let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / harmonic;
        let empty = ranks().filter(|rank| *rank == 0).count();
        if raw <= 2.5 * count && empty > 0 {
            // Few hashes: the share of registers that are empty says more.
            return (count * (count / empty as f64).ln()).round() as u64;
        }
        raw.round() as u64
    }

    pub(super) fn clear(&self) {
        for register in &self.registers {
            register.store(0, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Demand;

    fn mix(n: u64) -> u64 {
        let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[test]
    fn distinct_hashes_are_estimated_and_repeated_ones_count_once() {
        for distinct in [10_u64, 300, 20_000] {
            let demand = Demand::new();
            for _ in 0..3 {
                (1..=distinct).for_each(|n| demand.add(mix(n)));
            }
            let off = demand.estimate() as f64 / distinct as f64;
            assert!((0.8..1.2).contains(&off), "{distinct}: {off}");
        }
    }
}
