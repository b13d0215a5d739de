//! Metrics, and the address they are served at, where they are linked.

#[cfg_attr(feature = "metrics", path = "on.rs")]
#[cfg_attr(not(feature = "metrics"), path = "off.rs")]
mod part;

pub use part::*;
