//! An output whose type is known only to itself, for builders and third parties.

use std::any::{Any, TypeId};
use std::fmt;

use rheostat_policy::{Diagnostic, Vocabulary};

use super::{Direct, MatchedRule, Output, Settled, Staging, Timed};
use crate::callsite::Callsite;
use crate::plan::Planner;
use crate::record::Record;

/// Any output, erased: what it staged and planned is found again by its type.
pub struct DynOutput {
    name: &'static str,
    output: Box<dyn Erased>,
}

/// What a [`DynOutput`] staged or planned.
pub struct Kept(Box<dyn Any + Send + Sync>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

impl DynOutput {
    /// Erases an output.
    pub fn new<O: Output>(output: O) -> Self {
        Self {
            name: std::any::type_name::<O>(),
            output: Box::new(output),
        }
    }
}

impl fmt::Debug for DynOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynOutput").field(&self.name).finish()
    }
}

trait Erased: Send + Sync + 'static {
    fn vocabulary(&self) -> Vocabulary;
    fn part(&self, wanted: TypeId) -> Option<&dyn Any>;
    fn stage(&self, staging: &Staging<'_>, was: Option<&Kept>) -> Result<Kept, Vec<Diagnostic>>;
    fn plan(
        &self,
        staged: &Kept,
        callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Kept>;
    fn direct(&self, plan: &Kept, settled: &Settled<'_>) -> Option<Direct>;
    fn timed(&self, plan: &Kept, settled: &Settled<'_>) -> Option<Box<dyn Timed>>;
    fn commit(&self, staged: &Kept);
    fn event(&self, plan: &Kept, record: &Record<'_>);
    fn span_open(&self, plan: &Kept, record: &Record<'_>);
    fn span_close(&self, plan: &Kept, record: &Record<'_>);
}

impl<O: Output> Erased for O {
    fn vocabulary(&self) -> Vocabulary {
        Output::vocabulary(self)
    }

    fn part(&self, wanted: TypeId) -> Option<&dyn Any> {
        Output::part(self, wanted)
    }

    fn stage(&self, staging: &Staging<'_>, was: Option<&Kept>) -> Result<Kept, Vec<Diagnostic>> {
        let was = was.and_then(|was| was.0.downcast_ref());
        Ok(Kept(Box::new(Output::stage(self, staging, was)?)))
    }

    // What a `DynOutput` is handed back is what it kept, so the types below always agree; a stranger's
    // is ignored.

    fn plan(
        &self,
        staged: &Kept,
        callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Kept> {
        let staged = staged.0.downcast_ref()?;
        let plan = Output::plan(self, staged, callsite, rules, planner)?;
        Some(Kept(Box::new(plan)))
    }

    fn direct(&self, plan: &Kept, settled: &Settled<'_>) -> Option<Direct> {
        Output::direct(self, plan.0.downcast_ref()?, settled)
    }

    fn timed(&self, plan: &Kept, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
        Output::timed(self, plan.0.downcast_ref()?, settled)
    }

    fn commit(&self, staged: &Kept) {
        if let Some(staged) = staged.0.downcast_ref() {
            Output::commit(self, staged);
        }
    }

    fn event(&self, plan: &Kept, record: &Record<'_>) {
        if let Some(plan) = plan.0.downcast_ref() {
            Output::event(self, plan, record);
        }
    }

    fn span_open(&self, plan: &Kept, record: &Record<'_>) {
        if let Some(plan) = plan.0.downcast_ref() {
            Output::span_open(self, plan, record);
        }
    }

    fn span_close(&self, plan: &Kept, record: &Record<'_>) {
        if let Some(plan) = plan.0.downcast_ref() {
            Output::span_close(self, plan, record);
        }
    }
}

impl Output for DynOutput {
    type Staged = Kept;
    type Plan = Kept;

    fn vocabulary(&self) -> Vocabulary {
        self.output.vocabulary()
    }

    fn part(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.output.part(wanted)
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        self.output.stage(staging, was)
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        self.output.plan(staged, callsite, rules, planner)
    }

    fn direct(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Direct> {
        self.output.direct(plan, settled)
    }

    fn timed(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
        self.output.timed(plan, settled)
    }

    fn commit(&self, staged: &Self::Staged) {
        self.output.commit(staged);
    }

    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.output.event(plan, record);
    }

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.output.span_open(plan, record);
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.output.span_close(plan, record);
    }
}
