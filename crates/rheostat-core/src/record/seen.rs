//! What fired, with the verdict on every step of its callsite's plan.

use std::cell::Cell;

use bumpalo::Bump;

use super::entries::{FieldSet, SpanFields, SpanInView};
use super::thread::ThreadName;
use super::trace_ids::{self, TraceIds};
use crate::callsite::Callsite;
use crate::capture::{CapturePlan, Scratch, SlotId};
use crate::clock::Stamp;
use crate::output::StepId;
use crate::plan::PolicyImage;
use crate::program::{self, Program};
use crate::scope::{OpenSpan, Scope, Timings};
use crate::value::Value;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// An event fired.
    Event,
    /// A span opened.
    Open,
    /// A span closed.
    Close,
}

/// One record: what fired, what of it was captured, and which steps it passes.
///
/// It lives for one callback, on the thread that fired. What it gives is as
/// cheap to ask for as it looks: values were captured before, programs are
/// evaluated when asked.
pub struct Record<'a> {
    pub(crate) callsite: &'a Callsite,
    pub(crate) image: &'a PolicyImage,
    pub(crate) capture: &'a CapturePlan,
    pub(crate) phase: Phase,
    pub(crate) slots: &'a [Value<'a>],
    pub(crate) scope: Scope<'a>,
    pub(crate) span: Option<&'a dyn OpenSpan>,
    pub(crate) scratch: &'a Scratch,
    /// By step: its weight, 0 where it does not pass.
    pub(crate) weights: Cell<&'a [f64]>,
    pub(crate) stamp: Cell<Option<Stamp>>,
}

impl<'a> Record<'a> {
    /// The callsite that fired.
    pub fn callsite(&self) -> &'a Callsite {
        self.callsite
    }

    /// What happened.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The generation of the policy that judges it.
    pub fn generation(&self) -> u64 {
        self.image.generation()
    }

    /// The weight with which it passes a step: how many records it stands for. `None`: it does not pass.
    #[inline]
    pub fn passes(&self, step: StepId) -> Option<f64> {
        let weight = *self.weights.get().get(usize::from(step.0))?;
        (weight > 0.0).then_some(weight)
    }

    /// Whether a step does not see it, because the `drop` of an earlier rule hides it.
    pub fn is_dropped(&self, step: StepId) -> bool {
        self.weights
            .get()
            .get(usize::from(step.0))
            .is_some_and(|weight| *weight < 0.0)
    }

    /// The value of a program that this callsite's planner compiled.
    #[inline]
    pub fn value<'r>(&'r self, program: &'r Program) -> Value<'r> {
        program::value(program, self)
    }

    /// Whether a program that this callsite's planner compiled holds: it is boolean true.
    pub fn holds(&self, program: &Program) -> bool {
        program::holds(program, self)
    }

    /// A value as labels show it; `None` for a missing one.
    pub fn shown<'r>(&'r self, value: Value<'r>) -> Option<&'r str> {
        crate::value::shown(value, self.scratch)
    }

    /// The moment it happened, the same each time it is asked.
    pub fn stamp(&self) -> Stamp {
        match self.stamp.get() {
            Some(stamp) => stamp,
            None => {
                let now = self.image.clock().now();
                self.stamp.set(Some(now));
                now
            }
        }
    }

    /// The moment it happened, in nanoseconds since the Unix epoch.
    pub fn time(&self) -> u64 {
        self.image.clock().wall(self.stamp())
    }

    /// The message, where the callsite has one and it was captured.
    pub fn message(&self) -> Value<'a> {
        self.capture
            .message()
            .map_or(Value::Missing, |slot| self.slots[slot])
    }

    /// Its own fields that a set asks for and that have a value: index among the callsite's fields, name, value.
    pub fn fields<'r>(
        &'r self,
        set: &'r FieldSet,
    ) -> impl Iterator<Item = (usize, &'static str, Value<'a>)> + 'r {
        set.slots.iter().filter_map(|(field, slot)| {
            let value = self.slot(*slot);
            value
                .is_some()
                .then(|| (*field, self.callsite.fields[*field], value))
        })
    }

    /// The spans around it that are kept for a rule, nearest first, with the fields the rule asks for.
    pub fn spans(&self, asked: SpanFields) -> impl Iterator<Item = SpanInView<'a>> + use<'a> {
        spans_in_view(self.image, self.scope, asked)
    }

    /// The open spans around it, whatever they are kept for.
    pub fn scope(&self) -> Scope<'a> {
        self.scope
    }

    /// The span it is, when one opened or closed.
    pub fn span(&self) -> Option<&'a dyn OpenSpan> {
        self.span
    }

    /// Leaves something with the span that opened. It is dropped when the span closes, on the thread that closes
    /// it, whatever policy is in force then and whether or not any plan hears of the close.
    ///
    /// With a record of anything else it is dropped at once. Its `Drop` must not lock for long, block, log or panic.
    pub fn leave(&self, what: impl Send + 'static) {
        if self.phase == Phase::Open
            && let Some(span) = self.span
        {
            span.leave(Box::new(what));
        }
    }

    /// What was measured of the span that closed.
    pub fn timings(&self) -> Option<Timings> {
        match self.phase {
            Phase::Close => self.span.map(OpenSpan::timings),
            Phase::Event | Phase::Open => None,
        }
    }

    /// The name of the thread it happened on.
    pub fn thread(&self) -> ThreadName {
        ThreadName::current()
    }

    /// The trace and span it belongs to, where something that knows them is linked.
    pub fn trace_ids(&self) -> Option<TraceIds> {
        trace_ids::of(self.span.or(self.scope.nearest()))
    }

    /// The room in which this record's values live.
    pub fn scratch(&self) -> &'a Scratch {
        self.scratch
    }

    #[inline]
    pub(crate) fn bump(&self) -> &'a Bump {
        self.scratch.bump()
    }

    /// A captured value as it came.
    #[inline]
    pub(crate) fn slot(&self, slot: SlotId) -> Value<'a> {
        self.slots
            .get(usize::from(slot.0))
            .copied()
            .unwrap_or(Value::Missing)
    }
}

/// The spans of a scope that are kept for a rule, nearest first, with the fields the rule asks for.
pub(crate) fn spans_in_view<'a>(
    image: &'a PolicyImage,
    scope: Scope<'a>,
    asked: SpanFields,
) -> impl Iterator<Item = SpanInView<'a>> + use<'a> {
    scope.spans().filter_map(move |span| {
        let fields = image.facts(span.callsite()).view(asked.view)?;
        Some(SpanInView { span, fields })
    })
}

impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("callsite", &self.callsite.name)
            .field("phase", &self.phase)
            .field("values", &self.slots)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
