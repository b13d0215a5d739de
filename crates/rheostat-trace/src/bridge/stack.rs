//! The bridge's types, as a host has to name them.

use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::Layered;

use super::filter::ShipFilter;
use super::layer::ShipLayer;
use super::spans::BridgeSpans;

/// The bridge on a Registry of its own: what a root is mounted over.
pub type BridgeSubscriber = Layered<BridgeLayer<BridgeSpans>, BridgeSpans>;

/// The bridge as a layer, for a program that builds the Registry itself.
pub type BridgeLayer<S> = Filtered<ShipLayer<S>, ShipFilter, S>;
