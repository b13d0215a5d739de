//! The output of an action that hands each record that passes to its sink, as it is.

use std::marker::PhantomData;

use rheostat_policy::vocabulary::ActionDef;
use rheostat_policy::{Diagnostic, Vocabulary};

use super::carrier::{Carriage, Carrier};
use crate::callsite::Callsite;
use crate::output::{Direct, MatchedRule, Output, Settled, Staging};
use crate::plan::Planner;
use crate::record::Record;

/// An action of which everything is said by its definition: what reaches its sink is the record.
pub trait Carries: Send + Sync + 'static {
    /// The action; it uses a sink.
    fn action() -> ActionDef;
}

/// The output behind such an action.
pub struct Carried<A>(PhantomData<A>);

/// What one policy means to it: the entrances to the sinks.
#[derive(Debug)]
pub struct CarriedStaged {
    carriage: Carriage,
    action: ActionDef,
}

/// What one callsite needs: its actions, ready to hand records over.
#[derive(Debug)]
pub struct CarriedPlan {
    carriers: Box<[Carrier]>,
}

impl<A> Carried<A> {
    /// The output.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<A: Carries> Output for Carried<A> {
    type Staged = CarriedStaged;
    type Plan = CarriedPlan;

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary {
            actions: vec![A::action()],
            sinks: Vec::new(),
        }
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        _was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        Ok(CarriedStaged {
            carriage: Carriage::new(staging),
            action: A::action(),
        })
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        _callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        let class = staged.action.sink.as_ref()?.class;
        let mut carriers = Vec::new();
        for rule in rules {
            for action in &rule.actions {
                if action.action.name == staged.action.name {
                    carriers.extend(Carrier::new(&staged.carriage, class, rule, action, planner));
                }
            }
        }
        (!carriers.is_empty()).then(|| CarriedPlan {
            carriers: carriers.into(),
        })
    }

    fn direct(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Direct> {
        let mut acting = plan.carriers.iter().filter_map(|one| one.straight(settled));
        let first = acting.next()?;
        let alone = acting.next().is_none();
        alone.then(|| Direct::LookAround(Box::new(first)))
    }

    fn commit(&self, _staged: &Self::Staged) {}

    #[inline]
    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        for carrier in &plan.carriers {
            carrier.carry(record);
        }
    }

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.event(plan, record);
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.event(plan, record);
    }
}

impl<A> Default for Carried<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A> Clone for Carried<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Carried<A> {}

impl<A> std::fmt::Debug for Carried<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Carried")
    }
}
