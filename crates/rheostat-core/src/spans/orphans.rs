//! What threads leave behind when they end just while somebody sweeps: a stack that takes no lock,
//! so that a thread's end never waits and nothing is forgotten.

use std::ptr;

use super::late::Limbo;
use crate::sync::{AtomicPtr, Ordering};

/// Chains of threads that have ended, until the next sweep takes them.
#[derive(Debug)]
pub(super) struct Orphans(AtomicPtr<Orphan>);

#[derive(Debug)]
struct Orphan {
    limbo: Limbo,
    next: *mut Self,
}

impl Orphans {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// Leaves chains here. Never waits.
    pub(super) fn leave(&self, limbo: Limbo) {
        let next = self.0.load(Ordering::Relaxed);
        let orphan = Box::into_raw(Box::new(Orphan { limbo, next }));
        let mut seen = next;
        // Release: who takes the orphan sees what is in it. Nothing is ever taken from the
        // middle, so a head that comes back is no danger.
        while let Err(other) =
            self.0
                .compare_exchange(seen, orphan, Ordering::Release, Ordering::Relaxed)
        {
            seen = other;
            // SAFETY: the orphan is ours until the exchange succeeds.
            unsafe { (*orphan).next = other };
        }
    }

    /// Takes all that was left.
    pub(super) fn take(&self) -> impl Iterator<Item = Limbo> + use<> {
        let mut next = self.0.swap(ptr::null_mut(), Ordering::Acquire);
        std::iter::from_fn(move || {
            if next.is_null() {
                return None;
            }
            // SAFETY: made by `Box::into_raw`, and whoever swaps the head out owns all behind it.
            let orphan = unsafe { Box::from_raw(next) };
            next = orphan.next;
            Some(orphan.limbo)
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_many_threads_leave_is_all_taken_once() {
        let orphans = Orphans::new();
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for _ in 0..100 {
                        orphans.leave(Limbo::new());
                    }
                });
            }
        });
        assert_eq!(orphans.take().count(), 800);
        assert_eq!(orphans.take().count(), 0);
    }
}
