//! Gates by key, for at most so many keys.
//!
//! A fixed number of shelves, each made when its first key comes, each with a
//! fixed number of places found by probing. A key keeps its place while its gate
//! has something to remember; after that another key may take it. Where a
//! shelf is full of busy gates, its further keys share one gate, so that no
//! record is ever judged without one and memory stays bounded.

use std::sync::atomic::{AtomicU64, Ordering};

use once_cell::race::OnceBox;

use super::every::Gate;

const SHELVES: usize = 64;

/// Gates by key.
#[derive(Debug)]
pub(super) struct Keys {
    shelves: Box<[OnceBox<Shelf>]>,
    places: usize,
}

#[derive(Debug)]
struct Shelf {
    places: Box<[Place]>,
    shared: Gate,
}

#[derive(Debug, Default)]
struct Place {
    /// The key's hash; 0: free.
    key: AtomicU64,
    gate: Gate,
}

impl Keys {
    /// Room for at least this many keys in all.
    pub(super) fn new(max_keys: u32) -> Self {
        let max_keys = max_keys.max(1) as usize;
        let shelves = SHELVES.min(max_keys);
        Self {
            shelves: (0..shelves).map(|_| OnceBox::new()).collect(),
            places: max_keys.div_ceil(shelves),
        }
    }

    /// The most memory that so many keys take.
    pub(super) fn most_bytes(max_keys: u32) -> u64 {
        let none = Self::new(max_keys);
        let shelf = size_of::<OnceBox<Shelf>>() + size_of::<Shelf>();
        (none.shelves.len() * (shelf + none.places * size_of::<Place>())) as u64
    }

    /// The gate of a key, and whether it is one that keys share for want of room.
    pub(super) fn gate(&self, key: u64, now: u64) -> (&Gate, bool) {
        let key = key.max(1);
        let index = (key >> 32) as usize % self.shelves.len();
        // Making a shelf allocates, once for each in the life of a limiter. Nobody waits for one who makes it.
        let shelf = self.shelves[index].get_or_init(|| {
            Box::new(Shelf {
                places: (0..self.places).map(|_| Place::default()).collect(),
                shared: Gate::default(),
            })
        });
        let start = key as usize % shelf.places.len();
        let probe = || {
            let (before, after) = shelf.places.split_at(start);
            after.iter().chain(before)
        };
        for place in probe() {
            let found = place.key.load(Ordering::Relaxed);
            if found == key {
                return (&place.gate, false);
            }
            if found == 0 {
                match place
                    .key
                    .compare_exchange(0, key, Ordering::Relaxed, Ordering::Relaxed)
                {
                    Ok(_) => return (&place.gate, false),
                    Err(other) if other == key => return (&place.gate, false),
                    Err(_) => {}
                }
            }
        }
        for place in probe() {
            let found = place.key.load(Ordering::Relaxed);
            // A record of the old key that found its place just before counts itself here: what is held
            // back is then carried by the new key, so the sum of weights stays right.
            if place.gate.is_idle(now)
                && place
                    .key
                    .compare_exchange(found, key, Ordering::Relaxed, Ordering::Relaxed)
                    .is_ok()
            {
                return (&place.gate, false);
            }
        }
        (&shelf.shared, true)
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use crate::limit::random::scramble;

    #[test]
    fn each_key_has_a_gate_of_its_own() {
        let keys = Keys::new(1_000);
        for key in 0..500 {
            let (gate, shared) = keys.gate(scramble(key), 0);
            assert!(!shared);
            assert_eq!(gate.first_of(10, 0), Some(0), "key {key}");
        }
        assert_eq!(keys.gate(scramble(3), 0).0.first_of(10, 0), None);
    }

    #[test]
    fn keys_beyond_the_room_share_a_gate() {
        let keys = Keys::new(2);
        let shared = (1..=50)
            .filter(|key| {
                let (gate, shared) = keys.gate(scramble(*key), 0);
                gate.first_of(10, 0);
                shared
            })
            .count();
        assert_eq!(shared, 48);
    }

    #[test]
    fn a_gate_with_nothing_to_remember_is_used_again() {
        let keys = Keys::new(1);
        keys.gate(scramble(1), 0).0.first_of(10, 0);
        assert!(keys.gate(scramble(2), 5).1);
        let (gate, shared) = keys.gate(scramble(2), 10);
        assert!(!shared);
        assert_eq!(gate.first_of(10, 10), Some(0));
    }

    #[test]
    fn a_gate_that_still_carries_records_is_not_used_again() {
        let keys = Keys::new(1);
        let (gate, _) = keys.gate(scramble(1), 0);
        gate.first_of(10, 0);
        gate.first_of(10, 1);
        assert!(keys.gate(scramble(2), 100).1);
    }
}
