//! One trace that waits.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use opentelemetry::trace::{SpanContext, TraceId};
use rheostat_core::flow::in_child;
use rheostat_core::ledger::Cause;

use super::HeldTraces;
use crate::pipe::Finished;

/// The finished spans of one trace whose local root is open.
///
/// Every span of the trace holds it, so it lives until the last one has ended,
/// and spans that end after the root follow what was decided then.
pub(crate) struct HeldTrace {
    id: TraceId,
    traces: Weak<HeldTraces>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    verdict: Verdict,
    /// Local roots that are open: two requests of one remote trace can be here at once.
    open_roots: usize,
    spans: Vec<Finished>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Verdict {
    #[default]
    Open,
    Kept,
    Gone,
}

impl HeldTrace {
    pub(super) fn new(id: TraceId, traces: &Arc<HeldTraces>) -> Self {
        Self {
            id,
            traces: Arc::downgrade(traces),
            state: Mutex::default(),
        }
    }

    pub(super) fn root_opened(&self) {
        self.lock().open_roots += 1;
    }

    /// A span of the trace ended.
    pub(crate) fn finish(&self, span: Finished) {
        let mut state = self.lock();
        match state.verdict {
            Verdict::Kept => {
                drop(state);
                ship(span);
            }
            Verdict::Gone => {
                drop(state);
                sampled_out(span);
            }
            Verdict::Open => {
                if self
                    .traces
                    .upgrade()
                    .is_some_and(|traces| traces.take_room())
                {
                    state.spans.push(span);
                } else {
                    state.spans.push(span);
                    let spans = self.decide(&mut state, Verdict::Gone);
                    drop(state);
                    self.overflowed(spans, 1);
                }
            }
        }
    }

    /// Whether its verdict is still to come.
    pub(super) fn is_waiting(&self) -> bool {
        self.lock().verdict == Verdict::Open
    }

    /// A local root closed, and `keep` held or not.
    pub(crate) fn root_closed(&self, keep: bool) {
        let mut state = self.lock();
        state.open_roots = state.open_roots.saturating_sub(1);
        let verdict = match (keep, state.open_roots) {
            (true, _) => Verdict::Kept,
            (false, 0) => Verdict::Gone,
            (false, _) => return,
        };
        if state.verdict != Verdict::Open {
            return;
        }
        let spans = self.decide(&mut state, verdict);
        drop(state);
        self.give_room(spans.len());
        for span in spans {
            match verdict {
                Verdict::Kept => ship(span),
                Verdict::Open | Verdict::Gone => sampled_out(span),
            }
        }
    }

    /// It waited as long as it may.
    pub(super) fn expire(&self) {
        let mut state = self.lock();
        if state.verdict == Verdict::Open {
            let spans = self.decide(&mut state, Verdict::Gone);
            drop(state);
            self.overflowed(spans, 0);
        }
    }

    fn decide(&self, state: &mut State, verdict: Verdict) -> Vec<Finished> {
        state.verdict = verdict;
        std::mem::take(&mut state.spans)
    }

    /// `more`: how many of the spans never had room.
    fn overflowed(&self, spans: Vec<Finished>, more: usize) {
        self.give_room(spans.len() - more);
        if let Some(traces) = self.traces.upgrade() {
            traces.count_overflow(spans.len());
        }
        spans.into_iter().for_each(sampled_out);
    }

    fn give_room(&self, spans: usize) {
        if let Some(traces) = self.traces.upgrade() {
            traces.give_room(spans);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HeldTrace {
    fn drop(&mut self) {
        if in_child() {
            return;
        }
        if let Some(traces) = self.traces.upgrade() {
            traces.forget(self.id);
        }
        // Its root was never judged: the policy that had the rule is gone, or so is the root's thread.
        let spans = std::mem::take(&mut self.lock().spans);
        self.give_room(spans.len());
        spans.into_iter().for_each(sampled_out);
    }
}

impl fmt::Debug for HeldTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldTrace")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Kept after all: readers must not think that it was left out by sampling.
fn ship(mut span: Finished) {
    let context = &span.data.span_context;
    span.data.span_context = SpanContext::new(
        context.trace_id(),
        context.span_id(),
        context.trace_flags().with_sampled(true),
        context.is_remote(),
        context.trace_state().clone(),
    );
    span.ship();
}

fn sampled_out(span: Finished) {
    span.shipping.account.count(Cause::Sample, 1);
}
