//! Codes: the stable identity of each kind of finding.
//!
//! A code is never reused and never changes its meaning. The tables stand
//! by the hundreds of their numbers; this module is where they meet.

pub mod analysis;
mod code;
pub mod file;
pub mod live;
pub mod metrics;
pub mod selectors;
pub mod sinks;
pub mod structure;

pub use code::{Code, NOT_IN_THIS_BUILD, all, find};

pub(crate) use code::{error, note, warning};
