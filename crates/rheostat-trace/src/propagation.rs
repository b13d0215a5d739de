//! W3C trace context: continuing a caller's trace, and letting the callee continue ours.
//!
//! Two functions over closures, so that any map of headers will do, of any
//! version of any crate:
//!
//! ```
//! use std::collections::HashMap;
//!
//! # let incoming: HashMap<String, String> = HashMap::new();
//! # let mut outgoing: HashMap<String, String> = HashMap::new();
//! let span = tracing::info_span!("request");
//! rheostat_trace::continue_from(&span, |name| incoming.get(name).map(String::as_str));
//! let _entered = span.enter();
//! rheostat_trace::inject_current(|name, value| {
//!     outgoing.insert(name.to_owned(), value);
//! });
//! ```

use std::marker::PhantomData;

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use rheostat_core::mount::is_ours;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Makes a span continue the trace that these headers name (`traceparent`, `tracestate`).
///
/// To be called before the span is entered. It does nothing for a span that is
/// not shipped, or without the headers; the answer says whether it did something.
pub fn continue_from<'h>(span: &Span, get: impl Fn(&str) -> Option<&'h str>) -> bool {
    let context = extract(get);
    opentelemetry::trace::TraceContextExt::has_active_span(&context)
        && !span.id().is_some_and(|id| is_ours(&id))
        && span.set_parent(context).is_ok()
}

/// The context that these headers name; an empty one where they name none.
pub fn extract<'h>(get: impl Fn(&str) -> Option<&'h str>) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(get, PhantomData))
}

/// Writes the headers by which a callee continues the trace of the current span; none outside a trace.
pub fn inject_current(set: impl FnMut(&str, String)) {
    Context::map_current(|context| inject(context, set));
}

/// Writes the headers by which a callee continues the trace of this context.
pub fn inject(context: &Context, set: impl FnMut(&str, String)) {
    TraceContextPropagator::new().inject_context(context, &mut Setter(set));
}

struct Headers<'h, F>(F, PhantomData<&'h str>);

impl<'h, F: Fn(&str) -> Option<&'h str>> Extractor for Headers<'h, F> {
    fn get(&self, key: &str) -> Option<&str> {
        (self.0)(key)
    }

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }
}

struct Setter<F>(F);

impl<F: FnMut(&str, String)> Injector for Setter<F> {
    fn set(&mut self, key: &str, value: String) {
        (self.0)(key, value);
    }
}
