//! A gauge that an open span has raised.

use crate::registry::Handle;

/// Left with the span that raised it: when that closes, exactly this series is lowered, whatever the
/// policy says then. A series that left with its metric is lowered where nobody sees it.
pub(super) struct Raised(Handle);

impl Raised {
    /// Raises a series until this is dropped.
    pub(super) fn new(series: Handle) -> Self {
        series.series.shift(1.0);
        Self(series)
    }
}

impl Drop for Raised {
    fn drop(&mut self) {
        self.0.series.shift(-1.0);
    }
}
