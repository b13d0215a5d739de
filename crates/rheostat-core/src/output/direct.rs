//! The short way: events whose whole outcome an output knows without a [`Record`](crate::Record).

use std::fmt;
use std::sync::Arc;

use rheostat_policy::model::Level;
use tracing_core::Event;

use super::StepId;
use crate::capture::{CapturePlan, SlotId};
use crate::names::NameId;
use crate::plan::PolicyImage;
use crate::program::{Program, Reach};
use crate::scope::Scope;
use crate::value::Value;

/// What every event of one callsite comes to, where a look at the event's own fields is enough.
///
/// An output that offers one spares its events the capture, the verdict and the record. It is asked
/// only where nothing else happens on the callsite: no other output, no limit, nothing that counts in spans.
#[derive(Debug)]
pub enum Direct {
    /// Every event comes to the same, whatever is in it.
    Tick(Box<dyn Tick>),
    /// It takes a look at the fields.
    Look(Box<dyn Look>),
    /// It takes a look at the fields and at the spans around.
    LookAround(Box<dyn LookAround>),
}

/// What comes of every event alike.
pub trait Tick: fmt::Debug + Send + Sync {
    /// Does exactly what [`Output::event`](super::Output::event) would.
    fn tick(&self);
}

/// What comes of an event after a look at its fields.
pub trait Look: fmt::Debug + Send + Sync {
    /// Does exactly what [`Output::event`](super::Output::event) would.
    ///
    /// `false`: this one is beyond it, and nothing has been done; the event then takes the usual way.
    fn look(&self, event: &Event<'_>) -> bool;
}

/// What comes of an event after a look at its fields and at the spans around it.
pub trait LookAround: fmt::Debug + Send + Sync {
    /// Does exactly what [`Output::event`](super::Output::event) would.
    ///
    /// `false`: this one is beyond it, and nothing has been done; the event then takes the usual way.
    fn look_around(&self, event: &Event<'_>, scope: Scope<'_>) -> bool;
}

/// What comes of a span that closed, where nothing but its duration matters.
pub trait Timed: fmt::Debug + Send + Sync {
    /// Does exactly what [`Output::span_close`](super::Output::span_close) would.
    fn closed(&self, nanoseconds: u64);
}

impl Direct {
    /// Deals with an event; `false` where that is beyond it, and nothing has been done.
    #[inline]
    pub(crate) fn event<'s>(&self, event: &Event<'_>, scope: impl FnOnce() -> Scope<'s>) -> bool {
        match self {
            Self::Tick(tick) => {
                tick.tick();
                true
            }
            Self::Look(look) => look.look(event),
            Self::LookAround(look) => look.look_around(event, scope()),
        }
    }
}

/// What is settled of a callsite's events, or of its spans' closing, before any comes.
#[derive(Debug)]
pub struct Settled<'a> {
    pub(crate) capture: &'a CapturePlan,
    /// By step, as in a record.
    pub(crate) weights: &'a [f64],
    pub(crate) image: &'a Arc<PolicyImage>,
}

/// A field of the callsite that is all that a program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnField<'a> {
    /// Its index.
    pub index: usize,
    /// What stands in where it has no value.
    pub default: Option<&'a str>,
}

/// A field of the nearest span around an event that shows one, which is all that a program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanField {
    name: NameId,
    /// The least severe level of the spans that show it; `None`: any.
    level: Option<Level>,
}

impl SpanField {
    /// Its value, as it was captured.
    #[inline]
    pub fn value<'a>(&self, around: Scope<'a>) -> Value<'a> {
        around.value_of(self.name, |span| {
            self.level
                .is_none_or(|level| span.callsite().level <= level)
        })
    }
}

impl Settled<'_> {
    /// Whether every one passes a step.
    pub fn passes(&self, step: StepId) -> bool {
        self.weight(step).is_some()
    }

    /// The weight with which every one passes a step, if it does.
    pub(crate) fn weight(&self, step: StepId) -> Option<f64> {
        let weight = *self.weights.get(usize::from(step.0))?;
        (weight > 0.0).then_some(weight)
    }

    /// The field whose value, as it comes, is that of a program.
    pub fn own_field<'p>(&self, program: &'p Program) -> Option<OwnField<'p>> {
        let (slot, default) = program.own_slot()?;
        let index = self.field(slot)?;
        Some(OwnField { index, default })
    }

    /// The field of the spans around an event whose value is that of a program, and what stands in for it.
    pub fn span_field<'p>(&self, program: &'p Program) -> Option<(SpanField, Option<&'p str>)> {
        let (load, default) = program.in_scope()?;
        let level = match load.reach {
            Reach::All => None,
            Reach::Level(level) => Some(level),
            Reach::LevelOrWithin(..) | Reach::Within(_) => return None,
        };
        let name = load.name;
        Some((SpanField { name, level }, default))
    }

    /// Whether the value of a program is `@duration`.
    pub fn is_duration(&self, program: &Program) -> bool {
        program.is_duration()
    }

    /// The most bytes of a text that are looked at; an event with a longer one needs the usual way.
    pub fn text_limit(&self) -> usize {
        self.capture.limit()
    }

    /// The index of the message, where it is wanted.
    pub(crate) fn message(&self) -> Option<usize> {
        let slot = self.capture.message()?;
        self.field(SlotId(u16::try_from(slot).ok()?))
    }

    fn field(&self, slot: SlotId) -> Option<usize> {
        self.capture.field_of(slot)
    }
}
