//! The board: named slots, each with the last number put there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A slot: the bits of a float, and nothing yet where they are not a number.
pub(crate) type Slot = Arc<AtomicU64>;

/// What the program reads; cheap to clone, all clones show the same.
#[derive(Clone, Debug, Default)]
pub struct Board {
    // Locked when a policy is staged and when the program looks, never where a callsite fires.
    slots: Arc<Mutex<BTreeMap<Arc<str>, Slot>>>,
}

impl Board {
    /// The last value in a slot, if there ever was one.
    pub fn last(&self, slot: &str) -> Option<f64> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let value = f64::from_bits(slots.get(slot)?.load(Ordering::Relaxed));
        (!value.is_nan()).then_some(value)
    }

    /// The slot of that name, made empty if it is new. It survives reloads.
    pub(crate) fn slot(&self, name: &Arc<str>) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let empty = || Arc::new(AtomicU64::new(f64::NAN.to_bits()));
        Arc::clone(slots.entry(Arc::clone(name)).or_insert_with(empty))
    }
}
