//! A record of the `log` crate arrives.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rheostat_policy::model::Level;

use super::core::Engine;
use super::fire::{Around, count_in, scope_of};
use super::snapshot::key_of_callsite;
use crate::callsite::CallsiteId;
use crate::capture::Fields;
use crate::internal::Callback;
use crate::log_bridge::{self, Source};
use crate::output::Output;
use crate::table::InnerInterest;

impl<O: Output> Engine<O> {
    /// Judges a record; `false` where it fired inside a callback of ours, so that nobody is to hear it.
    pub(crate) fn log(&self, source: &Source<'_>, fields: Fields<'_>) -> bool {
        let Some(callback) = Callback::begin() else {
            return false;
        };
        let Some(callsite) = log_bridge::site(source) else {
            self.log_without_site(&callback, source, fields);
            return true;
        };
        let key = key_of_callsite(callsite);
        if self.now.get(&callback).find(key).is_none() {
            self.register_callsite(key, callsite, InnerInterest::Never);
        }
        if let Some(entry) = self.now.get(&callback).entry(key, &self.outputs) {
            self.run(entry, fields, || Around::Current);
        }
        true
    }

    /// One of too many sources to remember: planned for this record alone.
    #[cold]
    fn log_without_site(&self, callback: &Callback, source: &Source<'_>, fields: Fields<'_>) {
        let snapshot = self.now.get(callback);
        let callsite = Arc::new(log_bridge::describe(CallsiteId(u32::MAX), source));
        if let Some(plan) = snapshot.plan(&callsite, &self.outputs) {
            let (wants, nearest) = (plan.wants(), self.enclosing(Around::Current));
            if wants.counted || wants.marks_error {
                count_in(nearest, wants.marks_error);
            }
            plan.event(&self.outputs, fields, scope_of(nearest));
        }
    }

    /// Whether some rule could match a record of this target and level.
    pub(crate) fn could_log(&self, target: &str, level: Level) -> bool {
        let callback = Callback::begin_always();
        let snapshot = self.now.get(&callback);
        let era = snapshot.era.as_ref();
        era.is_some_and(|era| era.image.could_match(target, level))
    }

    /// Whether other subscribers or layers share the mount, which want `log` records too.
    pub(crate) fn has_others(&self) -> bool {
        self.others.load(Ordering::Relaxed)
    }

    /// Others share the mount.
    pub(crate) fn stands_with_others(&self) {
        self.others.store(true, Ordering::Relaxed);
    }
}
