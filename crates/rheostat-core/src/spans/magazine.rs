//! What a thread has at hand, so that opening and closing a span touches nothing shared:
//! free slots, and chains that wait to be freed.

use std::cell::RefCell;

use super::Slab;
use super::late::{Chain, Limbo};
use super::slot::Slot;
use crate::sync::Ordering;

/// Free slots kept by a thread at most.
const KEEP: usize = 64;
/// Captured bytes that a thread tells the others of in one go.
const LUMP: isize = 64 * 1024;

struct Magazine {
    free: Vec<u32>,
    bytes: isize,
    limbo: Limbo,
}

impl Drop for Magazine {
    fn drop(&mut self) {
        let slab = super::all();
        slab.give_free(&self.free);
        add(slab, self.bytes);
        slab.adopt(&mut self.limbo);
    }
}

thread_local! {
    static MINE: RefCell<Magazine> = const {
        RefCell::new(Magazine { free: Vec::new(), bytes: 0, limbo: Limbo::new() })
    };
}

/// The calling thread's magazine. Only the slab of the process has them.
pub(super) struct Magazines;

impl Magazines {
    /// Slots that go to and fro at once.
    pub(super) const LOT: usize = 32;

    /// A free slot.
    #[inline]
    pub(super) fn take(slab: &Slab) -> Option<&'static Slot> {
        let position = MINE
            .try_with(|mine| {
                let mut mine = mine.try_borrow_mut().ok()?;
                if mine.free.is_empty() {
                    slab.take_free(Self::LOT, |position| mine.free.push(position));
                }
                mine.free.pop()
            })
            .unwrap_or_else(|_| {
                let mut one = None;
                slab.take_free(1, |position| one = Some(position));
                one
            })?;
        slab.pages.get(position)
    }

    /// A slot that is free again.
    #[inline]
    pub(super) fn give(slab: &Slab, slot: &Slot) {
        let kept = MINE.try_with(|mine| {
            let Ok(mut mine) = mine.try_borrow_mut() else {
                return false;
            };
            if mine.free.len() >= KEEP {
                let rest = mine.free.len() - Self::LOT;
                slab.give_free(&mine.free[rest..]);
                mine.free.truncate(rest);
            }
            mine.free.push(slot.position);
            true
        });
        if kept != Ok(true) {
            slab.give_free(&[slot.position]);
        }
    }

    /// Accounts for captured bytes, told to the others in lumps.
    pub(super) fn add_bytes(slab: &Slab, bytes: isize) {
        let told = MINE.try_with(|mine| {
            let mut mine = mine.try_borrow_mut().ok()?;
            mine.bytes += bytes;
            (mine.bytes.abs() >= LUMP).then(|| std::mem::take(&mut mine.bytes))
        });
        match told {
            Ok(Some(lump)) => add(slab, lump),
            Ok(None) => {}
            Err(_) => add(slab, bytes),
        }
    }

    /// A chain that its span let go of, and how many bytes it holds.
    pub(super) fn let_go(slab: &Slab, chain: Chain, bytes: usize) {
        Self::add_bytes(slab, -isize::try_from(bytes).unwrap_or(isize::MAX));
        let mut chain = Some(chain);
        let _where_it_waits = MINE.try_with(|mine| {
            if let Ok(mut mine) = mine.try_borrow_mut()
                && let Some(chain) = chain.take()
            {
                mine.limbo.put(chain, bytes);
            }
        });
        if let Some(chain) = chain {
            let mut limbo = Limbo::new();
            limbo.put(chain, bytes);
            slab.adopt(&mut limbo);
        }
    }
}

/// Adds to the shared count. What one thread added another may take away first,
/// so the count may be below zero for a while: it wraps, and comes back.
fn add(slab: &Slab, bytes: isize) {
    slab.bytes
        .fetch_add(bytes.cast_unsigned(), Ordering::Relaxed);
}
