//! The W3C trace context: taken from a caller, handed on to a peer.
//!
//! Both functions do nothing where no OpenTelemetry bridge is installed, so
//! the shop calls them whether or not its policy ships spans.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Makes `span` a child of the span that the headers name, if they name one.
pub(crate) fn continue_trace(span: &Span, headers: &HeaderMap) {
    let remote = TraceContextPropagator::new().extract(&Incoming(headers));
    if remote.span().span_context().is_valid() {
        // Refused where no bridge keeps this span: then there is no trace to continue.
        let _ = span.set_parent(remote);
    }
}

/// The headers that let a peer continue the trace of the current span.
pub(crate) fn outgoing_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let current = Span::current().context();
    TraceContextPropagator::new().inject_context(&current, &mut Outgoing(&mut headers));
    headers
}

struct Incoming<'a>(&'a HeaderMap);

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Outgoing<'a>(&'a mut HeaderMap);

impl Injector for Outgoing<'_> {
    fn set(&mut self, key: &str, value: String) {
        let name = HeaderName::try_from(key);
        let value = HeaderValue::try_from(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            self.0.insert(name, value);
        }
    }
}
