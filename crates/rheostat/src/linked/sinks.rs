//! The sink types that this build links.

use std::sync::Arc;

use rheostat_core::sink::SinkFactory;

/// Local ones always, the others by feature.
pub(crate) fn sinks() -> Vec<Arc<dyn SinkFactory>> {
    let local = rheostat_sink_local::all();
    #[cfg(feature = "sinks-http")]
    let local = local.into_iter().chain(rheostat_sink_http::all());
    #[cfg(feature = "sink-nats")]
    let local = local.into_iter().chain(rheostat_sink_nats::all());
    local.into_iter().collect()
}
