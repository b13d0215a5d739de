//! What is recorded, as one word: the same whatever the way to the series is.

use super::Series;

/// One recording. Values are finite, amounts not negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    /// Adds to a counter.
    Add(u64),
    /// Adds an amount that need not be whole to a counter.
    AddFloat(f64),
    /// A counter follows another.
    Follow(u64),
    /// Sets a gauge.
    Set(f64),
    /// Adds to a gauge.
    Shift(f64),
    /// Counts a value in a histogram.
    Record(f64),
}

impl Reading {
    /// As a number, for an exemplar.
    pub(crate) fn number(self) -> f64 {
        match self {
            Self::Add(amount) | Self::Follow(amount) => amount as f64,
            Self::AddFloat(value) | Self::Set(value) | Self::Shift(value) | Self::Record(value) => {
                value
            }
        }
    }
}

impl Series {
    /// Records. It must fit the series' kind.
    #[inline]
    pub(crate) fn apply(&self, reading: Reading) {
        match reading {
            Reading::Add(amount) => self.add(amount),
            Reading::AddFloat(amount) => self.add_float(amount),
            Reading::Follow(reading) => self.follow(reading),
            Reading::Set(value) => self.set(value),
            Reading::Shift(amount) => self.shift(amount),
            Reading::Record(value) => self.record(value),
        }
    }
}
