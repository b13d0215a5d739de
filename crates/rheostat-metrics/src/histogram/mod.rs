//! Distributions: where a value is counted, and what is shown of it.

mod explicit;
mod exponential;
mod native;

pub(crate) use explicit::bucket;
pub(crate) use exponential::Exponential;
pub use native::{NativeHistogram, Span};
