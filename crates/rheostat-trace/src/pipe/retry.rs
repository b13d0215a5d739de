//! How long until the next attempt.

use std::time::Duration;

use super::settings::Settings;

/// The pauses between the attempts at one batch: they double, with jitter, up to a ceiling.
#[derive(Debug)]
pub(super) struct Pauses {
    next: Duration,
    ceiling: Duration,
    state: u64,
}

impl Pauses {
    pub(super) fn new(settings: &Settings, seed: u64) -> Self {
        Self {
            next: settings.retry_first,
            ceiling: settings.retry_max,
            state: seed | 1,
        }
    }

    /// The next pause: at least half of the full one, and not less than the sink asked for.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let full = self.next.min(self.ceiling);
        self.next = full.saturating_mul(2);
        // xorshift: enough to keep a fleet from knocking all at once.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let share = (self.state % 1024) as f64 / 1024.0;
        let pause = full.mul_f64(0.5 + share / 2.0);
        pause.max(asked.unwrap_or_default())
    }
}
