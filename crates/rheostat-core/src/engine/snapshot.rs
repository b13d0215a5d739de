//! One policy's table of plans.

use std::sync::Arc;

use tracing_core::Metadata;

use crate::callsite::{Callsite, CallsiteId};
use crate::callsites;
use crate::output::Output;
use crate::plan::{CallsitePlan, Measures, PolicyImage};
use crate::table::{Found, InnerInterest, Inserted, Table};

/// What a reader sees: a policy, and what every callsite does under it.
pub(crate) struct Snapshot<O: Output> {
    /// `None` before the first policy.
    pub(super) era: Option<Arc<Era<O>>>,
    pub(super) table: Table<CallsitePlan<O::Plan>>,
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

    /// The plans of all callsites known so far; the inner interests are those of the snapshot before.
    pub(super) fn of(era: Arc<Era<O>>, outputs: &O, before: &Self) -> Self {
        let known = callsites::count() as usize;
        let snapshot = Self {
            era: Some(era),
            table: Table::new(known + known / 2 + 64, key_of_number),
        };
        for callsite in callsites::all() {
            snapshot.add_like(callsite, outputs, before);
        }
        snapshot
    }

    /// Shows a callsite, with the inner interest that another snapshot has of it.
    pub(super) fn add_like(&self, callsite: &'static Arc<Callsite>, outputs: &O, before: &Self) {
        let key = key_of_callsite(callsite);
        let inner = before
            .table
            .find(key)
            .map_or(InnerInterest::Never, |(_, inner)| inner);
        let (_wanted, _inserted) = self.add(callsite, outputs, inner);
    }

    /// Shows a callsite; whether anything of ours wants it.
    pub(super) fn add(
        &self,
        callsite: &'static Arc<Callsite>,
        outputs: &O,
        inner: InnerInterest,
    ) -> (bool, Inserted) {
        let key = key_of_callsite(callsite);
        match self.plan(callsite, outputs) {
            Some(plan) => {
                let (inserted, _) = self.table.insert(key, callsite.id, plan, inner);
                (true, inserted)
            }
            None => (false, self.table.insert_idle(key, callsite.id, inner)),
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
