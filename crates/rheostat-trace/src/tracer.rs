//! The tracer behind the bridge's layer: it decides about a trace when a span begins.
//!
//! ```text
//! parent            decides
//! none              the ratio, by the trace id
//! remote            its sampled flag; with `remote = "ignore"` the ratio
//! local             what was decided at the local root
//! ```
//!
//! A trace that is not sampled, but that `keep` may still want, is recorded and
//! held until its local root closes.

use std::fmt;
use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, SpanBuilder, SpanContext, TraceContextExt as _, Tracer};
use opentelemetry_sdk::trace::SdkTracer;

use crate::held::HeldTraces;
use crate::ids;
use crate::sampler::Choice;
use crate::shipped::Shipped;
use crate::shipping::Remote;
use crate::span::ShippedSpan;
use crate::ticket::Tickets;

/// Begins the spans that were given a ticket.
pub(crate) struct ShipTracer {
    sdk: SdkTracer,
    tickets: Arc<Tickets>,
    held: Arc<HeldTraces>,
}

impl ShipTracer {
    pub(crate) fn new(sdk: SdkTracer, tickets: Arc<Tickets>, held: Arc<HeldTraces>) -> Self {
        Self { sdk, tickets, held }
    }

    /// What is decided before the trace id is known.
    fn choose(&self, shipped: &Arc<Shipped>, parent: &SpanContext) -> Choice {
        if !parent.is_valid() {
            return Choice::Root(Arc::clone(shipped));
        }
        let record = if parent.is_remote() {
            if shipped.shipping.remote == Remote::Ignore {
                return Choice::Root(Arc::clone(shipped));
            }
            shipped.shipping.keeps
        } else {
            self.held.find(parent.trace_id()).is_some()
        };
        Choice::Given {
            sampled: parent.is_sampled(),
            record,
        }
    }

    /// Notes what was decided with the span that it was decided for.
    fn decided(&self, shipped: &Shipped, parent: &SpanContext, own: &SpanContext, recording: bool) {
        if !recording {
            shipped.set_not_recording();
            shipped.shipping.account.count(shipped.left_out_by(), 1);
            return;
        }
        if own.is_sampled() {
            return;
        }
        if parent.is_valid() && !parent.is_remote() {
            if let Some(trace) = self.held.find(own.trace_id()) {
                shipped.hold(trace, false);
            }
        } else {
            shipped.hold(self.held.open_root(own.trace_id()), true);
        }
    }
}

impl Tracer for ShipTracer {
    type Span = ShippedSpan;

    fn build_with_context(&self, mut builder: SpanBuilder, parent_cx: &Context) -> ShippedSpan {
        let Some(shipped) = self.tickets.redeem(builder.attributes.as_mut()) else {
            // Not one of our layer's spans; nobody else has this tracer.
            return ShippedSpan::unshipped(self.sdk.build_with_context(builder, &Context::new()));
        };
        let shown = &shipped.shipping.shown;
        builder.attributes = builder.attributes.map(|all| {
            all.into_iter()
                .filter_map(|one| shipped.attribute(one))
                .collect()
        });
        builder.name = shown.text(builder.name);
        for event in builder.events.iter_mut().flatten() {
            event.name = shown.text(std::mem::take(&mut event.name));
            let attributes = std::mem::take(&mut event.attributes);
            event.attributes = attributes
                .into_iter()
                .filter_map(|one| shown.redacted(one))
                .collect();
        }
        let parent = parent_cx.span().span_context().clone();
        let choice = self.choose(&shipped, &parent);
        let span = self
            .sdk
            .build_with_context(builder, &parent_cx.with_value(choice));
        ids::began(shipped.number, span.span_context());
        self.decided(&shipped, &parent, span.span_context(), span.is_recording());
        ShippedSpan::new(span, shipped)
    }
}

impl fmt::Debug for ShipTracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShipTracer")
    }
}
