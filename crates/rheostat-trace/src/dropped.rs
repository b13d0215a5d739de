//! Open spans that a `drop` hides from later `trace` rules, and their children with them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rheostat_core::scope::Scope;
use rheostat_policy::model::RuleId;

/// Spans whose close nobody tells of (a reload took their plan) stay; over so many, all are forgotten.
const MOST: usize = 100_000;

/// The hidden spans that are open, by the engine's number, each with the rule from which on it is hidden.
#[derive(Debug, Default)]
pub(crate) struct Dropped {
    /// How many there are: most policies drop no spans, and then nobody takes the lock.
    count: AtomicUsize,
    spans: Mutex<HashMap<u64, RuleId>>,
}

impl Dropped {
    /// A span opened that is hidden from this rule on.
    pub(crate) fn opened(&self, number: u64, from: RuleId) {
        let mut spans = self.lock();
        if spans.len() >= MOST {
            spans.clear();
        }
        spans.insert(number, from);
        self.count.store(spans.len(), Ordering::Relaxed);
    }

    /// From which rule on the spans around hide what is inside them.
    pub(crate) fn around(&self, scope: Scope<'_>) -> Option<RuleId> {
        // A count of zero is read on its own: whoever hid a span around this one did so before, on this
        // thread or on one that handed the span over.
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let spans = self.lock();
        scope
            .spans()
            .filter_map(|span| spans.get(&span.id()))
            .min()
            .copied()
    }

    /// A span closed.
    pub(crate) fn closed(&self, number: u64) {
        if self.count.load(Ordering::Relaxed) > 0 {
            let mut spans = self.lock();
            spans.remove(&number);
            self.count.store(spans.len(), Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, RuleId>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
