//! Turns the `tracing` calls a program already has into metrics, streams, logs and spans,
//! chosen per callsite by a policy file that is read while the program runs.
//!
//! One line in `main`:
//!
//! ```no_run
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _telemetry = rheostat::init("rheostat.toml")?;
//!     tracing::info!(rows = 7, "loaded");
//!     Ok(())
//! }
//! ```
//!
//! Or around whatever the program has, which keeps working as it did:
//!
//! ```no_run
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! # fn main() -> Result<(), rheostat::InitError> {
//! let own = tracing_subscriber::registry().with(tracing_subscriber::fmt::layer());
//! let _telemetry = rheostat::builder().policy("rheostat.toml").inner(own).init()?;
//! # Ok(())
//! # }
//! ```
//!
//! # What may go wrong, and what then
//!
//! A policy that is wrong at the start is an [`InitError`] with the place, the
//! reason and a way out; one that is wrong later changes nothing: the last good
//! one stays in force, and the finding is shown once on stderr and in the
//! `rheostat_policy_*` metrics. Records that a sink cannot take are counted by
//! rule, sink and cause. Nothing here panics in, waits in, or logs into the
//! program.
//!
//! # Features
//!
//! `metrics`, `stream` and `log` are on by default; `trace` (spans over OTLP) is not. A
//! policy that asks for an action whose feature is off is refused, and told so.

#![forbid(unsafe_code)]

mod builder;
mod environment;
mod error;
mod guard;
mod inventory;
mod json;
mod linked;
mod live;
mod memory;
mod mount;
mod own_metrics;
mod policy;
mod refusal;
mod review;
mod rhythm;
mod running;
mod vocabulary;

pub use builder::{Builder, builder, init};
pub use environment::ProcessEnvironment;
pub use error::InitError;
pub use guard::{Guard, Handle};
#[allow(
    unused_imports,
    unreachable_pub,
    reason = "which outputs a program can name, its features say"
)]
pub use linked::{log::*, metrics::*, stream::*, trace::*};
pub use memory::{MemoryBound, MemoryPart};
pub use policy::Policy;
pub use refusal::Refusal;
pub use rheostat_core::output::{DynOutput, Output};
pub use rheostat_core::sink::{Sink, SinkFactory};
pub use rheostat_queue::FlushReport;
pub use rheostat_reload::{FileSource, News, Source, SourceError, Status, Text, Waker};
