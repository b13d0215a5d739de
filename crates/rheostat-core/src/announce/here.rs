//! What a thread knows of itself, in one word: its slot, and the marks that keep it from the frequent case.

use std::cell::Cell;
use std::ptr;

use super::slot::Slot;

/// The thread is one of ours.
pub(crate) const OURS: usize = 1;
/// The thread is inside a callback of ours.
pub(crate) const BUSY: usize = 2;
/// It is inside an announcement.
pub(super) const INSIDE: usize = 4;
/// It has no slot.
const NO_SLOT: usize = 8;
/// Its slot needs a real fence.
const FENCED: usize = 16;
const MARKS: usize = 127;

const _: () = assert!(align_of::<Slot>() > MARKS);

thread_local! {
    // Invariant: apart from its marks null, or a slot that was leaked. Without a destructor, so that it
    // works in the destructors of others.
    static HERE: Cell<*const Slot> = const { Cell::new(ptr::without_provenance(NO_SLOT)) };
}

/// The thread's slot, where nothing at all speaks against the frequent case.
#[inline(always)]
pub(super) fn unmarked() -> Option<&'static Slot> {
    let here = HERE.get();
    if here.addr() & MARKS != 0 {
        return None;
    }
    // SAFETY: a slot (invariant): without one there is a mark.
    Some(unsafe { &*here })
}

/// Marks the thread as busy and inside, from the frequent case on.
#[inline(always)]
pub(super) fn begin(slot: &'static Slot) {
    HERE.set(ptr::from_ref(slot).map_addr(|here| here | BUSY | INSIDE));
}

/// Back to the frequent case.
#[inline(always)]
pub(super) fn end(slot: &'static Slot) {
    HERE.set(slot);
}

/// The thread's slot, if it keeps one.
#[inline]
pub(super) fn slot() -> Option<&'static Slot> {
    // SAFETY: null or a slot (invariant).
    unsafe { HERE.get().map_addr(|here| here & !MARKS).as_ref() }
}

/// From now on the thread keeps this slot, or none.
pub(super) fn keep(slot: Option<&'static Slot>) {
    let mark = match slot {
        None => NO_SLOT,
        Some(slot) if slot.is_fenced() => FENCED,
        Some(_) => 0,
    };
    let kept = marks(OURS | BUSY | INSIDE) | mark;
    let slot = slot.map_or(ptr::null(), ptr::from_ref);
    HERE.set(slot.map_addr(|here| here | kept));
}

/// Those of these marks that the thread has.
#[inline]
pub(crate) fn marks(of: usize) -> usize {
    HERE.get().addr() & of
}

/// Gives the thread exactly these of such marks.
#[inline]
pub(crate) fn mark(of: usize, marks: usize) {
    HERE.set(HERE.get().map_addr(|here| here & !of | marks));
}
