//! An OpenTelemetry span that shows what its rule shows, and ends where its rule sends it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span, SpanContext, Status};
use opentelemetry_sdk::trace::Span as SdkSpan;
use rheostat_core::flow::in_child;

use crate::shipped::Shipped;

thread_local! {
    /// The span that ends now on this thread: the processor is called inside `end`, and is told no more
    /// than the span's data.
    static ENDING: RefCell<Option<Arc<Shipped>>> = const { RefCell::new(None) };
}

/// The span that ends now on this thread.
pub(crate) fn ending() -> Option<Arc<Shipped>> {
    // After the thread-local is gone nothing can end any more.
    ENDING
        .try_with(|ending| ending.borrow_mut().take())
        .ok()
        .flatten()
}

/// One span of ours.
#[derive(Debug)]
pub(crate) struct ShippedSpan {
    sdk: SdkSpan,
    /// Gone once it ended.
    shipped: Option<Arc<Shipped>>,
}

impl ShippedSpan {
    pub(crate) fn new(sdk: SdkSpan, shipped: Arc<Shipped>) -> Self {
        Self {
            sdk,
            shipped: Some(shipped),
        }
    }

    /// A span that goes nowhere.
    pub(crate) fn unshipped(sdk: SdkSpan) -> Self {
        Self { sdk, shipped: None }
    }

    fn text(&self, text: Cow<'static, str>) -> Cow<'static, str> {
        match &self.shipped {
            Some(shipped) => shipped.shipping.shown.text(text),
            None => text,
        }
    }
}

impl Span for ShippedSpan {
    fn add_event_with_timestamp<T>(
        &mut self,
        name: T,
        timestamp: SystemTime,
        mut attributes: Vec<KeyValue>,
    ) where
        T: Into<Cow<'static, str>>,
    {
        if let Some(shipped) = &self.shipped {
            let shown = &shipped.shipping.shown;
            attributes = attributes
                .into_iter()
                .filter_map(|one| shown.redacted(one))
                .collect();
        }
        let name = self.text(name.into());
        self.sdk
            .add_event_with_timestamp(name, timestamp, attributes);
    }

    fn span_context(&self) -> &SpanContext {
        self.sdk.span_context()
    }

    fn is_recording(&self) -> bool {
        self.sdk.is_recording()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        let Some(shipped) = &self.shipped else {
            return;
        };
        if let Some(attribute) = shipped.attribute(attribute) {
            self.sdk.set_attribute(attribute);
        }
    }

    fn set_status(&mut self, status: Status) {
        let status = match status {
            Status::Error { description } => Status::error(self.text(description)),
            other => other,
        };
        self.sdk.set_status(status);
    }

    fn update_name<T>(&mut self, new_name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        let name = self.text(new_name.into());
        self.sdk.update_name(name);
    }

    fn add_link(&mut self, span_context: SpanContext, attributes: Vec<KeyValue>) {
        self.sdk.add_link(span_context, attributes);
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        let Some(shipped) = self.shipped.take().filter(|_| !in_child()) else {
            return;
        };
        if let Some(name) = shipped.name() {
            let name = shipped.shipping.shown.text(name);
            self.sdk.update_name(name);
        }
        let ours = Arc::clone(&shipped);
        let told = ENDING
            .try_with(|ending| *ending.borrow_mut() = Some(ours))
            .is_ok();
        // The bridge says when the span was last left. A child may be left later, on another thread
        // (sqlx enters its caller's span on a thread of its own), but it closes before its parent does: so
        // a span ends when it closes, as `@duration` says, and children's times lie inside their parents'.
        self.sdk
            .end_with_timestamp(timestamp.max(SystemTime::now()));
        if told {
            // The processor took it, unless the span was not recording.
            drop(ending());
        }
        shipped.end();
    }
}

impl Drop for ShippedSpan {
    fn drop(&mut self) {
        if self.shipped.is_some() {
            self.end_with_timestamp(SystemTime::now());
        }
    }
}
