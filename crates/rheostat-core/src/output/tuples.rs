//! Tuples of outputs: one table, one look-up, one capture for all of them.

use std::any::{Any, TypeId};

use rheostat_policy::{Diagnostic, Vocabulary};

use super::{Direct, MatchedRule, Output, Settled, Staging, Timed};
use crate::callsite::Callsite;
use crate::plan::Planner;
use crate::record::Record;

/// Adds a vocabulary to another.
pub(super) fn join(all: &mut Vocabulary, more: Vocabulary) {
    all.actions.extend(more.actions);
    all.sinks.extend(more.sinks);
}

/// Takes what was staged, or the findings.
fn staged<S>(result: Result<S, Vec<Diagnostic>>, findings: &mut Vec<Diagnostic>) -> Option<S> {
    result.map_err(|more| findings.extend(more)).ok()
}

macro_rules! tuple {
    ($($output:ident $part:ident $at:tt),+) => {
        impl<$($output: Output),+> Output for ($($output,)+) {
            type Staged = ($($output::Staged,)+);
            type Plan = ($(Option<$output::Plan>,)+);

            fn vocabulary(&self) -> Vocabulary {
                let mut all = Vocabulary::default();
                $(join(&mut all, self.$at.vocabulary());)+
                all
            }

            fn part(&self, wanted: TypeId) -> Option<&dyn Any> {
                None $(.or_else(|| self.$at.part(wanted)))+
            }

            fn stage(
                &self,
                staging: &Staging<'_>,
                was: Option<&Self::Staged>,
            ) -> Result<Self::Staged, Vec<Diagnostic>> {
                // Every output is asked, so that a person sees the findings of all at once.
                let mut findings = Vec::new();
                $(let $part = staged(
                    self.$at.stage(staging, was.map(|was| &was.$at)),
                    &mut findings,
                );)+
                match ($($part,)+) {
                    ($(Some($part),)+) => Ok(($($part,)+)),
                    _ => Err(findings),
                }
            }

            fn plan(
                &self,
                staged: &Self::Staged,
                callsite: &Callsite,
                rules: &[MatchedRule<'_>],
                planner: &mut Planner<'_>,
            ) -> Option<Self::Plan> {
                let plan = ($(self.$at.plan(&staged.$at, callsite, rules, planner),)+);
                let is_wanted = false $(|| plan.$at.is_some())+;
                is_wanted.then_some(plan)
            }

            fn direct(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Direct> {
                // Two outputs would each have to know whether the other can.
                let planned = 0 $(+ usize::from(plan.$at.is_some()))+;
                if planned != 1 {
                    return None;
                }
                $(if let Some(plan) = &plan.$at { return self.$at.direct(plan, settled); })+
                None
            }

            fn timed(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
                let planned = 0 $(+ usize::from(plan.$at.is_some()))+;
                if planned != 1 {
                    return None;
                }
                $(if let Some(plan) = &plan.$at { return self.$at.timed(plan, settled); })+
                None
            }

            fn commit(&self, staged: &Self::Staged) {
                $(self.$at.commit(&staged.$at);)+
            }

            fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
                $(if let Some(plan) = &plan.$at { self.$at.event(plan, record); })+
            }

            fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
                $(if let Some(plan) = &plan.$at { self.$at.span_open(plan, record); })+
            }

            fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
                $(if let Some(plan) = &plan.$at { self.$at.span_close(plan, record); })+
            }
        }
    };
}

tuple!(A a 0);
tuple!(A a 0, B b 1);
tuple!(A a 0, B b 1, C c 2);
tuple!(A a 0, B b 1, C c 2, D d 3);
tuple!(A a 0, B b 1, C c 2, D d 3, E e 4);
tuple!(A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);
