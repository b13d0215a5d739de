//! Prometheus remote write, version 1: totals pushed to whoever stores them.
//!
//! Every report is a moment: each series with its total at that time, and a
//! stale marker for a series that left. Times of one series only go up, because
//! a receiver takes nothing older than what it has.

mod factory;
mod labels;
mod series;
mod sink;
mod stamps;
#[cfg(test)]
mod tests;
mod wire;

pub use factory::RemoteWriteSinks;
