//! Why a chore failed, said in one line.

use std::fmt;

/// A chore that failed.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure in words.
    pub(crate) fn new(said: impl Into<String>) -> Self {
        Self(said.into())
    }

    /// A failure of the system: what we were doing, and what it said.
    pub(crate) fn io(doing: impl fmt::Display, source: &std::io::Error) -> Self {
        Self(format!("{doing}: {source}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
