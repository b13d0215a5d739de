//! StatsD: metrics as short lines, several to a datagram.
//!
//! What came since the last report goes out: counters and the buckets of
//! histograms as `c`, gauges as `g` where they changed, or histograms as one
//! timer for each bucket. A line is never divided, and the lines of one series
//! stay together where a datagram has room for them.

mod factory;
mod line;
mod sink;

pub use factory::StatsdSinks;
pub(crate) use line::{Dialect, Distributions, Lines};
pub(crate) use sink::StatsdSink;

#[cfg(test)]
mod tests;
