//! Customers by the hundred: a load generator that knows its own numbers.
//!
//! What is asked follows from a seed and a number alone, so the same arguments
//! make the same requests whatever the concurrency. What came back is tallied
//! exactly; the report is JSON, for people and for tests.
//!
//! ```text
//! seed, n ──▶ visit (one or two requests) ──▶ tally ──▶ report
//! ```

mod arguments;
mod client;
mod dice;
mod report;
mod run;
mod tally;
mod visit;

pub use arguments::{Arguments, UsageError};
pub use report::{Latency, OrderCount, Report, RequestCount, Trace};
pub use run::{LoadError, run};
