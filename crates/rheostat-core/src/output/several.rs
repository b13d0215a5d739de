//! An output that may be absent, and any number of outputs of one type.

use std::any::{Any, TypeId};

use rheostat_policy::{Diagnostic, Vocabulary};

use super::tuples::join;
use super::{Direct, MatchedRule, Output, Settled, Staging, Timed};
use crate::callsite::Callsite;
use crate::plan::Planner;
use crate::record::Record;

impl<O: Output> Output for Option<O> {
    type Staged = Option<O::Staged>;
    type Plan = O::Plan;

    fn vocabulary(&self) -> Vocabulary {
        self.as_ref().map(O::vocabulary).unwrap_or_default()
    }

    fn part(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.as_ref()?.part(wanted)
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        let was = was.and_then(Option::as_ref);
        self.as_ref()
            .map(|output| output.stage(staging, was))
            .transpose()
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        let (output, staged) = (self.as_ref()?, staged.as_ref()?);
        output.plan(staged, callsite, rules, planner)
    }

    fn direct(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Direct> {
        self.as_ref()?.direct(plan, settled)
    }

    fn timed(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
        self.as_ref()?.timed(plan, settled)
    }

    fn commit(&self, staged: &Self::Staged) {
        if let (Some(output), Some(staged)) = (self, staged) {
            output.commit(staged);
        }
    }

    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        if let Some(output) = self {
            output.event(plan, record);
        }
    }

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        if let Some(output) = self {
            output.span_open(plan, record);
        }
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        if let Some(output) = self {
            output.span_close(plan, record);
        }
    }
}

impl<O: Output> Output for Vec<O> {
    type Staged = Vec<O::Staged>;
    /// The plans of those outputs that have one, with their positions.
    type Plan = Box<[(usize, O::Plan)]>;

    fn vocabulary(&self) -> Vocabulary {
        let mut all = Vocabulary::default();
        for output in self {
            join(&mut all, output.vocabulary());
        }
        all
    }

    fn part(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.iter().find_map(|output| output.part(wanted))
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        let mut staged = Vec::with_capacity(self.len());
        let mut findings = Vec::new();
        for (at, output) in self.iter().enumerate() {
            match output.stage(staging, was.and_then(|was| was.get(at))) {
                Ok(one) => staged.push(one),
                Err(more) => findings.extend(more),
            }
        }
        if staged.len() == self.len() {
            Ok(staged)
        } else {
            Err(findings)
        }
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        let mut plans = Vec::new();
        for (at, (output, staged)) in self.iter().zip(staged).enumerate() {
            if let Some(plan) = output.plan(staged, callsite, rules, planner) {
                plans.push((at, plan));
            }
        }
        (!plans.is_empty()).then(|| plans.into())
    }

    fn direct(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Direct> {
        match &**plan {
            [(at, plan)] => self.get(*at)?.direct(plan, settled),
            _ => None,
        }
    }

    fn timed(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
        match &**plan {
            [(at, plan)] => self.get(*at)?.timed(plan, settled),
            _ => None,
        }
    }

    fn commit(&self, staged: &Self::Staged) {
        for (output, staged) in self.iter().zip(staged) {
            output.commit(staged);
        }
    }

    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        for (at, plan) in plan {
            self[*at].event(plan, record);
        }
    }

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        for (at, plan) in plan {
            self[*at].span_open(plan, record);
        }
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        for (at, plan) in plan {
            self[*at].span_close(plan, record);
        }
    }
}
