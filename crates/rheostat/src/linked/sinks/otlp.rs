//! The sink `otlp` for records and metrics, where linked.

#[cfg(not(feature = "sink-otlp"))]
pub(super) use super::none as all;
#[cfg(feature = "sink-otlp")]
pub(super) use rheostat_sink_otlp::all;
