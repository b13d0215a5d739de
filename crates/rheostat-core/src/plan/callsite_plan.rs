//! The plan of one callsite, and its life: an event, or a span's opening, recording and closing.

use std::cell::Cell;
use std::sync::Arc;

use super::judge::{Bench, Judgement, judge};
use super::steps::{PlanRule, Step};
use super::{PolicyImage, Wants};
use crate::callsite::Callsite;
use crate::capture::{Blob, CapturePlan, Fields, Scratch, capture, fill_from_span, with_scratch};
use crate::output::Output;
use crate::record::{Phase, Record};
use crate::scope::{OpenSpan, Scope};

/// What one callsite does under one policy. `P` is what its outputs need.
///
/// A callsite that nobody wants has none.
#[derive(Debug)]
pub struct CallsitePlan<P> {
    pub(crate) core: PlanCore,
    pub(crate) outputs: Option<P>,
}

/// The part that is the same whatever the outputs.
#[derive(Debug)]
pub(crate) struct PlanCore {
    pub(crate) image: Arc<PolicyImage>,
    pub(crate) callsite: Arc<Callsite>,
    pub(crate) capture: CapturePlan,
    pub(crate) rules: Box<[PlanRule]>,
    pub(crate) steps: Box<[Step]>,
    /// When an event fires, or a span opens.
    pub(crate) first: Judgement,
    /// When a span closes.
    pub(crate) close: Judgement,
    pub(crate) wants: Wants,
    /// Whether outputs hear of spans that close and pass no step.
    pub(crate) hears_close: bool,
    /// Whether rules count what they would do.
    pub(crate) has_shadows: bool,
    pub(crate) is_kept: bool,
    /// The most bytes of one captured value.
    pub(crate) limit: usize,
}

/// What the span store keeps of a span that opened.
#[derive(Debug, Default)]
pub struct Opened {
    /// What it remembers of its fields; `None` where that is nothing.
    pub blob: Option<Blob>,
}

impl<P> CallsitePlan<P> {
    /// The callsite.
    pub fn callsite(&self) -> &Arc<Callsite> {
        &self.core.callsite
    }

    /// What to bring along: without `scope`, [`Scope::none`] will do.
    pub fn wants(&self) -> Wants {
        self.core.wants
    }

    /// Whether spans of this callsite are to be kept, for rules that match them or read from them.
    pub fn keeps_span(&self) -> bool {
        self.core.is_kept
    }

    /// Whether a `record` on such a span brings anything that is remembered.
    pub fn remembers(&self) -> bool {
        self.core.capture.kept().next().is_some()
    }

    /// An event fired.
    pub fn event<O>(&self, outputs: &O, fields: Fields<'_>, scope: Scope<'_>)
    where
        O: Output<Plan = P>,
    {
        if self.is_idle(&self.core.first) {
            return;
        }
        with_scratch(|scratch| {
            let slots = capture(&self.core.capture, fields, self.core.limit, scratch);
            let record = self
                .core
                .record(Phase::Event, slots, (None, scope), scratch);
            if self.core.passes(&self.core.first, &record)
                && let Some(plan) = &self.outputs
            {
                outputs.event(plan, &record);
            }
        });
    }

    /// A span opened: `span` is itself, `scope` what is around it.
    pub fn span_open<O>(
        &self,
        outputs: &O,
        fields: Fields<'_>,
        span: &dyn OpenSpan,
        scope: Scope<'_>,
    ) -> Opened
    where
        O: Output<Plan = P>,
    {
        if self.core.capture.is_empty() && matches!(self.core.first, Judgement::Nothing) {
            return Opened::default();
        }
        with_scratch(|scratch| {
            let slots = capture(&self.core.capture, fields, self.core.limit, scratch);
            let blob = Blob::of(&self.core.capture, slots);
            if !self.is_idle(&self.core.first) {
                let around = (Some(span), scope);
                let record = self.core.record(Phase::Open, slots, around, scratch);
                if self.core.passes(&self.core.first, &record)
                    && let Some(plan) = &self.outputs
                {
                    outputs.span_open(plan, &record);
                }
            }
            Opened { blob }
        })
    }

    /// A span recorded fields: what it remembers of them, to be put before what it remembers already.
    pub fn span_record(&self, fields: Fields<'_>) -> Option<Blob> {
        if !self.remembers() {
            return None;
        }
        with_scratch(|scratch| {
            let slots = capture(&self.core.capture, fields, self.core.limit, scratch);
            Blob::of(&self.core.capture, slots)
        })
    }

    /// A span closed: `span` is itself, with all it remembers, `scope` what is around it.
    pub fn span_close<O>(&self, outputs: &O, span: &dyn OpenSpan, scope: Scope<'_>)
    where
        O: Output<Plan = P>,
    {
        let hears = self.core.hears_close;
        if self.is_idle(&self.core.close) && !hears {
            return;
        }
        with_scratch(|scratch| {
            let slots = fill_from_span(&self.core.capture, span, scratch);
            let around = (Some(span), scope);
            let record = self.core.record(Phase::Close, slots, around, scratch);
            let passes = self.core.passes(&self.core.close, &record);
            if (passes || hears)
                && let Some(plan) = &self.outputs
            {
                outputs.span_close(plan, &record);
            }
        });
    }

    /// Whether a phase comes to nothing: no step acts in it, or no output wants one and no shadow counts.
    #[inline]
    fn is_idle(&self, judgement: &Judgement) -> bool {
        match judgement {
            Judgement::Nothing => true,
            Judgement::Fixed(_) => self.outputs.is_none(),
            Judgement::Each(_) => self.outputs.is_none() && !self.core.has_shadows,
        }
    }
}

impl PlanCore {
    fn record<'r>(
        &'r self,
        phase: Phase,
        slots: &'r [crate::Value<'r>],
        (span, scope): (Option<&'r dyn OpenSpan>, Scope<'r>),
        scratch: &'r Scratch,
    ) -> Record<'r> {
        Record {
            callsite: &self.callsite,
            image: &self.image,
            capture: &self.capture,
            phase,
            slots,
            scope,
            span,
            scratch,
            weights: Cell::new(&[]),
            stamp: Cell::new(None),
        }
    }

    /// Sets the record's weights; whether it passes any step.
    fn passes<'r>(&'r self, judgement: &'r Judgement, record: &Record<'r>) -> bool {
        let bench = Bench {
            rules: &self.rules,
            steps: &self.steps,
        };
        let weights = match judgement {
            Judgement::Nothing => None,
            Judgement::Fixed(weights) => Some(&**weights),
            Judgement::Each(turns) => judge(&bench, turns, record),
        };
        if let Some(weights) = weights {
            record.weights.set(weights);
        }
        weights.is_some()
    }
}
