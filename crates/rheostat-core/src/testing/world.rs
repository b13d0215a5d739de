//! A policy in force, without an engine.

use std::sync::Arc;

use super::{FakeSpan, Telling, policy};
use crate::callsite::Callsite;
use crate::capture::Fields;
use crate::clock::Clock;
use crate::plan::{CallsitePlan, Ground, PolicyImage};
use crate::scope::{OpenSpan, Scope};
use crate::value::Value;

/// A policy in force, an output that tells, and a clock that stands still.
pub(crate) struct World {
    pub(crate) image: Arc<PolicyImage>,
    pub(crate) output: Telling,
    pub(crate) ground: Ground,
}

/// 2026-01-01, in nanoseconds.
const START: u64 = 1_767_225_600_000_000_000;

impl World {
    pub(crate) fn new(text: &str) -> Self {
        let ground = Ground::new(Clock::manual(START));
        let image = PolicyImage::new(policy(text), None, &ground, 1);
        Self {
            image: Arc::new(image),
            output: Telling::default(),
            ground,
        }
    }

    /// Puts another policy in force.
    pub(crate) fn reload(&mut self, text: &str) {
        let generation = self.image.generation() + 1;
        let image = PolicyImage::new(policy(text), Some(&self.image), &self.ground, generation);
        self.image = Arc::new(image);
    }

    pub(crate) fn plan(
        &self,
        callsite: &Arc<Callsite>,
    ) -> Option<CallsitePlan<<Telling as crate::Output>::Plan>> {
        self.image.plan(callsite, &self.output, &())
    }

    /// Fires an event and returns what came of it.
    pub(crate) fn fire(
        &self,
        callsite: &Arc<Callsite>,
        values: &[Value<'_>],
        around: Option<&FakeSpan<'_>>,
    ) -> Vec<String> {
        if let Some(plan) = self.plan(callsite) {
            plan.event(&self.output, Fields::Values(values), scope(around));
        }
        self.output.lines()
    }

    /// Opens a span and returns what came of it.
    pub(crate) fn open<'p>(
        &self,
        callsite: &Arc<Callsite>,
        values: &[Value<'_>],
        around: Option<&'p FakeSpan<'p>>,
    ) -> (FakeSpan<'p>, Vec<String>) {
        let mut span = FakeSpan::new(callsite, around);
        span.opened = Some(self.ground.clock.now());
        if let Some(plan) = self.plan(callsite) {
            let opened = plan.span_open(&self.output, Fields::Values(values), &span, scope(around));
            span.blobs.extend(opened.blob);
        }
        (span, self.output.lines())
    }

    /// Records fields on a span.
    pub(crate) fn record(&self, span: &mut FakeSpan<'_>, values: &[Value<'_>]) {
        let blob = self
            .plan(&span.callsite)
            .and_then(|plan| plan.span_record(Fields::Values(values)));
        if let Some(blob) = blob {
            span.blobs.insert(0, blob);
        }
    }

    /// Closes a span and returns what came of it.
    pub(crate) fn close(&self, span: &FakeSpan<'_>) -> Vec<String> {
        if let Some(plan) = self.plan(&span.callsite) {
            plan.span_close(&self.output, span, scope(span.parent));
        }
        self.output.lines()
    }
}

fn scope<'a>(around: Option<&'a FakeSpan<'a>>) -> Scope<'a> {
    match around {
        Some(span) => Scope::of(span as &dyn OpenSpan),
        None => Scope::none(),
    }
}
