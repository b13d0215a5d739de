//! The narrow waist: what something must offer so that callsites can become it.

mod direct;
mod dynamic;
mod nothing;
mod several;
#[cfg(test)]
mod tests;
mod tuples;

pub use direct::{Direct, Look, LookAround, OwnField, Settled, SpanField, Tick, Timed};
pub use dynamic::{DynOutput, Kept};
pub use nothing::Nothing;

use std::any::{Any, TypeId};
use std::sync::Arc;

use rheostat_policy::model::{Action, CheckedPolicy, Phases, Rule};
use rheostat_policy::{Diagnostic, Vocabulary};

use crate::callsite::Callsite;
use crate::plan::Planner;
use crate::record::Record;
use crate::sink::Taps;

/// Something a callsite can become.
///
/// The engine calls `stage`, `plan` and `commit` on the thread that applies a
/// policy (`plan` also on the thread that registers a callsite), and the rest
/// on the thread of the program that fired the callsite. Those must not lock,
/// block, log or panic.
pub trait Output: Send + Sync + 'static {
    /// What one policy means to this output: metrics declared, routes resolved.
    type Staged: Send + Sync + 'static;
    /// What one callsite needs at hand when it fires. It is freed with its table.
    type Plan: Send + Sync + 'static;

    /// The actions it understands.
    fn vocabulary(&self) -> Vocabulary;

    /// The output of that type among those it stands for, itself included: whoever mounts it may have to serve,
    /// flush or ask that one. See [`part`].
    fn part(&self, wanted: TypeId) -> Option<&dyn Any>
    where
        Self: Sized,
    {
        (TypeId::of::<Self>() == wanted).then_some(self)
    }

    /// Prepares for a policy and changes nothing that is in force.
    ///
    /// # Errors
    ///
    /// Findings at places of the policy; the policy is then not applied.
    fn stage(
        &self,
        staging: &Staging<'_>,
        was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>>;

    /// What this callsite needs, or `None` when no action of this output is among the rules.
    ///
    /// Pure and quick: it may run inside `register_callsite`, so it must not log, block or take a lock
    /// that a logging thread can hold.
    fn plan(
        &self,
        staged: &Self::Staged,
        callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan>;

    /// A shorter way for the events of a callsite, where there is one. Asked once, after `plan`.
    fn direct(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Direct> {
        let _ = (plan, settled);
        None
    }

    /// The same for the closing of a callsite's spans.
    fn timed(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
        let _ = (plan, settled);
        None
    }

    /// The staged policy is in force now. Cannot fail.
    fn commit(&self, staged: &Self::Staged);

    /// An event fired.
    fn event(&self, plan: &Self::Plan, record: &Record<'_>);

    /// A span opened: `record` holds its fields given at open.
    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        let _ = (plan, record);
    }

    /// A span closed: `record` holds all its fields and timings.
    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        let _ = (plan, record);
    }
}

/// The output of type `T` among outputs, wherever it stands among them.
pub fn part<T: Output>(outputs: &impl Output) -> Option<&T> {
    outputs.part(TypeId::of::<T>())?.downcast_ref()
}

/// What an output stages a policy with.
pub struct Staging<'a> {
    /// The policy.
    pub policy: &'a Arc<CheckedPolicy>,
    /// Its generation, should it be applied.
    pub generation: u64,
    /// The entrances to the policy's sinks.
    pub taps: &'a dyn Taps,
}

/// A rule whose static part holds for a callsite.
#[derive(Debug)]
pub struct MatchedRule<'p> {
    /// The rule.
    pub rule: &'p Rule,
    /// Its actions that act on this callsite's kind.
    pub actions: Vec<MatchedAction<'p>>,
}

/// An action that acts on a callsite.
#[derive(Clone, Copy, Debug)]
pub struct MatchedAction<'p> {
    /// The action.
    pub action: &'p Action,
    /// Its step in this callsite's plan: ask [`Record::passes`] with it.
    pub step: StepId,
    /// The moments at which it acts; meaningless for events.
    pub on: Phases,
}

/// The number of a step in one callsite's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(pub u16);
