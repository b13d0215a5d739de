//! Spans over OTLP, where they are linked.

#[cfg_attr(feature = "trace", path = "on.rs")]
#[cfg_attr(not(feature = "trace"), path = "off.rs")]
mod choice;

#[allow(
    unused_imports,
    unreachable_pub,
    reason = "what a program can name of it, a feature says"
)]
pub use choice::*;
