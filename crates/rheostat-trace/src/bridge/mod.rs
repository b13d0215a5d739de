//! The bridge: `tracing-opentelemetry` on a Registry, as the inner subscriber of our root.
//!
//! ```text
//! root ── span_open judged ──▶ Traces ── verdict, on this thread ──┐
//!   └──── inner `enabled`? ──▶ ShipFilter ◀────────────────────────┘
//!   └──── new_span, … ───────▶ ShipLayer ──▶ OpenTelemetryLayer ──▶ ShipTracer
//! ```
//!
//! A program's own use of OpenTelemetry (`OpenTelemetrySpanExt`, W3C headers)
//! goes on working, because it finds the same layer that it would find without
//! Rheostat.

mod filter;
mod layer;
mod spans;
mod stack;
mod verdict;

pub use self::filter::ShipFilter;
pub(crate) use self::filter::{Wanted, Wants};
pub(crate) use self::layer::LayerParts;
pub use self::layer::ShipLayer;
pub use self::spans::BridgeSpans;
pub use self::stack::{BridgeLayer, BridgeSubscriber};
pub(crate) use self::verdict::announce;
