//! The plan of one callsite, and its life: an event, or a span's opening, recording and closing.

use std::cell::Cell;
use std::sync::Arc;

use super::judge::{Bench, Judgement, judge};
use super::steps::{PlanRule, Step};
use super::turns::Turns;
use super::{PolicyImage, Wants};
use crate::callsite::Callsite;
use crate::capture::{
    Blob, CapturePlan, Fields, Scratch, Stage, capture, capture_rest, fill_from_span,
};
use crate::output::{Direct, Output, Timed};
use crate::record::{Phase, Record};
use crate::scope::{OpenSpan, Scope};

/// What one callsite does under one policy. `P` is what its outputs need.
///
/// A callsite that nobody wants has none.
#[derive(Debug)]
pub struct CallsitePlan<P> {
    /// What its events come to without all of the below, where that is so simple.
    pub(crate) short: Option<Direct>,
    /// The same of its spans' closing.
    pub(crate) timed: Option<Box<dyn Timed>>,
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
    /// The same of spans that open.
    pub(crate) hears_open: bool,
    /// Whether rules count what they would do.
    pub(crate) has_shadows: bool,
    pub(crate) is_kept: bool,
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
    #[inline]
    pub fn event<O>(&self, outputs: &O, fields: Fields<'_>, scope: Scope<'_>)
    where
        O: Output<Plan = P>,
    {
        match (&self.core.first, &self.outputs) {
            (Judgement::Nothing, _) | (Judgement::Fixed(_), None) => {}
            (Judgement::Fixed(weights), Some(plan)) => {
                let scratch = Scratch::new();
                let slots = capture(&self.core.capture, fields, Stage::All, &scratch);
                let around = (None, scope);
                let record = self.core.record(Phase::Event, slots, around, &scratch);
                record.weights.set(weights);
                outputs.event(plan, &record);
            }
            (Judgement::Each(turns), plan) => {
                if plan.is_some() || self.core.has_shadows {
                    self.judge_event(outputs, fields, (turns, scope));
                }
            }
        }
    }

    /// As [`event`](Self::event), where each record is judged: what only outputs read is captured after that.
    fn judge_event<O>(&self, outputs: &O, fields: Fields<'_>, (turns, scope): (&Turns, Scope<'_>))
    where
        O: Output<Plan = P>,
    {
        let core = &self.core;
        let scratch = Scratch::new();
        let is_staged = core.capture.is_staged();
        let stage = if is_staged { Stage::Judged } else { Stage::All };
        let slots = capture(&core.capture, fields, stage, &scratch);
        let mut record = core.record(Phase::Event, slots, (None, scope), &scratch);
        let (Some(weights), Some(plan)) = (judge(&core.bench(), turns, &record), &self.outputs)
        else {
            return;
        };
        record.weights.set(weights);
        if is_staged {
            record.slots = capture_rest(&core.capture, fields, slots, &scratch);
        }
        outputs.event(plan, &record);
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
        let hears = self.core.hears_open;
        let is_idle = self.is_idle(&self.core.first) && !hears;
        if self.core.capture.is_empty() && is_idle {
            return Opened::default();
        }
        let scratch = Scratch::new();
        let slots = capture(&self.core.capture, fields, Stage::All, &scratch);
        let blob = Blob::of(&self.core.capture, slots);
        if !is_idle {
            let around = (Some(span), scope);
            let record = self.core.record(Phase::Open, slots, around, &scratch);
            let passes = self.core.passes(&self.core.first, &record);
            if (passes || hears)
                && let Some(plan) = &self.outputs
            {
                outputs.span_open(plan, &record);
            }
        }
        Opened { blob }
    }

    /// A span recorded fields: what it remembers of them, to be put before what it remembers already.
    pub fn span_record(&self, fields: Fields<'_>) -> Option<Blob> {
        if !self.remembers() {
            return None;
        }
        let scratch = Scratch::new();
        let slots = capture(&self.core.capture, fields, Stage::All, &scratch);
        Blob::of(&self.core.capture, slots)
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
        let scratch = Scratch::new();
        let slots = fill_from_span(&self.core.capture, span, &scratch);
        let around = (Some(span), scope);
        let record = self.core.record(Phase::Close, slots, around, &scratch);
        let passes = self.core.passes(&self.core.close, &record);
        if (passes || hears)
            && let Some(plan) = &self.outputs
        {
            outputs.span_close(plan, &record);
        }
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
    #[inline]
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

    fn bench(&self) -> Bench<'_> {
        Bench {
            rules: &self.rules,
            steps: &self.steps,
        }
    }

    /// Sets the record's weights; whether it passes any step.
    fn passes<'r>(&'r self, judgement: &'r Judgement, record: &Record<'r>) -> bool {
        let weights = match judgement {
            Judgement::Nothing => None,
            Judgement::Fixed(weights) => Some(&**weights),
            Judgement::Each(turns) => judge(&self.bench(), turns, record),
        };
        if let Some(weights) = weights {
            record.weights.set(weights);
        }
        weights.is_some()
    }
}
