//! The calling thread's own slot, and what happens before and after its life.

use std::cell::Cell;
use std::marker::PhantomData;

use super::barrier::Barrier;
use super::here;
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
    // Without a destructor, so that it works in the destructors of others.
    static ENDED: Cell<bool> = const { Cell::new(false) };
    static LEASE: Lease = const { Lease };
}

/// Gives the thread's slot back when the thread ends.
struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        ENDED.set(true);
        if let Some(slot) = here::slot() {
            here::keep(None);
            slot.give_back();
        }
    }
}

/// What protects a reader: whatever it loads may be used while this lasts.
///
/// # Safety
///
/// While a value of the type exists, its thread is inside an announcement.
pub(crate) unsafe trait Protection {}

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

// SAFETY: it ends the announcement when it is dropped, and not before.
unsafe impl Protection for Announced {}

/// A callback of ours on a thread that was idle and has its slot: what [`Announced`] and a mark of being busy
/// come to in the frequent case.
#[derive(Debug)]
#[must_use = "the announcement ends when this is dropped"]
pub(crate) struct Plain {
    slot: &'static Slot,
    _of_this_thread: PhantomData<*const ()>,
}

// SAFETY: as above.
unsafe impl Protection for Plain {}

impl Plain {
    /// `None` in every other case, and nothing has happened then.
    #[inline(always)]
    pub(crate) fn begin() -> Option<Self> {
        let slot = here::unmarked()?;
        here::begin(slot);
        slot.enter_plainly();
        Some(Self {
            slot,
            _of_this_thread: PhantomData,
        })
    }
}

impl Drop for Plain {
    #[inline(always)]
    fn drop(&mut self) {
        self.slot.leave();
        here::end(self.slot);
    }
}

/// Announces that the calling thread reads, until the answer is dropped.
///
/// Costs two stores to a line that no other thread writes. It works in
/// destructors of thread-locals and after a `fork`.
#[inline]
pub fn enter() -> Announced {
    match here::slot() {
        Some(slot) => {
            let outermost = slot.enter();
            if outermost {
                here::mark(here::INSIDE, here::INSIDE);
            }
            Announced {
                slot: outermost.then_some(slot),
                borrowed: false,
                _of_this_thread: PhantomData,
            }
        }
        None => enter_without_slot(),
    }
}

/// The first announcement of a thread, and those after its slot was given back.
#[cold]
fn enter_without_slot() -> Announced {
    let fenced = Barrier::of_this_process() == Barrier::Fence;
    let slot = all().lease(fenced, std::process::id());
    // A thread whose lease has ended must not keep a slot that nobody would return.
    let keeps = !ENDED.get() && LEASE.try_with(|_| ()).is_ok();
    slot.enter();
    if keeps {
        here::keep(Some(slot));
        here::mark(here::INSIDE, here::INSIDE);
    }
    Announced {
        slot: Some(slot),
        borrowed: !keeps,
        _of_this_thread: PhantomData,
    }
}

/// The slot of the calling thread, if it keeps one.
pub(super) fn mine() -> Option<&'static Slot> {
    here::slot()
}

impl Drop for Announced {
    #[inline]
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            slot.leave();
            if self.borrowed {
                slot.give_back();
            } else {
                here::mark(here::INSIDE, 0);
            }
        }
    }
}
