//! Open spans that a `drop` hides from later `trace` rules, and their children with them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rheostat_core::flow::in_child;
use rheostat_core::scope::Scope;
use rheostat_policy::model::RuleId;

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
    /// A span opened that is hidden from this rule on, until the answer is dropped.
    pub(crate) fn opened(self: &Arc<Self>, number: u64, from: RuleId, generation: u64) -> Hiding {
        if let Some(mut spans) = self.lock() {
            spans.insert(number, Hidden { generation, from });
            self.count.store(spans.len(), Ordering::Relaxed);
        }
        Hiding {
            dropped: Arc::clone(self),
            number,
        }
    }

    /// From which rule on the spans around hide what is inside them.
    pub(crate) fn around(&self, scope: Scope<'_>, generation: u64) -> Option<RuleId> {
        // A count of zero is read on its own: whoever hid a span around this one did so before, on this
        // thread or on one that handed the span over.
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let spans = self.lock()?;
        scope
            .spans()
            .filter_map(|span| spans.get(&span.id()))
            .map(|hidden| hidden.under(generation))
            .min()
    }

    /// `None` in a forked child whose parent had another thread in here: that one never comes out.
    fn lock(&self) -> Option<MutexGuard<'_, HashMap<u64, Hidden>>> {
        if in_child() {
            return self.spans.try_lock().ok();
        }
        Some(self.spans.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Left with a hidden span: when that closes, it hides nothing any more.
#[derive(Debug)]
pub(crate) struct Hiding {
    dropped: Arc<Dropped>,
    number: u64,
}

impl Drop for Hiding {
    fn drop(&mut self) {
        if let Some(mut spans) = self.dropped.lock() {
            spans.remove(&self.number);
            self.dropped.count.store(spans.len(), Ordering::Relaxed);
        }
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

    #[test]
    fn a_span_is_hidden_until_what_was_left_with_it_goes() {
        let dropped = Arc::<Dropped>::default();
        let hiding = dropped.opened(7, RuleId(3), 1);
        assert_eq!(dropped.count.load(Ordering::Relaxed), 1);
        drop(hiding);
        assert_eq!(dropped.count.load(Ordering::Relaxed), 0);
        assert!(dropped.lock().is_some_and(|spans| spans.is_empty()));
    }
}
