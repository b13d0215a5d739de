//! Records of the `log` crate: judged by their real target, module, file and line.
//!
//! Our own `log::Log` asks the policy's table, never `Dispatch::enabled`, whose
//! answers lie about in the thread for the next record. Where there are other
//! subscribers or layers, they get the record as they would from a `LogTracer`.
//! Where a program has installed a `LogTracer` itself, its events are recognised
//! and judged in the same way; only the level kept by `log` is then its affair.

mod logger;
mod sites;
mod traced;

pub use logger::{Taken, install};
pub(crate) use logger::{adjust_max_level, is_forwarding};
pub(crate) use sites::{Source, describe, site};
pub(crate) use traced::{is_log_event, source_of};
