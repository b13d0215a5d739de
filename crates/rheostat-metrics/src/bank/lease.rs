//! The numbers that threads record under.
//!
//! A thread leases the lowest free number the first time it records and gives
//! it back when it ends. Without one (all are taken, or the thread's locals are
//! being torn down) it records into shared storage: slower, equally exact.
//!
//! A forked child goes on with its parent's number. That is harmless: memory is
//! no longer shared, and the numbers of the threads that were not copied stay
//! taken, so nobody else in the child writes to their cells.

use std::cell::Cell;

use crate::sync::{AtomicU64, Ordering};

/// How many numbers there are; they are the process's, not a registry's.
pub(crate) const NUMBERS: usize = WORDS * 64;

const WORDS: usize = if cfg!(loom) { 1 } else { 8 };

/// Not asked yet.
const UNASKED: u32 = u32::MAX;
/// Asked, and none was free, or it was given back already.
const NONE: u32 = u32::MAX - 1;

/// Which numbers are taken.
pub(crate) struct Leases {
    words: [AtomicU64; WORDS],
}

impl Leases {
    #[cfg(not(loom))]
    const fn new() -> Self {
        Self {
            words: [const { AtomicU64::new(0) }; WORDS],
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self {
            words: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// Takes the lowest free number.
    pub(crate) fn take(&self) -> Option<usize> {
        for (index, word) in self.words.iter().enumerate() {
            let mut taken = word.load(Ordering::Relaxed);
            while taken != u64::MAX {
                let bit = (!taken).trailing_zeros();
                // Acquire pairs with `give_back`: the new holder sees every cell as the last one left it.
                match word.compare_exchange_weak(
                    taken,
                    taken | (1 << bit),
                    Ordering::Acquire,
                    Ordering::Relaxed,
                ) {
                    Ok(_) => return Some(index * 64 + bit as usize),
                    Err(now) => taken = now,
                }
            }
        }
        None
    }

    /// Gives a number back.
    pub(crate) fn give_back(&self, number: usize) {
        if let Some(word) = self.words.get(number / 64) {
            word.fetch_and(!(1 << (number % 64)), Ordering::Release);
        }
    }
}

/// The number of the calling thread; at least [`NUMBERS`] when it has none (yet).
#[inline]
pub(crate) fn number() -> usize {
    let number = NUMBER.get();
    if number == UNASKED {
        return ask();
    }
    number as usize
}

/// The same, without asking for one: beyond all numbers where the thread has none yet.
#[inline(always)]
pub(super) fn known() -> usize {
    NUMBER.get() as usize
}

thread_local! {
    // Two locals, so that the one read on every record needs no destructor and can be read at any time.
    static NUMBER: Cell<u32> = const { Cell::new(UNASKED) };
    static LEASE: Lease = const { Lease };
}

#[cfg(not(loom))]
static LEASES: Leases = Leases::new();

/// Gives the thread's number back when the thread ends.
struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        let number = NUMBER.replace(NONE) as usize;
        #[cfg(not(loom))]
        LEASES.give_back(number);
        #[cfg(loom)]
        let _ = number;
    }
}

#[cold]
fn ask() -> usize {
    // First the destructor, then the number: a thread without the one must not hold the other.
    let leased = LEASE.try_with(|_| ()).ok().and_then(|()| lease());
    let number = leased.map_or(NONE, |number| number as u32);
    NUMBER.set(number);
    number as usize
}

#[cfg(not(loom))]
fn lease() -> Option<usize> {
    LEASES.take()
}

#[cfg(loom)]
fn lease() -> Option<usize> {
    None
}
