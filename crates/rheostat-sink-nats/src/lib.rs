//! The sink `nats`: records and metrics as messages of NATS.
//!
//! ```text
//! Batch ─▶ message.rs ─▶ Outgoing ─▶ publish.rs ─▶ Outcome of each ─▶ verdict.rs ─▶ Verdict
//!                                        │
//!                                 connection.rs   one client, let go after whatever leaves it in doubt
//! ```
//!
//! Of JetStream each message is acknowledged, a batch together. Core NATS
//! acknowledges nothing: a question that the server answers after the batch
//! tells that it read all of it.

#![forbid(unsafe_code)]

mod connection;
mod factory;
mod message;
mod metrics;
mod options;
mod publish;
mod sink;
mod stream;
mod subject;
mod verdict;

pub use factory::{NatsSinks, all};
