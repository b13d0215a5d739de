//! The atomics that the lock-free parts are built from: the standard library's, or loom's in a model.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicPtr, AtomicU64, fence};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicPtr, AtomicU64, fence};

pub(crate) use std::sync::atomic::Ordering;

/// As many cells at zero.
#[cfg(not(loom))]
pub(crate) fn zeroed(cells: usize) -> Box<[AtomicU64]> {
    let zeros: Box<[u64]> = vec![0; cells].into_boxed_slice();
    // The detour asks the allocator for zeroed memory, which it need not touch: a large segment costs
    // only the pages that are written.
    // SAFETY: an `AtomicU64` has the size and bit validity of a `u64`, and its alignment here, where a
    // `u64` is aligned to eight bytes; the box is consumed, so nothing else refers to the memory.
    unsafe { Box::from_raw(Box::into_raw(zeros) as *mut [AtomicU64]) }
}

#[cfg(not(loom))]
const _: () = assert!(align_of::<u64>() == align_of::<AtomicU64>());

/// As many cells at zero.
#[cfg(loom)]
pub(crate) fn zeroed(cells: usize) -> Box<[AtomicU64]> {
    (0..cells).map(|_| AtomicU64::new(0)).collect()
}
