//! What the tests of mounts stand on: an output that tells, a neighbour that listens, and a way to
//! run one behaviour on every mount, under a global and a scoped subscriber, each in a process of
//! its own.

#![allow(dead_code, reason = "no test file uses all of it")]

mod everywhere;
mod heard;
mod neighbour;
mod world;

pub use everywhere::{Case, Mount, everywhere, on};
pub use heard::Heard;
pub use neighbour::{Neighbour, Told};
pub use world::{World, policy};
