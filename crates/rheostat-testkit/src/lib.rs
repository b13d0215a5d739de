//! Tests a policy, an output or a sink.
//!
//! **A policy**: [`check()`] runs a piece of program under a policy and gives
//! what came of it as data. Nothing is installed for the process, nothing is
//! written anywhere, so such tests run side by side.
//!
//! ```
//! let seen = rheostat_testkit::check(
//!     r#"
//!     version = 1
//!     [[rules]]
//!     match = { target = "app::db" }
//!     count = { metric = "db_events_total", labels = ["table"] }
//!     "#,
//!     || tracing::info!(target: "app::db", table = "orders", rows = 7),
//! );
//! assert_eq!(seen.counter("db_events_total", &[("table", "orders")]), 1);
//! ```
//!
//! **A whole program**: a [`Kit`] is the engine with its outputs, and the
//! queues with sinks of your choice, on any [`Mount`]; it reads counters and
//! the ledger back.
//!
//! **A sink**: [`mock::sink`] stands in for one and says whether what was
//! expected arrived; [`contract`] is what every sink is held to; [`reference`](mod@reference)
//! is a sink with a server that goes wrong as asked; [`real`] starts real servers,
//! and a [`relay`] before one spoils what goes through it.

#![forbid(unsafe_code)]

mod caught;
mod check;
pub mod contract;
mod kit;
pub mod mock;
mod mount;
pub mod process;
pub mod real;
pub mod reference;
pub mod relay;
pub mod secrets;
mod seen;

pub use check::{check, policy};
pub use kit::{Kit, Outputs};
pub use mount::Mount;
pub use seen::{Seen, SeenRecord};
