//! The HTTP client that sinks share, and gRPC over it.
//!
//! A sink's factory makes a [`Client`] of the keys that all of them have
//! (`url`, `user`, `password`, `token`, `headers`, `tls`, `compression`); its
//! sink makes [`Call`]s, and asks each [`Answer`] for its verdict unless the
//! server says more than a status. [`Grpc`] is the same for servers that are
//! spoken to by gRPC: one message there, one back.
//!
//! ```text
//! Call ─▶ Client::send ─▶ Ok(Answer) ─▶ Answer::verdict
//!                         Err(Verdict)      (nobody reached, or no answer in time)
//! ```
//!
//! Connections are kept and used again. No secret is in what any of this says:
//! a server is named by host and port, headers are marked as sensitive.

#![forbid(unsafe_code)]

mod answer;
mod client;
mod connect;
mod grpc;
mod options;
mod pack;
mod query;
mod status;

pub use answer::{Answer, shown};
pub use client::{Call, Client};
pub use grpc::Grpc;
pub use options::refused;
pub use query::Query;
pub use status::{Code, GrpcStatus};
