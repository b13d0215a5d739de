//! The magazines without threads of their own, for models: everything goes to the slab at once.

use super::Slab;
use super::late::Chain;
use super::slot::Slot;
use crate::sync::Ordering;

/// Nothing is kept at hand.
pub(super) struct Magazines;

impl Magazines {
    /// Slots that go to and fro at once.
    pub(super) const LOT: usize = 2;

    /// A free slot.
    pub(super) fn take(slab: &Slab) -> Option<&'static Slot> {
        let mut one = None;
        slab.take_free(1, |position| one = Some(position));
        slab.pages.get(one?)
    }

    /// A slot that is free again.
    pub(super) fn give(slab: &Slab, slot: &Slot) {
        slab.give_free(&[slot.position]);
    }

    /// Accounts for captured bytes.
    pub(super) fn add_bytes(slab: &Slab, bytes: isize) {
        slab.bytes
            .fetch_add(bytes.cast_unsigned(), Ordering::Relaxed);
    }

    /// A chain that its span let go of; models capture nothing.
    pub(super) fn let_go(_slab: &Slab, chain: Chain, _bytes: usize) {
        drop(chain);
    }
}
