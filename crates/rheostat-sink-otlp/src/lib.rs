//! Records as OTLP logs and metrics as OTLP metrics, for collectors and those like them.
//!
//! [`OtlpSinks`] makes the sinks behind `type = "otlp"`; the queue hands them
//! records and metrics as it does to all sinks. Spans go to the same address by
//! another way, because they wait for their traces (`rheostat-trace`): they
//! share the [`Client`], and what is said of this process ([`resource`](fn@resource)).
//!
//! ```text
//! queue ─▶ Otlp ─▶ logs, metrics ─▶ Client ─▶ gRPC, HTTP/protobuf, or lines of OTLP JSON
//!                           spans ────┘
//! ```
//!
//! A batch is one request. Nothing is *delivered* before the collector said so;
//! of what it takes in part it tells the number, and nobody can tell which.

#![forbid(unsafe_code)]

mod client;
mod factory;
mod gap;
mod lines;
mod logs;
mod metrics;
mod partial;
mod resource;
mod sink;
mod value;

pub use client::{Client, Signal};
pub use factory::{OtlpSinks, all};
pub use resource::resource;
