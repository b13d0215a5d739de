//! Our layer around that of `tracing-opentelemetry`.
//!
//! It hands on what it gets, but for a new span: that is handed on without its
//! values, which follow as if they were recorded a moment later. For the layer
//! inside visits a new span's values while it holds a lock on the span, and a
//! `Debug` of the program's that panics there would break the span for good; a
//! `record` is visited before any lock is taken. So a panic can be caught, and
//! is counted.

use std::any::TypeId;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rheostat_core::flow::in_child;
use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::subscriber::{Interest, Subscriber};
use tracing_core::{Event, Metadata};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::verdict;
use crate::judged::Judged;
use crate::shipped::Shipped;
use crate::ticket::{self, Tickets};
use crate::tracer::ShipTracer;

/// The layer that makes OpenTelemetry spans of the spans that are shipped.
pub struct ShipLayer<S> {
    inner: OpenTelemetryLayer<S, ShipTracer>,
    parts: LayerParts,
}

/// What the layer shares with the rest.
#[derive(Clone)]
pub(crate) struct LayerParts {
    pub(crate) tickets: Arc<Tickets>,
    pub(crate) judged: Arc<Judged>,
    /// How often a `Debug` or `Display` of the program's panicked.
    pub(crate) panics: Arc<AtomicU64>,
}

impl<S> ShipLayer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    pub(crate) fn new(tracer: ShipTracer, parts: LayerParts) -> Self {
        Self {
            inner: OpenTelemetryLayer::new(tracer),
            parts,
        }
    }

    /// Values of the program's are formatted in here.
    fn guarded(&self, run: impl FnOnce()) {
        if catch_unwind(AssertUnwindSafe(run)).is_err() {
            // A count, read for no other memory.
            self.parts.panics.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl<S> Layer<S> for ShipLayer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attrs: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let Some(shipped) = verdict::take(&attrs.metadata().callsite()) else {
            // A span of the host's own filter, or one handed inside without a verdict: not ours to ship.
            return;
        };
        let metadata = attrs.metadata();
        let nothing = metadata.fields().value_set(&[]);
        let bare = match attrs.parent() {
            Some(parent) => Attributes::child_of(parent.clone(), metadata, &nothing),
            None if attrs.is_contextual() => Attributes::new(metadata, &nothing),
            None => Attributes::new_root(metadata, &nothing),
        };
        self.inner.on_new_span(&bare, id, cx.clone());
        if let Some(span) = cx.span(id) {
            span.extensions_mut().insert(Arc::clone(&shipped));
        }
        if shipped.shipping.keeps {
            self.parts.judged.opened(&shipped);
        }
        self.guarded(|| {
            self.inner
                .on_record(id, &Record::new(attrs.values()), cx.clone())
        });
        let fields = ticket::fields();
        if let Some(field) = fields.iter().next() {
            let number = self.parts.tickets.issue(shipped);
            let values = [(&field, Some(&number as &dyn tracing_core::field::Value))];
            self.inner
                .on_record(id, &Record::new(&fields.value_set(&values)), cx);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        let Some(shipped) = shipped_of(id, &cx) else {
            return;
        };
        self.guarded(|| {
            self.inner.on_record(id, values, cx);
            values.record(&mut LateName(&shipped));
        });
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, cx: Context<'_, S>) {
        self.inner.on_follows_from(id, follows, cx);
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        self.guarded(|| self.inner.on_event(event, cx));
    }

    fn on_enter(&self, id: &Id, cx: Context<'_, S>) {
        self.inner.on_enter(id, cx);
    }

    fn on_exit(&self, id: &Id, cx: Context<'_, S>) {
        self.inner.on_exit(id, cx);
    }

    fn on_close(&self, id: Id, cx: Context<'_, S>) {
        let shipped = shipped_of(&id, &cx).filter(|_| !in_child());
        self.inner.on_close(id, cx);
        if let Some(shipped) = shipped.filter(|shipped| shipped.shipping.keeps) {
            self.parts.judged.closed(&shipped);
        }
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.inner.register_callsite(metadata)
    }

    // SAFETY: the pointers are to `self` and to what it owns, and live as long as it does.
    #[expect(
        unsafe_code,
        reason = "the context of OpenTelemetrySpanExt is found by no other way"
    )]
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            return Some(std::ptr::from_ref(self).cast());
        }
        // SAFETY: the caller's promise is passed on.
        unsafe { self.inner.downcast_raw(id) }
    }
}

impl<S> fmt::Debug for ShipLayer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShipLayer")
    }
}

fn shipped_of<S>(id: &Id, cx: &Context<'_, S>) -> Option<Arc<Shipped>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    cx.span(id)?.extensions().get::<Arc<Shipped>>().cloned()
}

/// Finds `otel.name` among recorded values: the layer inside forgets it once the span has begun.
struct LateName<'a>(&'a Shipped);

impl Visit for LateName<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "otel.name" {
            self.0.rename(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "otel.name" {
            self.0.rename(format!("{value:?}"));
        }
    }
}
