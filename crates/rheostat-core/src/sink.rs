//! Where records go: sinks, and the entrances to them.

use std::sync::Arc;

use rheostat_policy::model::SinkId;

/// The entrances to the sinks of one policy.
pub trait Taps {
    /// The entrance to a sink of the policy being staged.
    fn tap(&self, sink: SinkId) -> Option<Arc<dyn Tap>>;
}

/// The bounded entrance to one sink.
pub trait Tap: Send + Sync + 'static {}

/// A policy without sinks.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTaps;

impl Taps for NoTaps {
    fn tap(&self, _sink: SinkId) -> Option<Arc<dyn Tap>> {
        None
    }
}
