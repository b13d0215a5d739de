//! Which trace a record belongs to, where something that knows is linked.

use std::sync::OnceLock;

use crate::scope::OpenSpan;

/// The ids of a span in its trace. Never invented: only where such a span exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceIds {
    /// The trace.
    pub trace_id: u128,
    /// The span in it.
    pub span_id: u64,
}

/// Whatever knows the trace of a span.
pub trait TraceIdSource: Send + Sync + 'static {
    /// The ids of the nearest span of a trace, from this one outward; without one: of the calling thread's
    /// current context. Runs on the program's own threads: it must not lock, block, log or panic.
    fn trace_ids(&self, span: Option<&dyn OpenSpan>) -> Option<TraceIds>;
}

static SOURCE: OnceLock<&'static dyn TraceIdSource> = OnceLock::new();

/// Names what knows traces, once for the process; a later call changes nothing and returns `false`.
pub fn set_trace_ids(source: &'static dyn TraceIdSource) -> bool {
    SOURCE.set(source).is_ok()
}

/// Whether something that knows traces is linked.
pub fn knows_traces() -> bool {
    SOURCE.get().is_some()
}

pub(crate) fn of(span: Option<&dyn OpenSpan>) -> Option<TraceIds> {
    SOURCE.get()?.trace_ids(span)
}
