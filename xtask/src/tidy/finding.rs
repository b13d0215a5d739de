//! One thing that a rule found wrong.

use std::fmt;

/// Where, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    place: String,
    said: String,
}

impl Finding {
    /// A finding about a file as a whole, or about something that is not one.
    pub(crate) fn new(place: impl Into<String>, said: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            said: said.into(),
        }
    }

    /// A finding at one line, counted from 1.
    pub(crate) fn at(place: &str, line: usize, said: impl Into<String>) -> Self {
        Self::new(format!("{place}:{line}"), said)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.said)
    }
}
