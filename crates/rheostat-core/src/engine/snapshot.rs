//! One policy's table of plans.

use std::sync::Arc;

use tracing_core::Metadata;

use crate::callsite::{Callsite, CallsiteId};
use crate::callsites;
use crate::output::Output;
use crate::plan::{CallsitePlan, Measures, PolicyImage};
use crate::table::{Entry, Found, InnerInterest, Inserted, Table};

/// What a reader sees: a policy, and what every callsite does under it.
pub(crate) struct Snapshot<O: Output> {
    /// `None` before the first policy.
    pub(super) era: Option<Arc<Era<O>>>,
    pub(super) table: Table<CallsitePlan<O::Plan>>,
}

/// A callsite and what it does, as tables show it.
pub(crate) type PlanEntry<O> = Entry<CallsitePlan<<O as Output>::Plan>>;

/// What one table says of a callsite: to be used together, so that nothing is judged by two policies.
pub(crate) struct Seen<'a, O: Output> {
    pub(super) snapshot: &'a Snapshot<O>,
    pub(super) found: Found<'a, CallsitePlan<O::Plan>>,
}

impl<O: Output> Seen<'_, O> {
    /// Whether anything of ours wants it.
    #[inline]
    pub(crate) fn is_wanted(&self) -> bool {
        self.found.is_wanted()
    }
}

/// One policy as it was staged.
pub(crate) struct Era<O: Output> {
    pub(super) image: Arc<PolicyImage>,
    pub(super) measures: Measures,
    pub(super) staged: Arc<O::Staged>,
}

/// The address by which a callsite of `tracing` is found in tables.
#[inline]
pub(crate) fn key_of(metadata: &Metadata<'_>) -> usize {
    std::ptr::from_ref(metadata).addr()
}

/// The address by which any callsite is found: a source of `log` records has no metadata.
pub(crate) fn key_of_callsite(callsite: &'static Arc<Callsite>) -> usize {
    match callsite.metadata {
        Some(metadata) => key_of(metadata),
        None => Arc::as_ptr(callsite).addr(),
    }
}

fn key_of_number(id: CallsiteId) -> usize {
    callsites::get(id).map_or(0, key_of_callsite)
}

impl<O: Output> Snapshot<O> {
    /// Nothing is wanted.
    pub(super) fn without_policy() -> Self {
        Self {
            era: None,
            table: Table::new(64, key_of_number),
        }
    }

    /// What all callsites known so far do, with the inner interests of the snapshot before; and the numbers of
    /// those that somebody is just describing.
    pub(super) fn of(era: Arc<Era<O>>, before: &Self) -> (Self, Vec<CallsiteId>) {
        let known = callsites::count();
        let room = known as usize;
        let snapshot = Self {
            era: Some(era),
            table: Table::new(room + room / 2 + 64, key_of_number),
        };
        let mut undescribed = Vec::new();
        for id in (0..known).map(CallsiteId) {
            match callsites::get(id) {
                Some(callsite) => snapshot.add_like(callsite, before),
                None => undescribed.push(id),
            }
        }
        (snapshot, undescribed)
    }

    /// Shows a callsite, with the inner interest that another snapshot has of it.
    pub(super) fn add_like(&self, callsite: &'static Arc<Callsite>, before: &Self) {
        let key = key_of_callsite(callsite);
        let inner = before
            .table
            .find(key)
            .map_or(InnerInterest::Never, |(_, inner)| inner);
        let (_wanted, _inserted) = self.add(callsite, inner);
    }

    /// Shows a callsite; whether anything of ours wants it.
    pub(super) fn add(
        &self,
        callsite: &'static Arc<Callsite>,
        inner: InnerInterest,
    ) -> (bool, Inserted) {
        let key = key_of_callsite(callsite);
        let wanted = self
            .era
            .as_ref()
            .is_some_and(|era| era.image.wants(callsite));
        let inserted = match wanted {
            true => self.table.insert_wanted(key, callsite.id, inner),
            false => self.table.insert_idle(key, callsite.id, inner),
        };
        (wanted, inserted)
    }

    /// What a callsite does that is wanted: decided when it is first asked for, so that a policy of many
    /// callsites comes into force at once, and those that never fire cost nothing.
    #[cold]
    pub(super) fn settle(&self, id: CallsiteId, outputs: &O) -> Option<&PlanEntry<O>> {
        let callsite = callsites::get(id)?;
        let plan = self.plan(callsite, outputs);
        match self.table.settle(key_of_callsite(callsite), id, plan)? {
            Found::Planned(entry) => Some(entry),
            Found::Idle(_) | Found::Wanted(_) => None,
        }
    }

    /// What of ours a callsite does.
    #[inline]
    pub(super) fn entry(&self, key: usize, outputs: &O) -> Option<&PlanEntry<O>> {
        self.planned(self.find(key)?.0, outputs)
    }

    /// The same of what was found for it.
    #[inline]
    pub(super) fn planned<'a>(
        &'a self,
        found: Found<'a, CallsitePlan<O::Plan>>,
        outputs: &O,
    ) -> Option<&'a PlanEntry<O>> {
        match found {
            Found::Planned(entry) => Some(entry),
            Found::Wanted(id) => self.settle(id, outputs),
            Found::Idle(_) => None,
        }
    }

    /// Plans a callsite without showing it.
    pub(super) fn plan(
        &self,
        callsite: &Arc<Callsite>,
        outputs: &O,
    ) -> Option<CallsitePlan<O::Plan>> {
        let era = self.era.as_ref()?;
        era.image.plan(callsite, outputs, &era.staged)
    }

    /// What a callsite does, and what the inner subscriber thinks of it.
    #[inline]
    pub(super) fn find(
        &self,
        key: usize,
    ) -> Option<(Found<'_, CallsitePlan<O::Plan>>, InnerInterest)> {
        self.table.find(key)
    }

    /// The same policy and plans in a larger table.
    pub(super) fn grown(&self) -> Self {
        Self {
            era: self.era.clone(),
            table: self.table.grown(),
        }
    }
}

impl<O: Output> std::fmt::Debug for Snapshot<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot")
            .field("callsites", &self.table.len())
            .finish_non_exhaustive()
    }
}
