//! What was in the way of a delivery.

use std::error::Error;
use std::fmt;

/// What was in the way: what we were doing and, as its source, the cause.
///
/// People read it: in the console, on standard error, in the dead-letter file.
/// It must hold no secret; name a server by its address, never by a URL that
/// may carry a password. As a second guard the queue takes out whatever the
/// policy's secrets for this sink spell, because a server may quote them.
#[derive(Debug)]
pub struct Failure {
    doing: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// Says what we were doing and to what, in lower case and without a full stop.
    pub fn new(doing: impl Into<String>) -> Self {
        Self {
            doing: doing.into(),
            source: None,
        }
    }

    /// The same, because of something.
    pub fn because(
        doing: impl Into<String>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            doing: doing.into(),
            source: Some(cause.into()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.doing)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
