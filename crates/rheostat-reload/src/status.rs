//! What is known of a policy's texts so far.

use std::sync::Arc;
use std::time::SystemTime;

/// What came of the texts offered so far.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// The generation in force; 0 before the first.
    pub generation: u64,
    /// When it was applied.
    pub applied_at: Option<SystemTime>,
    /// How many texts were applied.
    pub applied: u64,
    /// How many texts said what was in force already.
    pub unchanged: u64,
    /// How many texts were refused.
    pub refused: u64,
    /// Why the newest text is not in force; `None` when it is.
    pub refusal: Option<Arc<str>>,
    /// Why the source cannot be read or watched as it should; `None` when it can.
    pub trouble: Option<Arc<str>>,
    /// Whether a thread waits for the next text.
    pub watching: bool,
}

impl Status {
    /// Whether the newest text is not in force.
    pub fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }
}
