//! The bridge and the way out, under a root of the tests' own instead of the engine's.

mod collector;
mod export;
mod full;
mod keep;
mod mini;
mod parents;
mod sampling;
mod shown;

use std::time::SystemTime;

use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry_sdk::trace::SpanData;
use rheostat_policy::glob::{Glob, GlobKind};

/// A glob over names of fields.
fn glob(text: &str) -> Glob {
    Glob::parse(text, GlobKind::Field).expect("a glob")
}

/// A finished span of this trace.
fn span_data(trace: u128) -> SpanData {
    let now = SystemTime::now();
    SpanData {
        span_context: SpanContext::new(
            TraceId::from(trace),
            SpanId::from(1),
            TraceFlags::default(),
            false,
            TraceState::default(),
        ),
        parent_span_id: SpanId::INVALID,
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: "made".into(),
        start_time: now,
        end_time: now,
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        events: Default::default(),
        links: Default::default(),
        status: Status::Unset,
        instrumentation_scope: Default::default(),
    }
}
