//! How a callsite becomes a readable line on a side channel.
//!
//! `log` hands each record that passes to a sink whose format people read; it
//! may show another level than the record's own. The line itself is made by
//! the sink's worker, never on the thread that fires.

#![forbid(unsafe_code)]

mod output;

pub use output::{Log, Logs};
