//! Why Rheostat could not start.

use std::error::Error;
use std::fmt;
use std::io;
use std::panic::Location;

use rheostat_reload::SourceError;

use crate::refusal::Refusal;

/// Why [`init`](crate::init) failed. `Debug` writes what `Display` does, so that `main` shows it.
#[non_exhaustive]
pub enum InitError {
    /// The policy's text cannot be read.
    Source(SourceError),
    /// The policy is wrong.
    Policy(Refusal),
    /// Another subscriber is the global default already.
    Installed {
        /// Where Rheostat itself was installed before; `None` where the first one was another subscriber.
        first: Option<&'static Location<'static>>,
    },
    /// The system gives no thread.
    Thread(io::Error),
    /// The program asked for what cannot be.
    Misused(&'static str),
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(_) => f.write_str("cannot read the policy"),
            Self::Policy(refusal) => write!(f, "the policy does not apply\n{refusal}"),
            Self::Installed { first: Some(first) } => write!(
                f,
                "Rheostat is installed already, by the call at {}:{}; a process has one, use its guard's handle",
                first.file(),
                first.line()
            ),
            Self::Installed { first: None } => f.write_str(
                "another subscriber is the global default of this process already; install Rheostat \
                 instead of it, and hand it the other one with `builder().inner(..)`",
            ),
            Self::Thread(_) => f.write_str("cannot start a thread"),
            Self::Misused(how) => f.write_str(how),
        }
    }
}

impl fmt::Debug for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error for InitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Source(error) => Some(error),
            Self::Thread(error) => Some(error),
            Self::Policy(_) | Self::Installed { .. } | Self::Misused(_) => None,
        }
    }
}

impl From<Refusal> for InitError {
    fn from(refusal: Refusal) -> Self {
        Self::Policy(refusal)
    }
}
