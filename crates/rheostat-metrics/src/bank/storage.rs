//! The banks of a registry together with the list of what is free in them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::cells::{Banks, Own, Writer};
use super::space::{Cell, Cells, Space};

/// All cells of one registry.
pub(crate) struct Storage {
    banks: Banks,
    space: Mutex<Space>,
}

impl Storage {
    /// As many banks with one writer, and the shared one.
    pub(crate) fn new(own: usize) -> Self {
        Self {
            banks: Banks::new(own),
            space: Mutex::default(),
        }
    }

    /// Where the calling thread writes.
    #[inline]
    pub(crate) fn writer(&self) -> Writer<'_> {
        self.banks.writer()
    }

    /// The calling thread's own bank, if it has one by now.
    #[inline(always)]
    pub(crate) fn own(&self) -> Option<Own<'_>> {
        self.banks.own()
    }

    /// Adds to a counting cell, where the thread has a bank and has written near the cell before; else nothing
    /// happens.
    #[inline(always)]
    pub(crate) fn add_alone(&self, cell: Cell, amount: u64) -> bool {
        self.banks.add_alone(cell, amount)
    }

    /// Where the thread with this number writes.
    #[cfg(all(test, loom))]
    pub(crate) fn writer_as(&self, number: usize) -> Writer<'_> {
        self.banks.writer_as(number)
    }

    /// Takes a run of cells, all zero; `None` when there is no room left.
    pub(crate) fn take(&self, len: u32) -> Option<Cells> {
        self.space().take(len)
    }

    /// Gives a run back. Nobody writes to it any more, and what they wrote happened before.
    pub(crate) fn give_back(&self, run: Cells) {
        self.banks.clear(run);
        self.space().give_back(run);
    }

    /// The sum of a counting cell over all banks.
    pub(crate) fn sum(&self, cells: Cells, index: u32) -> u64 {
        self.banks.sum(cells, index)
    }

    /// The sum of a cell of `f64` bits over all banks.
    pub(crate) fn sum_float(&self, cells: Cells, index: u32) -> f64 {
        self.banks.sum_float(cells, index)
    }

    /// The most memory that the cells in use can take, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.space().taken() * 8 * self.banks.count() as u64
    }

    fn space(&self) -> MutexGuard<'_, Space> {
        // Nothing under this lock can panic halfway through a change.
        self.space.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
