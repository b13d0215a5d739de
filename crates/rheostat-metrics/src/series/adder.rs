//! The shortest way into a counter that stays.

use std::sync::Arc;

use super::Series;
use crate::bank::{Cell, Storage};

/// A counter's cell, at hand.
pub(crate) struct Adder {
    storage: Arc<Storage>,
    cell: Cell,
    // The cell is the series', so it must not go.
    _series: Arc<Series>,
}

impl Adder {
    /// `None` where the counter is kept by somebody else.
    pub(crate) fn new(series: &Arc<Series>) -> Option<Self> {
        let (storage, cells) = series.counter()?;
        Some(Self {
            storage: Arc::clone(storage),
            cell: cells.cell(0),
            _series: Arc::clone(series),
        })
    }

    /// Adds a whole amount, where the thread has a bank and has counted near here before; else nothing happens.
    #[inline(always)]
    pub(crate) fn add_alone(&self, amount: u64) -> bool {
        self.storage.add_alone(self.cell, amount)
    }
}
