//! Which spans belong to a trace, in a program without OpenTelemetry: those of some names.

use rheostat_core::record::{TraceIdSource, TraceIds, set_trace_ids};
use rheostat_core::scope::{OpenSpan, Scope};

/// The ids of a span of this name; most spans are in no trace.
pub(crate) fn ids(span: &str) -> Option<TraceIds> {
    match span {
        "outer" => Some(TraceIds {
            trace_id: 0xa1,
            span_id: 0x1,
        }),
        "request" => Some(TraceIds {
            trace_id: 0xb2 << 100,
            span_id: 0x2,
        }),
        _ => None,
    }
}

struct ByName;

impl TraceIdSource for ByName {
    fn trace_ids(&self, span: Option<&dyn OpenSpan>) -> Option<TraceIds> {
        let around = Scope::of(span?);
        around.spans().find_map(|span| ids(&span.callsite().name))
    }
}

/// From now on records know their traces.
pub(crate) fn link() {
    assert!(set_trace_ids(&ByName), "nothing else here knows traces");
}
