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
    spans: Mutex<HashMap<u64, Hidden>>,
}

/// From which rule on a span is hidden, under the policy of that generation.
#[derive(Clone, Copy, Debug)]
struct Hidden {
    generation: u64,
    from: RuleId,
}

impl Hidden {
    /// Rules of another policy have other numbers: there, what was dropped is dropped for all of them.
    fn under(self, generation: u64) -> RuleId {
        if self.generation == generation {
            self.from
        } else {
            RuleId(0)
        }
    }
}

impl Dropped {
    /// A span opened that is hidden from this rule on.
    pub(crate) fn opened(&self, number: u64, from: RuleId, generation: u64) {
        let mut spans = self.lock();
        if spans.len() >= MOST {
            spans.clear();
        }
        spans.insert(number, Hidden { generation, from });
        self.count.store(spans.len(), Ordering::Relaxed);
    }

    /// From which rule on the spans around hide what is inside them.
    pub(crate) fn around(&self, scope: Scope<'_>, generation: u64) -> Option<RuleId> {
        // A count of zero is read on its own: whoever hid a span around this one did so before, on this
        // thread or on one that handed the span over.
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let spans = self.lock();
        scope
            .spans()
            .filter_map(|span| spans.get(&span.id()))
            .map(|hidden| hidden.under(generation))
            .min()
    }

    /// A span closed.
    pub(crate) fn closed(&self, number: u64) {
        if self.count.load(Ordering::Relaxed) > 0 {
            let mut spans = self.lock();
            spans.remove(&number);
            self.count.store(spans.len(), Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Hidden>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drop_of_an_older_policy_hides_from_every_rule_of_the_newer() {
        let hidden = Hidden {
            generation: 1,
            from: RuleId(3),
        };
        assert_eq!(hidden.under(1), RuleId(3));
        assert_eq!(hidden.under(2), RuleId(0));
    }
}
