//! Span ids as the program sees them.
//!
//! A span that an inner subscriber keeps has the inner id. One that only we keep
//! has an id of ours: the top bit, and eight bits that a Registry's id never has
//! all set, because they stand for more than two to the thirtieth spans open on
//! one thread. (A Registry's id may well have the top bit set: its generation
//! reaches there after four thousand reuses of a slot.)
//!
//! ```text
//! 63   62 ………………… 38   37 …… 30   29 ………… 0
//!  1   generation       1…1        position
//! ```

use tracing_core::span::Id;

use crate::spans::{self, Key};

const POSITION_BITS: u32 = 30;
const MARK_BITS: u32 = 8;
const GENERATION_BITS: u32 = 63 - POSITION_BITS - MARK_BITS;
const MARK: u64 = 1 << 63 | ((1 << MARK_BITS) - 1) << POSITION_BITS;
const POSITIONS: u64 = (1 << POSITION_BITS) - 1;
const GENERATIONS: u64 = (1 << GENERATION_BITS) - 1;
// Every generation of a slot fits.
const _: () = assert!(spans::GENERATIONS as u64 == GENERATIONS);

/// The id of a span that nobody keeps: whatever is done with it has no effect.
pub(super) fn nobody() -> Id {
    Id::from_u64(MARK)
}

/// The id of a span that only we keep.
#[inline]
pub(super) fn of_key(key: Key) -> Id {
    let generation = (key.0 >> 32) & GENERATIONS;
    let position = key.0 & POSITIONS;
    Id::from_u64(MARK | generation << (POSITION_BITS + MARK_BITS) | position)
}

/// Whether it is the id of a span that only we keep, so that nobody inside the root knows it.
#[inline]
pub fn is_ours(id: &Id) -> bool {
    id.into_u64() & MARK == MARK
}

/// The key of a span that only we keep.
#[inline]
pub(super) fn key_of(id: &Id) -> Option<Key> {
    let id = id.into_u64();
    let generation = (id >> (POSITION_BITS + MARK_BITS)) & GENERATIONS;
    Key::from_parts(generation, id & POSITIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_the_way_out_and_back() {
        let key = Key(77 << 32 | 12_345);
        let id = of_key(key);
        assert!(is_ours(&id));
        assert_eq!(key_of(&id), Some(key));
    }

    #[test]
    fn nobody_has_no_key() {
        assert!(is_ours(&nobody()));
        assert_eq!(key_of(&nobody()), None);
    }

    #[test]
    fn an_id_of_a_registry_is_not_ours_even_with_the_top_bit() {
        let generation = 0x1fff_u64 << 51;
        let thread = 0xfff_u64 << 38;
        assert!(!is_ours(&Id::from_u64(generation | thread | 0xffff)));
    }
}
