//! The bytes of one ring, written by one thread while another reads elsewhere in them.

use std::cell::UnsafeCell;
use std::ops::Range;

/// A fixed piece of memory that two threads share by position.
///
/// It knows nothing of who may touch what: the ring's two positions say so.
pub(super) struct Memory {
    bytes: Box<[UnsafeCell<u8>]>,
    claims: Claims,
}

// SAFETY: the bytes are only reached through `slice` and `slice_mut`, whose
// callers promise that no range is written while another thread reaches it.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    pub(super) fn new(bytes: usize) -> Self {
        // Zeroed memory comes from the system untouched, so a ring that was
        // never filled does not occupy its whole size.
        let zeroed: Box<[u8]> = vec![0_u8; bytes].into_boxed_slice();
        let raw = Box::into_raw(zeroed) as *mut [UnsafeCell<u8>];
        Self {
            // SAFETY: the pointer comes from a `Box<[u8]>` of the same length,
            // and `UnsafeCell<u8>` has the layout of `u8`.
            bytes: unsafe { Box::from_raw(raw) },
            claims: Claims::new(bytes),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// A range to read.
    ///
    /// # Safety
    ///
    /// Nobody writes into the range while the slice lives, and whatever was
    /// written there happened before this call.
    pub(super) unsafe fn slice(&self, range: Range<usize>) -> &[u8] {
        self.claims.read(range.clone());
        let cells = &self.bytes[range];
        // SAFETY: `UnsafeCell<u8>` has the layout of `u8`; the caller upholds
        // that no writer is in the range.
        unsafe { std::slice::from_raw_parts(cells.as_ptr().cast::<u8>(), cells.len()) }
    }

    /// A range to write.
    ///
    /// # Safety
    ///
    /// Nobody else reads or writes in the range while the slice lives.
    #[expect(
        clippy::mut_from_ref,
        reason = "the ring's positions hand each range to one thread at a time"
    )]
    pub(super) unsafe fn slice_mut(&self, range: Range<usize>) -> &mut [u8] {
        let cells = &self.bytes[range];
        let start = UnsafeCell::raw_get(cells.as_ptr());
        // SAFETY: as in `slice`, and the caller upholds that the range is its own.
        unsafe { std::slice::from_raw_parts_mut(start, cells.len()) }
    }

    /// Tells the model which bytes were written: those that were committed.
    pub(super) fn written(&self, range: Range<usize>) {
        self.claims.write(range);
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("len", &self.len()).finish()
    }
}

#[cfg(not(loom))]
use unwatched::Claims;
#[cfg(loom)]
use watched::Claims;

/// Nothing: the ring's positions alone decide.
#[cfg(not(loom))]
mod unwatched {
    use std::ops::Range;

    pub(super) struct Claims;

    impl Claims {
        pub(super) fn new(_bytes: usize) -> Self {
            Self
        }
        #[inline(always)]
        pub(super) fn read(&self, _range: Range<usize>) {}
        #[inline(always)]
        pub(super) fn write(&self, _range: Range<usize>) {}
    }
}

/// One of loom's cells per byte, so that the model sees every overlap.
#[cfg(loom)]
mod watched {
    use std::ops::Range;

    use loom::cell::UnsafeCell;

    pub(super) struct Claims(Vec<UnsafeCell<()>>);

    impl Claims {
        pub(super) fn new(bytes: usize) -> Self {
            Self((0..bytes).map(|_| UnsafeCell::new(())).collect())
        }
        pub(super) fn read(&self, range: Range<usize>) {
            self.0[range].iter().for_each(|cell| cell.with(|_| ()));
        }
        pub(super) fn write(&self, range: Range<usize>) {
            self.0[range].iter().for_each(|cell| cell.with_mut(|_| ()));
        }
    }
}
