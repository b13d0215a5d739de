//! The way from label values to a series.
//!
//! Open addressing over pointers. Readers take no lock; whoever links, unlinks or
//! grows holds the family's. A slot that was emptied keeps a mark, so that a
//! search goes on past it, and growing leaves the marks behind.

use std::marker::PhantomData;
use std::ptr;

use crate::sync::{AtomicPtr, Ordering};

/// What a table can find.
pub(crate) trait Keyed {
    /// The hash of its key.
    fn hash(&self) -> u64;
    /// Its key.
    fn key(&self) -> &[u8];
}

/// A table of things that somebody else owns.
pub(crate) struct Table<T> {
    // Invariant: points to `Slots` that this table owns; each slot is null, the mark, or a linked thing,
    // which its owner keeps until it was unlinked and nobody who announced himself before can hold it.
    root: AtomicPtr<Slots<T>>,
    owns: PhantomData<T>,
}

/// Slots that were replaced; free them when nobody can be reading them any more.
pub(crate) struct Retired<T>(
    #[expect(dead_code, reason = "held to be dropped later")] Box<Slots<T>>,
);

struct Slots<T> {
    slots: Box<[AtomicPtr<T>]>,
    // Used under the lock only; a plain number would need another owner.
    filled: std::sync::atomic::AtomicUsize,
}

/// The mark of a slot that was emptied. Never read through.
fn mark<T>() -> *mut T {
    ptr::dangling_mut()
}

impl<T: Keyed> Table<T> {
    pub(crate) fn new() -> Self {
        Self {
            root: AtomicPtr::new(Box::into_raw(Box::new(Slots::new(8)))),
            owns: PhantomData,
        }
    }

    /// The thing with this key.
    ///
    /// # Safety
    ///
    /// The caller announced itself before and stays announced while it uses the answer, or holds the
    /// lock under which things are unlinked and slots are retired.
    #[inline]
    pub(crate) unsafe fn find(&self, hash: u64, key: &[u8]) -> Option<&T> {
        // Acquire pairs with the release that published the slots, and below with that of a link: what
        // they point to is there before the pointer is.
        // SAFETY: the slots are freed only when nobody who announced himself before can be reading them.
        let slots = unsafe { &*self.root.load(Ordering::Acquire) };
        let mask = slots.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let linked = slots.slots[at].load(Ordering::Acquire);
            if linked.is_null() {
                return None;
            }
            if linked != mark() {
                // SAFETY: neither null nor the mark, so it is a thing that is still there (invariant).
                let found = unsafe { &*linked };
                if found.hash() == hash && found.key() == key {
                    return Some(found);
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// Links a thing under its key, which nothing linked has. The caller holds the lock.
    ///
    /// The slots that were replaced, if the table had to grow, must outlive their readers.
    ///
    /// # Safety
    ///
    /// `thing` stays where it is until it was unlinked and every reader who announced himself before
    /// that has left.
    pub(crate) unsafe fn link(&self, thing: *const T) -> Option<Retired<T>> {
        let retired = self.make_room();
        // SAFETY: the lock keeps others from retiring the slots.
        unsafe { &*self.root.load(Ordering::Relaxed) }.put(thing);
        retired
    }

    /// Unlinks a thing, by its address. The caller holds the lock.
    pub(crate) fn unlink(&self, thing: &T) {
        // SAFETY: the lock keeps others from retiring the slots.
        let slots = unsafe { &*self.root.load(Ordering::Relaxed) };
        let mask = slots.slots.len() - 1;
        let mut at = thing.hash() as usize & mask;
        loop {
            let linked = slots.slots[at].load(Ordering::Relaxed);
            if linked.is_null() {
                return;
            }
            if ptr::eq(linked, thing) {
                slots.slots[at].store(mark(), Ordering::Release);
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn make_room(&self) -> Option<Retired<T>> {
        let old = self.root.load(Ordering::Relaxed);
        // SAFETY: the lock keeps others from retiring the slots.
        let slots = unsafe { &*old };
        // At most half full, marks included: a search always meets a null, and soon.
        if (slots.filled.load(Ordering::Relaxed) + 1) * 2 <= slots.slots.len() {
            return None;
        }
        let linked = || {
            let all = slots.slots.iter().map(|slot| slot.load(Ordering::Relaxed));
            all.filter(|linked| !linked.is_null() && *linked != mark())
        };
        // At least a quarter full then, but for what was unlinked.
        let grown = Slots::new((linked().count() * 4).next_power_of_two().max(8));
        for thing in linked() {
            grown.put(thing);
        }
        // Release: the new slots are filled before a reader can find them.
        self.root
            .store(Box::into_raw(Box::new(grown)), Ordering::Release);
        // SAFETY: `old` came from a box that only this table owned, and is no longer its root.
        Some(Retired(unsafe { Box::from_raw(old) }))
    }
}

impl<T: Keyed> Slots<T> {
    fn new(size: usize) -> Self {
        Self {
            slots: (0..size).map(|_| AtomicPtr::new(ptr::null_mut())).collect(),
            filled: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    fn put(&self, thing: *const T) {
        // SAFETY: the caller links a thing that is there (contract of `link`), or copies such a link.
        let hash = unsafe { &*thing }.hash();
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let there = self.slots[at].load(Ordering::Relaxed);
            if there.is_null() || there == mark() {
                self.slots[at].store(thing.cast_mut(), Ordering::Release);
                if there.is_null() {
                    self.filled.fetch_add(1, Ordering::Relaxed);
                }
                return;
            }
            at = (at + 1) & mask;
        }
    }
}

impl<T> Drop for Table<T> {
    fn drop(&mut self) {
        let root = self.root.load(Ordering::Acquire);
        // SAFETY: the table owns its root (invariant), and `&mut self` says nobody reads it.
        drop(unsafe { Box::from_raw(root) });
    }
}
