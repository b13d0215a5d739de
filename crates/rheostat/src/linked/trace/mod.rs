//! Spans over OTLP, where they are linked.

#[cfg_attr(feature = "trace", path = "on.rs")]
#[cfg_attr(not(feature = "trace"), path = "off.rs")]
mod choice;

pub(crate) use choice::{Inner, Part, flush, inner, part, shutdown};
