//! The HTTP client that the sinks of this crate share.
//!
//! A sink's factory makes a [`Client`] of the keys that all of them have
//! (`url`, `user`, `password`, `token`, `headers`, `tls`, `compression`); its
//! sink makes [`Call`]s, and asks each [`Answer`] for its verdict unless the
//! server says more than a status.
//!
//! ```text
//! Call ─▶ Client::send ─▶ Ok(Answer) ─▶ Answer::verdict
//!                         Err(Verdict)      (nobody reached, or no answer in time)
//! ```
//!
//! Connections are kept and used again. No secret is in what any of this says:
//! a server is named by host and port, headers are marked as sensitive.

mod answer;
mod client;
mod options;
mod query;

pub(crate) use answer::Answer;
pub(crate) use client::{Call, Client};
pub(crate) use options::refused;
pub(crate) use query::Query;
