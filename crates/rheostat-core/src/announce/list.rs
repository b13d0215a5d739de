//! All slots there are: an append-only list whose members are leased and returned.

use std::ptr;

use super::slot::Slot;
use crate::sync::{AtomicPtr, Ordering};

/// The slots of all threads.
#[derive(Debug)]
pub(crate) struct Announcements {
    // Invariant: null, or a slot that was leaked and is therefore never freed.
    newest: AtomicPtr<Slot>,
}

impl Announcements {
    /// A list without slots.
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self {
            newest: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// A list without slots.
    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self {
            newest: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// A slot for the calling thread: a returned one, or else a new one.
    pub(crate) fn lease(&self, fenced: bool, process: u32) -> &'static Slot {
        if let Some(slot) = self.slots().find(|slot| slot.lease(process)) {
            return slot;
        }
        let slot = Box::leak(Box::new(Slot::new(fenced, process)));
        let mut newest = self.newest.load(Ordering::Acquire);
        loop {
            // SAFETY: `newest` holds null or a leaked slot (invariant of the field).
            slot.before = unsafe { newest.as_ref() };
            let this: *mut Slot = slot;
            match self
                .newest
                // Release: who finds the slot sees what is in it. Acquire, above and where another was first:
                // a reference is made to the slot before.
                .compare_exchange(newest, this, Ordering::Release, Ordering::Acquire)
            {
                // SAFETY: just leaked, and from now on only shared.
                Ok(_) => return unsafe { &*this },
                Err(other) => newest = other,
            }
        }
    }

    /// All slots.
    pub(super) fn slots(&self) -> impl Iterator<Item = &'static Slot> + use<> {
        // SAFETY: `newest` holds null or a leaked slot (invariant of the field).
        let newest = unsafe { self.newest.load(Ordering::Acquire).as_ref() };
        std::iter::successors(newest, |slot| slot.before)
    }

    /// Who is inside an announcement now, and at which turn. A heavy barrier must come first.
    pub(crate) fn inside(&self) -> Vec<(&'static Slot, usize)> {
        self.slots()
            .filter_map(|slot| Some((slot, slot.inside()?)))
            .collect()
    }
}
