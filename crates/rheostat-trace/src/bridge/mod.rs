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
mod verdict;

use tracing_subscriber::Registry;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::Layered;

pub use self::filter::ShipFilter;
pub(crate) use self::filter::{Wanted, Wants};
pub(crate) use self::layer::LayerParts;
pub use self::layer::ShipLayer;
pub(crate) use self::verdict::announce;

/// The bridge on a Registry of its own: what a root is mounted over.
pub type BridgeSubscriber = Layered<BridgeLayer<Registry>, Registry>;

/// The bridge as a layer, for a program that builds the Registry itself.
pub type BridgeLayer<S> = Filtered<ShipLayer<S>, ShipFilter, S>;
