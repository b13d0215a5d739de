//! The `stream` output, where it is linked.

#[cfg(not(feature = "stream"))]
pub(crate) use rheostat_core::output::Nothing as Streams;
#[cfg(feature = "stream")]
pub use rheostat_stream::Streams;
