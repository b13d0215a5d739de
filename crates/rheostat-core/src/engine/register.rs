//! A callsite shows up: what it does is decided, once per policy.
//!
//! Runs inside `register_callsite`, where `tracing` may hold its own lock. It
//! takes no lock that is held while anything of others is called, and it says
//! nothing to anybody.

use std::sync::Arc;

use tracing_core::Metadata;

use super::core::Engine;
use super::snapshot::{Snapshot, key_of};
use crate::callsite::{Callsite, CallsiteKind};
use crate::callsites;
use crate::internal::Callback;
use crate::output::Output;
use crate::table::{Found, InnerInterest, Inserted};

impl<O: Output> Engine<O> {
    /// Makes a callsite of `tracing` known; whether anything of ours wants it.
    pub(crate) fn register(
        &self,
        metadata: &'static Metadata<'static>,
        inner: InnerInterest,
    ) -> bool {
        if let Some(level) = self.canaries.level_of(metadata) {
            return self.canaries.wants(level);
        }
        let key = key_of(metadata);
        let callback = Callback::begin_always();
        let snapshot = self.now.get(&callback);
        let Some((found, was)) = snapshot.find(key) else {
            drop(callback);
            return callsites::of(metadata)
                .is_some_and(|callsite| self.register_callsite(key, callsite, inner));
        };
        // A callsite that is there already, as all are when interests are computed anew.
        if was != inner {
            snapshot.table.set_inner(key, inner);
        }
        match found {
            Found::Idle(id) if callsites::kind_of(metadata) == CallsiteKind::Hint => {
                callsites::get(id).is_some_and(|callsite| self.hint(snapshot, callsite))
            }
            found => found.is_wanted(),
        }
    }

    /// The same for any callsite.
    pub(crate) fn register_callsite(
        &self,
        key: usize,
        callsite: &'static Arc<Callsite>,
        inner: InnerInterest,
    ) -> bool {
        let callback = Callback::begin_always();
        let snapshot = self.now.get(&callback);
        let (wanted, inserted) = snapshot.add(callsite, inner);
        if inserted == Inserted::Known {
            snapshot.table.set_inner(key, inner);
        }
        if snapshot.table.is_crowded() {
            self.grow(snapshot);
        }
        if inserted == Inserted::Full {
            let snapshot = self.now.get(&callback);
            snapshot.add(callsite, inner);
        }
        match callsite.kind {
            CallsiteKind::Hint => self.hint(snapshot, callsite),
            CallsiteKind::Event | CallsiteKind::Span => wanted,
        }
    }

    /// Replaces a crowded table by a larger one with the same plans.
    fn grow(&self, crowded: &Snapshot<O>) {
        // What is inserted into the crowded table from here on may be missing in the larger
        // one: an event of such a callsite finds nothing and registers it again. Of several
        // threads that grow it one comes first, and the others' copies go.
        if let Some(retired) = self.now.replace(crowded, crowded.grown()) {
            self.retire(retired);
        }
    }

    /// The answer to `enabled!`: whether some rule could match that target and level.
    fn hint(&self, snapshot: &Snapshot<O>, callsite: &Callsite) -> bool {
        let era = snapshot.era.as_ref();
        era.is_some_and(|era| era.image.could_match(&callsite.target, callsite.level))
    }

    /// Whether anything of ours wants what this describes: asked where `tracing` has no cached answer.
    ///
    /// Metadata that no callsite has (a `log` record's, made up on the stack)
    /// is judged by its target and level.
    pub(crate) fn enabled(&self, metadata: &Metadata<'_>) -> (bool, Option<InnerInterest>) {
        if self.canaries.level_of(metadata).is_some() {
            return (true, Some(InnerInterest::Never));
        }
        if crate::internal::is_own_thread() {
            return (false, None);
        }
        let callback = Callback::begin_always();
        let snapshot = self.now.get(&callback);
        match snapshot.find(key_of(metadata)) {
            Some((Found::Planned(_) | Found::Wanted(_), inner)) => (true, Some(inner)),
            Some((Found::Idle(id), inner)) => {
                let hint = callsites::get(id)
                    .filter(|callsite| callsite.kind == CallsiteKind::Hint)
                    .is_some_and(|callsite| self.hint(snapshot, callsite));
                (hint, Some(inner))
            }
            None => {
                let era = snapshot.era.as_ref();
                let level = callsites::level_of(*metadata.level());
                let could = era.is_some_and(|era| era.image.could_match(metadata.target(), level));
                (could, None)
            }
        }
    }
}
