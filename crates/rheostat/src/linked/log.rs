//! The `log` output, where it is linked.

#[cfg(not(feature = "log"))]
pub(crate) use rheostat_core::output::Nothing as Logs;
#[cfg(feature = "log")]
pub use rheostat_log::Logs;
