//! How a callsite becomes a span in Jaeger: the bridge to OpenTelemetry.
//!
//! [`Traces`] is the output behind `trace`. It judges a span when it opens; the
//! OpenTelemetry span is made by a bridge that stands inside the root, so that
//! a program's own use of OpenTelemetry goes on working. All that follows
//! OpenTelemetry's releases is in this crate.
//!
//! ```text
//! rule holds at open ─▶ bridge ─▶ tracer: is the trace sampled? ─┬─▶ pipe ─▶ collector, file
//!                                                                └─▶ held until the local root closes
//! ```
//!
//! What it costs: a callsite that no `trace` rule names costs nothing; a span
//! that is shipped costs about a microsecond on the caller's thread, which is
//! what `tracing-opentelemetry` costs; encoding and sending happen on a thread
//! of ours. What is bounded: each sink's queue by its `buffer`, traces that
//! wait for `keep` by 10,000 spans and 30 seconds. What is lost is counted.
//!
//! There is no unsafe code but in two methods, by which `OpenTelemetrySpanExt`
//! finds the layer inside ours, and that layer its Registry;
//! `tracing-subscriber` offers no safe way.

#![deny(unsafe_code)]

mod bridge;
mod dropped;
mod export;
mod held;
mod hide;
mod ids;
mod judged;
mod memory;
mod options;
mod output;
mod pipe;
mod processor;
mod propagation;
mod sampler;
mod service;
mod shipped;
mod shipping;
mod span;
mod staged;
mod ticket;
mod tracer;
mod wants;

pub use bridge::{BridgeLayer, BridgeSpans, BridgeSubscriber, ShipFilter, ShipLayer};
pub use ids::{OpenTelemetryIds, current_trace_ids};
pub use memory::{most_held, most_held_spans};
pub use options::TraceOptions;
pub use output::{TracePlan, Traces};
pub use propagation::{continue_from, extract, inject, inject_current};
pub use service::{SinkStats, TraceStats};
pub use staged::TraceStaged;

#[cfg(test)]
mod tests;
