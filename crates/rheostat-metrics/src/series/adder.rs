//! The shortest way into a counter that stays.

use std::sync::Arc;

use super::Series;
use crate::bank::{Cells, Storage};

/// A counter and its cells, side by side.
pub(crate) struct Adder {
    storage: Arc<Storage>,
    cells: Cells,
    // The cells are the series', so it must not go.
    _series: Arc<Series>,
}

impl Adder {
    /// `None` where the counter is kept by somebody else.
    pub(crate) fn new(series: &Arc<Series>) -> Option<Self> {
        let (storage, cells) = series.counter()?;
        Some(Self {
            storage: Arc::clone(storage),
            cells,
            _series: Arc::clone(series),
        })
    }

    /// Adds a whole amount.
    #[inline(always)]
    pub(crate) fn add(&self, amount: u64) {
        self.storage.writer().add(self.cells, 0, amount);
    }
}
