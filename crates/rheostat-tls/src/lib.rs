//! TLS as the policy's `tls` tables say it: whom a sink trusts, and who it is.
//!
//! All sinks that can speak TLS have the same three keys (`ca`, `cert`, `key`),
//! and [`config()`] reads them. One stack: rustls with ring. Files are read when a
//! policy is applied, so that a missing one is found then.

#![forbid(unsafe_code)]

mod config;

pub use config::config;
pub use rustls::ClientConfig;
