//! Spans whose close the engine will judge, by the engine's number for them.
//!
//! `keep` is judged by the engine when a span closes; what it decides about is
//! the OpenTelemetry span of the same `tracing` span. Either can be first to
//! learn of the close, so a span stays here until both have.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::shipped::Shipped;

/// The engine judges a close at once; what it has not judged by then, it never will: the rule is gone.
const PATIENCE: Duration = Duration::from_secs(1);

/// The spans of rules with `keep` that are open, or not judged yet.
#[derive(Default)]
pub(crate) struct Judged {
    spans: Mutex<HashMap<u64, Entry>>,
}

struct Entry {
    shipped: Arc<Shipped>,
    closed: Option<Instant>,
}

impl Judged {
    /// A span opened.
    pub(crate) fn opened(&self, shipped: &Arc<Shipped>) {
        let entry = Entry {
            shipped: Arc::clone(shipped),
            closed: None,
        };
        let replaced = self.lock().insert(shipped.number, entry);
        // A number is given again only after its span closed; that one was never judged.
        if let Some(old) = replaced {
            old.shipped.judge(false);
        }
    }

    /// The OpenTelemetry span of this span has ended.
    pub(crate) fn closed(&self, shipped: &Shipped) {
        if let Some(entry) = self.lock().get_mut(&shipped.number) {
            entry.closed = Some(Instant::now());
        }
    }

    /// The engine judges the close of the span with this number now: takes it, if it waited for that.
    pub(crate) fn take(&self, number: u64) -> Option<Arc<Shipped>> {
        self.lock().remove(&number).map(|entry| entry.shipped)
    }

    /// Lets go of spans that nobody will judge any more; `keep` did not hold for them.
    pub(crate) fn sweep(&self, now: Instant) {
        let late = |entry: &Entry| {
            entry
                .closed
                .is_some_and(|closed| now.saturating_duration_since(closed) >= PATIENCE)
        };
        let gone: Vec<Entry> = self
            .lock()
            .extract_if(|_, entry| late(entry))
            .map(|(_, e)| e)
            .collect();
        for entry in gone {
            entry.shipped.judge(false);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Entry>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judged")
            .field("spans", &self.lock().len())
            .finish()
    }
}
