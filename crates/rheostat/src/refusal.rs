//! Why a policy is not in force.

use std::error::Error;
use std::fmt;

use rheostat_policy::Diagnostics;

/// What is wrong with a policy that was offered, and what stays in force instead.
///
/// `Display` and `Debug` both show the findings as a compiler would.
#[derive(Clone)]
pub struct Refusal {
    found: Diagnostics,
    /// The generation that stays; 0 for none.
    stays: u64,
}

impl Refusal {
    pub(crate) fn new(found: Diagnostics, stays: u64) -> Self {
        Self { found, stays }
    }

    /// The findings.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.found
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.found.to_string().trim_end())?;
        match self.stays {
            0 => write!(f, "\nnote: no policy is in force"),
            stays => write!(
                f,
                "\nnote: generation {stays} stays in force; nothing was changed"
            ),
        }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Refusal {}
