//! Sinks over HTTP, where linked.

#[cfg(not(feature = "sinks-http"))]
pub(super) use super::none as all;
#[cfg(feature = "sinks-http")]
pub(super) use rheostat_sink_http::all;
