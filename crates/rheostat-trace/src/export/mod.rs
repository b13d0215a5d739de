//! How a batch of spans reaches its sink.
//!
//! The messages and the gRPC client are those of `opentelemetry-proto`. The
//! exporters of `opentelemetry-otlp` are not used: they give a failure as a
//! text without its cause, and keep to themselves how many spans of a batch the
//! collector refused, so that neither a retry nor a count could be right.

mod exporter;
mod file;
mod grpc;
mod http;

pub(crate) use exporter::{Answer, Exporter};
pub(crate) use file::open as open_file;
pub(crate) use grpc::check as check_grpc;
pub(crate) use http::check as check_http;
