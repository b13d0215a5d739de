//! What can go wrong with a source, apart from what its text says.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io;
use std::sync::Arc;

/// A source could not be read or watched.
#[derive(Clone, Debug)]
pub struct SourceError {
    doing: String,
    // Shared, so that one trouble can be told, kept in a status and returned.
    cause: Arc<io::Error>,
}

impl SourceError {
    /// An error that says what was being done to what, such as ``cannot read policy file `a.toml` ``.
    pub fn new(doing: impl Into<String>, cause: io::Error) -> Self {
        Self {
            doing: doing.into(),
            cause: Arc::new(cause),
        }
    }

    /// The kind of the cause.
    pub fn kind(&self) -> io::ErrorKind {
        self.cause.kind()
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.doing)
    }
}

impl Error for SourceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

/// An error and its causes in one line, each fact once.
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        // Writing to a String cannot fail.
        let _ = write!(line, ": {inner}");
        cause = inner.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_prints_each_fact_once() {
        let error = SourceError::new(
            "cannot read policy file `a`",
            io::Error::other("disk on fire"),
        );
        assert_eq!(chain(&error), "cannot read policy file `a`: disk on fire");
    }
}
