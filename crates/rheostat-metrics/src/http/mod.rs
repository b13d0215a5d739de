//! The address a scraper reads from: `/metrics`, on a thread and a runtime of its own.
//!
//! Nothing here runs on the program's threads but [`Endpoint::prepare`] and
//! [`Endpoint::commit`], and nothing that the server's thread does is fed back as
//! telemetry: it is marked when it starts. A slow reader costs a connection out of
//! a bounded number; recording never waits for one.

mod connection;
mod endpoint;
mod guard;
mod listener;
mod route;
mod server;

pub use endpoint::{BindError, Endpoint, Listen, Prepared};
