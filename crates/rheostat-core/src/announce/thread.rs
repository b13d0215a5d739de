//! The calling thread's own slot, and what happens before and after its life.

use std::cell::Cell;
use std::marker::PhantomData;

use super::barrier::Barrier;
use super::list::Announcements;
use super::slot::Slot;

#[cfg(not(loom))]
static ALL: Announcements = Announcements::new();

/// The slots of this process.
#[cfg(not(loom))]
pub(super) fn all() -> &'static Announcements {
    &ALL
}

/// The slots of this process; a model makes its own list.
#[cfg(loom)]
pub(super) fn all() -> &'static Announcements {
    static ALL: std::sync::OnceLock<Announcements> = std::sync::OnceLock::new();
    ALL.get_or_init(Announcements::new)
}

thread_local! {
    // Neither of these two has a destructor, so both work in the destructors of others.
    static MINE: Cell<Option<&'static Slot>> = const { Cell::new(None) };
    static ENDED: Cell<bool> = const { Cell::new(false) };
    static LEASE: Lease = const { Lease };
}

/// Gives the thread's slot back when the thread ends.
struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        ENDED.set(true);
        if let Some(slot) = MINE.take() {
            slot.give_back();
        }
    }
}

/// A reader's presence; whatever it loads may be used until this is dropped.
#[derive(Debug)]
#[must_use = "the announcement ends when this is dropped"]
pub struct Announced {
    /// `None` when an outer announcement covers this one.
    slot: Option<&'static Slot>,
    /// The slot was leased for this announcement alone.
    borrowed: bool,
    _of_this_thread: PhantomData<*const ()>,
}

/// Announces that the calling thread reads, until the answer is dropped.
///
/// Costs two stores to a line that no other thread writes. It works in
/// destructors of thread-locals and after a `fork`.
#[inline]
pub fn enter() -> Announced {
    match MINE.get() {
        Some(slot) => Announced {
            slot: slot.enter().then_some(slot),
            borrowed: false,
            _of_this_thread: PhantomData,
        },
        None => enter_without_slot(),
    }
}

/// The same in the frequent case: the thread has a slot, is not inside, and needs no fence. `None` in every other.
#[inline(always)]
pub(crate) fn enter_plainly() -> Option<Announced> {
    let slot = MINE.get()?;
    if !slot.enter_plainly() {
        return None;
    }
    Some(Announced {
        slot: Some(slot),
        borrowed: false,
        _of_this_thread: PhantomData,
    })
}

/// The first announcement of a thread, and those after its slot was given back.
#[cold]
fn enter_without_slot() -> Announced {
    let fenced = Barrier::of_this_process() == Barrier::Fence;
    let slot = all().lease(fenced, std::process::id());
    // A thread whose lease has ended must not keep a slot that nobody would return.
    let keeps = !ENDED.get() && LEASE.try_with(|_| ()).is_ok();
    if keeps {
        MINE.set(Some(slot));
    }
    slot.enter();
    Announced {
        slot: Some(slot),
        borrowed: !keeps,
        _of_this_thread: PhantomData,
    }
}

/// The slot of the calling thread, if it keeps one.
pub(super) fn mine() -> Option<&'static Slot> {
    MINE.get()
}

impl Drop for Announced {
    #[inline]
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            slot.leave();
            if self.borrowed {
                slot.give_back();
            }
        }
    }
}
