//! The banks of one registry and what can be done with a cell.

use std::ptr;

use super::lease;
use super::space::{Cell, Cells, SEGMENTS, segment_size};
use crate::sync::{AtomicPtr, AtomicU64, Ordering, zeroed};

/// Adds below this are done with one `fetch_add` in the shared bank; larger ones saturate.
const SMALL: u64 = 1 << 32;

/// The cells of one registry: a bank for each of the first thread numbers, and the shared one.
pub(crate) struct Banks {
    own: Box<[Bank]>,
    shared: Bank,
}

/// One bank: segments of cells, made when first written to.
// Aligned so that two threads never write to one cache line (or pair of lines) here.
#[repr(align(128))]
struct Bank {
    // Invariant: null, or the first cell of a segment of `segment_size(index)` cells that this bank owns.
    segments: [AtomicPtr<AtomicU64>; SEGMENTS],
}

/// The bank that a thread writes to.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    bank: &'a Bank,
    alone: bool,
}

impl Banks {
    /// As many banks with one writer, and the shared one.
    pub(crate) fn new(own: usize) -> Self {
        Self {
            own: (0..own).map(|_| Bank::new()).collect(),
            shared: Bank::new(),
        }
    }

    /// How many banks there are, the shared one included.
    pub(crate) fn count(&self) -> usize {
        self.own.len() + 1
    }

    /// Where the calling thread writes.
    #[inline]
    pub(crate) fn writer(&self) -> Writer<'_> {
        self.writer_as(lease::number())
    }

    /// The calling thread's own bank, if it has one by now.
    #[inline(always)]
    pub(crate) fn own(&self) -> Option<Own<'_>> {
        self.own.get(lease::known()).map(Own)
    }

    /// Adds to a counting cell, where the thread has a bank and has written near the cell before; else nothing
    /// happens.
    #[inline(always)]
    pub(crate) fn add_alone(&self, cell: Cell, amount: u64) -> bool {
        let Some(bank) = self.own.get(lease::known()) else {
            return false;
        };
        let Some(cell) = bank.there(cell) else {
            return false;
        };
        // As in `Writer::add`.
        let sum = cell.load(Ordering::Relaxed).saturating_add(amount);
        cell.store(sum, Ordering::Relaxed);
        true
    }

    /// Where the thread with this number writes.
    #[inline]
    pub(crate) fn writer_as(&self, number: usize) -> Writer<'_> {
        match self.own.get(number) {
            Some(bank) => Writer { bank, alone: true },
            None => Writer {
                bank: &self.shared,
                alone: false,
            },
        }
    }

    /// The sum of a counting cell over all banks.
    ///
    /// Every cell only grows, so a later sum by the same reader is never smaller.
    pub(crate) fn sum(&self, cells: Cells, index: u32) -> u64 {
        self.all()
            .filter_map(|bank| bank.peek(cells, index))
            .fold(0, |sum, cell| {
                sum.saturating_add(cell.load(Ordering::Relaxed))
            })
    }

    /// The sum of a cell of `f64` bits over all banks.
    pub(crate) fn sum_float(&self, cells: Cells, index: u32) -> f64 {
        self.all()
            .filter_map(|bank| bank.peek(cells, index))
            .map(|cell| f64::from_bits(cell.load(Ordering::Relaxed)))
            // Not `sum`: that begins at -0.0.
            .fold(0.0, |sum, amount| sum + amount)
    }

    /// Sets cells to zero in every bank. Nobody may be writing to them.
    pub(crate) fn clear(&self, cells: Cells) {
        for bank in self.all() {
            for index in 0..cells.len {
                if let Some(cell) = bank.peek(cells, index) {
                    cell.store(0, Ordering::Relaxed);
                }
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &Bank> {
        self.own.iter().chain([&self.shared])
    }
}

/// A run of cells in the bank of the only thread that writes to it.
#[derive(Clone, Copy)]
pub(crate) struct Lane<'a>(&'a [AtomicU64]);

impl Lane<'_> {
    /// Adds to a counting cell.
    #[inline(always)]
    pub(crate) fn add(self, index: usize, amount: u64) {
        // As in `Writer::add`.
        let sum = self.0[index].load(Ordering::Relaxed).saturating_add(amount);
        self.0[index].store(sum, Ordering::Relaxed);
    }

    /// Adds to a cell that holds the bits of an `f64`.
    #[inline(always)]
    pub(crate) fn add_float(self, index: usize, amount: f64) {
        let sum = f64::from_bits(self.0[index].load(Ordering::Relaxed)) + amount;
        self.0[index].store(sum.to_bits(), Ordering::Relaxed);
    }
}

/// A bank of the only thread that writes to it.
#[derive(Clone, Copy)]
pub(crate) struct Own<'a>(&'a Bank);

impl<'a> Own<'a> {
    /// A run of cells, where something was written near it before.
    #[inline(always)]
    pub(crate) fn lane(self, cells: Cells) -> Option<Lane<'a>> {
        let first = self.0.segments[usize::from(cells.segment)].load(Ordering::Acquire);
        if first.is_null() {
            return None;
        }
        // SAFETY: the start of a segment that lives as long as the bank (invariant), and the run is
        // inside it (invariant of `Cells`).
        Some(Lane(unsafe {
            std::slice::from_raw_parts(first.add(cells.start()), cells.len as usize)
        }))
    }
}

impl Writer<'_> {
    /// Adds to a counting cell.
    #[inline]
    pub(crate) fn add(self, cells: Cells, index: u32, amount: u64) {
        let cell = self.bank.cell(cells, index);
        if self.alone {
            // One writer: the thread that holds the number. `Relaxed` is enough, because a reader only
            // needs some value that was there, and a successor is ordered by the lease.
            let sum = cell.load(Ordering::Relaxed).saturating_add(amount);
            cell.store(sum, Ordering::Relaxed);
        } else {
            add_shared(cell, amount);
        }
    }

    /// Adds to a cell that holds the bits of an `f64`.
    #[inline]
    pub(crate) fn add_float(self, cells: Cells, index: u32, amount: f64) {
        let cell = self.bank.cell(cells, index);
        if self.alone {
            let sum = f64::from_bits(cell.load(Ordering::Relaxed)) + amount;
            cell.store(sum.to_bits(), Ordering::Relaxed);
        } else {
            add_float_shared(cell, amount);
        }
    }
}

#[cold]
fn add_shared(cell: &AtomicU64, amount: u64) {
    if amount < SMALL {
        cell.fetch_add(amount, Ordering::Relaxed);
        return;
    }
    // Halfway leaves room for more small adds than a process lives to make.
    let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| {
        Some(now.saturating_add(amount).min(u64::MAX / 2).max(now))
    });
}

#[cold]
fn add_float_shared(cell: &AtomicU64, amount: f64) {
    let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| {
        Some((f64::from_bits(now) + amount).to_bits())
    });
}

impl Bank {
    fn new() -> Self {
        Self {
            segments: std::array::from_fn(|_| AtomicPtr::new(ptr::null_mut())),
        }
    }

    /// A cell, its segment made if need be.
    #[inline]
    fn cell(&self, cells: Cells, index: u32) -> &AtomicU64 {
        let segment = &self.segments[cells.segment as usize];
        // Acquire pairs with the release in `make`: the segment's zeros are there before its address.
        let mut first = segment.load(Ordering::Acquire);
        if first.is_null() {
            first = Self::make(segment, cells.segment);
        }
        // SAFETY: `first` is the start of a segment (invariant) that lives as long as the bank, and a
        // `Cells` is only made by `Space`, which keeps it inside its segment.
        unsafe { &*first.add(cells.at(index)) }
    }

    /// A cell, if anything was ever written near it.
    #[inline(always)]
    fn there(&self, cell: Cell) -> Option<&AtomicU64> {
        // SAFETY: there is such a segment (invariant of `Cell`).
        let segment = unsafe { self.segments.get_unchecked(usize::from(cell.segment)) };
        // Acquire pairs with the release in `make`.
        let first = segment.load(Ordering::Acquire);
        // SAFETY: as in `cell`: null, or the start of a segment, inside of which the cell is (invariant).
        (!first.is_null()).then(|| unsafe { &*first.add(cell.at as usize) })
    }

    /// A cell, if anything was ever written near it.
    fn peek(&self, cells: Cells, index: u32) -> Option<&AtomicU64> {
        let first = self.segments[cells.segment as usize].load(Ordering::Acquire);
        // SAFETY: as in `cell`; null is the only other value.
        (!first.is_null()).then(|| unsafe { &*first.add(cells.at(index)) })
    }

    #[cold]
    fn make(segment: &AtomicPtr<AtomicU64>, number: u8) -> *mut AtomicU64 {
        let made = Box::into_raw(zeroed(segment_size(number))).cast::<AtomicU64>();
        match segment.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => made,
            Err(there) => {
                // Only in the shared bank can another thread have been faster.
                // SAFETY: `made` came from `into_raw` of such a slice above and was not published.
                unsafe { free(made, number) };
                there
            }
        }
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        for (number, segment) in self.segments.iter().enumerate() {
            let first = segment.load(Ordering::Acquire);
            if !first.is_null() {
                // SAFETY: the bank owns the segment (invariant), and `&mut self` says nobody reads it.
                unsafe { free(first, number as u8) };
            }
        }
    }
}

/// Frees a segment.
///
/// # Safety
///
/// `first` is the start of a segment of that number, made by `Bank::make`, and nothing refers to it.
unsafe fn free(first: *mut AtomicU64, number: u8) {
    let cells = ptr::slice_from_raw_parts_mut(first, segment_size(number));
    // SAFETY: the caller's promise; the slice is the one that `into_raw` gave away.
    drop(unsafe { Box::from_raw(cells) });
}
