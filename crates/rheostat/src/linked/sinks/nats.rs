//! The sink `nats`, where linked.

#[cfg(not(feature = "sink-nats"))]
pub(super) use super::none as all;
#[cfg(feature = "sink-nats")]
pub(super) use rheostat_sink_nats::all;
