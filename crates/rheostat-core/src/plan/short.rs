//! The short way of a callsite's events: which callsites have one, and conditions in front of it.

use std::sync::Arc;

use tracing_core::Event;

use super::callsite_plan::PlanCore;
use super::judge::Judgement;
use super::steps::{PlanRule, Step};
use crate::callsite::CallsiteKind;
use crate::ledger::{Cause, Entry};
use crate::output::{Direct, Look, LookAround, Output, Settled, Timed};
use crate::program::{Sieve, Sieved};
use crate::scope::Scope;

impl PlanCore {
    /// The short way, where all that happens to an event is decided by a look at it and at what is around it.
    pub(super) fn short<O: Output>(&self, outputs: &O, plan: Option<&O::Plan>) -> Option<Direct> {
        let counts = self.wants.counted || self.wants.marks_error;
        if self.callsite.kind != CallsiteKind::Event || counts {
            return None;
        }
        let plan = plan?;
        match &self.first {
            Judgement::Nothing => None,
            Judgement::Fixed(weights) => self.direct(outputs, plan, weights),
            Judgement::Each(turns) => {
                let rule = self.only_condition()?;
                let sieve = Sieve::of(rule.guard.as_ref()?, &self.capture)?;
                let free = |step: &Step| step.guard.is_none() && step.limits.is_none();
                let weights = turns.uncontested(self.steps.len());
                let then = weights
                    .filter(|_| self.steps.iter().all(free))
                    .and_then(|weights| self.direct(outputs, plan, &weights));
                let accounts = self.steps.iter().filter_map(|step| step.account.clone());
                let looks_around = matches!(then, Some(Direct::LookAround(_)));
                let conditional = Box::new(Conditional {
                    sieve,
                    accounts: accounts.collect(),
                    then,
                });
                Some(match looks_around {
                    true => Direct::LookAround(conditional),
                    false => Direct::Look(conditional),
                })
            }
        }
    }

    /// The short way of closing spans, where nothing but their duration matters.
    pub(super) fn timed<O: Output>(
        &self,
        outputs: &O,
        plan: Option<&O::Plan>,
    ) -> Option<Box<dyn Timed>> {
        match (&self.close, plan) {
            (Judgement::Fixed(weights), Some(plan)) if !self.hears_close => {
                outputs.timed(plan, &self.settled(weights))
            }
            _ => None,
        }
    }

    fn direct<O: Output>(&self, outputs: &O, plan: &O::Plan, weights: &[f64]) -> Option<Direct> {
        let direct = outputs.direct(plan, &self.settled(weights))?;
        let sees_all = !self.wants.scope || matches!(direct, Direct::LookAround(_));
        sees_all.then_some(direct)
    }

    fn settled<'a>(&'a self, weights: &'a [f64]) -> Settled<'a> {
        Settled {
            capture: &self.capture,
            weights,
            image: &self.image,
        }
    }

    /// The rule, if there is one alone and its condition is all that decides.
    fn only_condition(&self) -> Option<&PlanRule> {
        let [rule] = &*self.rules else { return None };
        let drops = rule.drop.is_some() || rule.shadow_drop.is_some();
        let plain = !rule.ends && rule.within.is_empty() && !drops && !self.has_shadows;
        plain.then_some(rule)
    }
}

/// A condition, and what events come to that it holds for.
#[derive(Debug)]
struct Conditional {
    sieve: Sieve,
    /// Where events are accounted for that it does not hold for.
    accounts: Box<[Arc<Entry>]>,
    then: Option<Direct>,
}

impl Conditional {
    #[inline]
    fn deal(&self, event: &Event<'_>, scope: Scope<'_>) -> bool {
        match self.sieve.judge(event) {
            Sieved::Fails => {
                for account in &self.accounts {
                    account.count(Cause::Condition, 1);
                }
                true
            }
            Sieved::Holds => self
                .then
                .as_ref()
                .is_some_and(|then| then.event(event, || scope)),
            Sieved::Unknown => false,
        }
    }
}

impl Look for Conditional {
    fn look(&self, event: &Event<'_>) -> bool {
        self.deal(event, Scope::none())
    }
}

impl LookAround for Conditional {
    fn look_around(&self, event: &Event<'_>, scope: Scope<'_>) -> bool {
        self.deal(event, scope)
    }
}
