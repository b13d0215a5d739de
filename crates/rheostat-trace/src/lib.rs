//! How a callsite becomes a span in Jaeger: the bridge to OpenTelemetry.

#![deny(unsafe_code)]

mod bridge;
mod export;
mod held;
mod hide;
mod ids;
mod judged;
mod options;
mod output;
mod pipe;
mod processor;
mod propagation;
mod resource;
mod sampler;
mod service;
mod shipped;
mod shipping;
mod span;
mod staged;
mod ticket;
mod tracer;
mod wants;

pub use bridge::{BridgeLayer, BridgeSubscriber, ShipFilter, ShipLayer};
pub use ids::{OpenTelemetryIds, current_trace_ids};
pub use options::TraceOptions;
pub use output::{TracePlan, Traces};
pub use propagation::{continue_from, extract, inject, inject_current};
pub use service::{SinkStats, TraceStats};
pub use staged::TraceStaged;

#[cfg(test)]
mod tests;
