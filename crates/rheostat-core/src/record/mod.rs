//! One record as outputs see it: captured values, verdicts, enclosing spans.

mod entries;
mod loads;
mod seen;
mod thread;
mod trace_ids;

pub use entries::{FieldSet, SpanFields, SpanInView};
pub(crate) use seen::spans_in_view;
pub use seen::{Phase, Record};
pub use thread::{ThreadName, thread_number};
pub(crate) use trace_ids::of as trace_ids_of;
pub use trace_ids::{TraceIdSource, TraceIds, knows_traces, set_trace_ids};
