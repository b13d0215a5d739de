//! The slab's memory: pages that double in size, are made when needed, and stay.

use std::ptr;

use super::slot::Slot;
use crate::sync::{AtomicPtr, Ordering};

#[cfg(not(loom))]
const FIRST_PAGE: u32 = 64;
#[cfg(loom)]
const FIRST_PAGE: u32 = 2;
/// Together 64 × (2^20 − 1) slots, far more than any cap.
const PAGES: usize = 20;

/// All pages.
#[derive(Debug)]
pub(super) struct Pages {
    // Invariant: null, or a leaked page of `FIRST_PAGE << index` slots.
    pages: [AtomicPtr<Slot>; PAGES],
}

/// The page and the position in it.
#[inline]
fn place(position: u32) -> (usize, usize) {
    let shifted = u64::from(position) + u64::from(FIRST_PAGE);
    let page = shifted.ilog2() - FIRST_PAGE.ilog2();
    let start = u64::from(FIRST_PAGE) << page;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "less than a page, which fits in memory"
    )]
    (page as usize, (shifted - start) as usize)
}

impl Pages {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self {
            pages: [const { AtomicPtr::new(ptr::null_mut()) }; PAGES],
        }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self {
            pages: std::array::from_fn(|_| AtomicPtr::new(ptr::null_mut())),
        }
    }

    /// The slot at a position, if its page was made.
    #[inline]
    pub(super) fn get(&self, position: u32) -> Option<&'static Slot> {
        let (page, at) = place(position);
        let slots = self.pages.get(page)?.load(Ordering::Acquire);
        if slots.is_null() {
            return None;
        }
        // SAFETY: a page is never freed, and `at` is less than its length (see `place`).
        Some(unsafe { &*slots.add(at) })
    }

    /// The slot at a position, its page made if need be.
    pub(super) fn get_or_make(&self, position: u32) -> Option<&'static Slot> {
        if let Some(slot) = self.get(position) {
            return Some(slot);
        }
        let (page, _) = place(position);
        let (size, first) = (FIRST_PAGE << page, (FIRST_PAGE << page) - FIRST_PAGE);
        let made: Box<[Slot]> = (first..first + size).map(Slot::new).collect();
        let made = Box::into_raw(made);
        let exchange = self.pages.get(page)?.compare_exchange(
            ptr::null_mut(),
            made.cast::<Slot>(),
            // Release: who finds the page finds the slots in it. It is looked up anew below.
            Ordering::Release,
            Ordering::Relaxed,
        );
        if exchange.is_err() {
            // SAFETY: another thread's page won, so nobody has seen this one.
            drop(unsafe { Box::from_raw(made) });
        }
        self.get(position)
    }

    /// Every slot whose page was made.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static Slot> {
        (0..)
            .map(|position| self.get(position))
            .take_while(Option::is_some)
            .flatten()
    }
}
