//! Limits that an output judges itself: `trace` limits whole traces, at their local root.

use std::sync::Arc;

use super::keys::Keys;
use crate::clock::Stamp;
use crate::ledger::Cause;
use crate::limit::{KeyHashes, Limiter, Verdict};
use crate::record::Record;

/// The `every` and `rate` of one action; what they remember outlives policies, as of any limit.
#[derive(Debug)]
pub struct OwnLimits {
    limiter: Arc<Limiter>,
    keys: Keys,
}

/// Whose turn it is and when, read from a record while there is one.
#[derive(Clone, Copy, Debug)]
pub struct LimitKeys {
    hashes: KeyHashes,
    at: Stamp,
}

impl OwnLimits {
    pub(super) fn new(limiter: Arc<Limiter>, keys: Keys) -> Self {
        Self { limiter, keys }
    }

    /// What a record is judged by, now or later.
    pub fn keys(&self, record: &Record<'_>) -> LimitKeys {
        LimitKeys {
            hashes: self.keys.hashes(record),
            at: record.stamp(),
        }
    }

    /// How many records this one stands for.
    ///
    /// # Errors
    ///
    /// Which limit holds it back.
    pub fn judge(&self, keys: LimitKeys) -> Result<f64, Cause> {
        match self.limiter.judge_gates(keys.hashes, || keys.at.0) {
            Verdict::Passes(weight) => Ok(weight),
            Verdict::Held(cause) => Err(cause),
        }
    }
}
