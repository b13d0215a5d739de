//! The pricing service: the shop's client of it, and a small one to talk to.

mod client;
mod peer;

pub(crate) use client::{PricingClient, Quote};
pub(crate) use peer::router;
