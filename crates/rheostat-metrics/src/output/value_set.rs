//! The distinct values of a label that may have only so many.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::series::hash;

/// At most so many distinct texts; asking takes no lock.
pub(super) struct ValueSet {
    max: u32,
    taken: AtomicU32,
    // Open addressing, twice as many slots as values.
    slots: Box<[OnceLock<Box<str>>]>,
}

impl ValueSet {
    pub(super) fn new(max: u32) -> Self {
        let slots = (max as usize * 2).next_power_of_two().max(2);
        Self {
            max,
            taken: AtomicU32::new(0),
            slots: (0..slots).map(|_| OnceLock::new()).collect(),
        }
    }

    pub(super) fn max(&self) -> u32 {
        self.max
    }

    /// Whether the value is one of them; it becomes one while there is room.
    pub(super) fn admits(&self, value: &str) -> bool {
        let mask = self.slots.len() - 1;
        let mut at = hash(value.as_bytes()) as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.get().is_none() && self.reserve() {
                // Somebody may fill the slot meanwhile: then it is judged like any that is full.
                if slot.set(value.into()).is_err() {
                    self.taken.fetch_sub(1, Ordering::Relaxed);
                }
            }
            match slot.get() {
                Some(known) if **known == *value => return true,
                Some(_) => at = (at + 1) & mask,
                None => return false,
            }
        }
    }

    fn reserve(&self) -> bool {
        let more = |taken| (taken < self.max).then_some(taken + 1);
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    #[test]
    fn the_first_values_stay_and_others_do_not_come_in() {
        let set = ValueSet::new(2);
        let admitted = ["a", "b", "c", "a", "b", "d"].map(|value| set.admits(value));
        assert_eq!(admitted, [true, true, false, true, true, false]);
        assert!(!ValueSet::new(0).admits("a"));
    }

    #[test]
    fn threads_never_bring_in_more_than_the_limit() {
        let set = ValueSet::new(20);
        let admitted = AtomicUsize::new(0);
        thread::scope(|scope| {
            for thread in 0..4 {
                let (set, admitted) = (&set, &admitted);
                scope.spawn(move || {
                    for value in 0..100 {
                        let value = format!("{thread}-{value}");
                        admitted.fetch_add(usize::from(set.admits(&value)), Ordering::Relaxed);
                    }
                });
            }
        });
        assert!(admitted.into_inner() <= 20);
        assert_eq!(
            set.slots.iter().filter(|slot| slot.get().is_some()).count(),
            20
        );
    }
}
