//! One thread's line in which it says whether it is reading.

use std::sync::atomic::compiler_fence;

use crate::sync::{AtomicBool, AtomicU32, AtomicUsize, Ordering, fence};

/// A line of its own: no two threads ever write to the same one.
#[repr(align(128))]
#[derive(Debug)]
pub(crate) struct Slot {
    // Invariant: odd while its thread is inside an announcement. Only the
    // thread that leases the slot writes it.
    turn: AtomicUsize,
    leased: AtomicBool,
    /// The process that leased it: after a `fork` the other threads' leases are void.
    process: AtomicU32,
    /// Whether readers pay for the barrier, because writers cannot.
    fenced: bool,
    /// The slot made before this one.
    pub(super) before: Option<&'static Self>,
}

impl Slot {
    pub(super) fn new(fenced: bool, process: u32) -> Self {
        Self {
            turn: AtomicUsize::new(0),
            leased: AtomicBool::new(true),
            process: AtomicU32::new(process),
            fenced,
            before: None,
        }
    }

    /// Announces; `false` if this is nested in an announcement, which then covers it.
    #[inline]
    pub(crate) fn enter(&self) -> bool {
        let turn = self.turn.load(Ordering::Relaxed);
        if turn & 1 == 1 {
            return false;
        }
        // Release: a writer that waits for the announcement before this one may see only this
        // store of the two, and what was read then must be done with too.
        self.turn.store(turn.wrapping_add(1), Ordering::Release);
        // The store above must be visible before any pointer is loaded below.
        // With `membarrier` the writer makes it so for all running threads, and
        // only the compiler has to be held back here.
        if self.fenced {
            fence(Ordering::SeqCst);
        } else {
            compiler_fence(Ordering::SeqCst);
        }
        true
    }

    /// Announces where the thread knows that nothing encloses it and that no fence is needed.
    #[inline(always)]
    pub(super) fn enter_plainly(&self) {
        debug_assert!(!self.fenced);
        self.announce();
        compiler_fence(Ordering::SeqCst);
    }

    /// The announcement itself, without what keeps later loads behind it.
    #[inline(always)]
    pub(super) fn announce(&self) {
        let turn = self.turn.load(Ordering::Relaxed);
        // As in `enter`.
        self.turn.store(turn.wrapping_add(1), Ordering::Release);
    }

    /// Whether readers pay for the barrier.
    pub(super) fn is_fenced(&self) -> bool {
        self.fenced
    }

    /// Ends the outermost announcement.
    #[inline]
    pub(crate) fn leave(&self) {
        let turn = self.turn.load(Ordering::Relaxed);
        // Release: what was read inside is done with before the writer sees this.
        self.turn.store(turn.wrapping_add(1), Ordering::Release);
    }

    /// The turn, if its thread is inside an announcement.
    pub(super) fn inside(&self) -> Option<usize> {
        let turn = self.turn.load(Ordering::Acquire);
        (turn & 1 == 1).then_some(turn)
    }

    /// Whether its thread has left the announcement of that turn.
    pub(super) fn has_left(&self, turn: usize) -> bool {
        self.turn.load(Ordering::Acquire) != turn
    }

    /// Takes it for a thread, if it is free.
    pub(super) fn lease(&self, process: u32) -> bool {
        let taken = !self.leased.load(Ordering::Relaxed)
            && self
                .leased
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                .is_ok();
        if taken {
            self.process.store(process, Ordering::Relaxed);
        }
        taken
    }

    /// Gives it back.
    pub(super) fn give_back(&self) {
        self.leased.store(false, Ordering::Release);
    }

    /// The process in which it was leased.
    pub(super) fn process(&self) -> u32 {
        self.process.load(Ordering::Relaxed)
    }

    /// Its thread lives on in this process, after a `fork`.
    pub(super) fn adopt(&self, process: u32) {
        self.process.store(process, Ordering::Relaxed);
    }

    /// Its thread did not survive a `fork`: whatever it was reading, it reads no more.
    pub(super) fn bury(&self) {
        if self.inside().is_some() {
            self.leave();
        }
        self.give_back();
    }
}
