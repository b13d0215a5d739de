//! What the tests of mounts stand on: an output that tells, a neighbour that listens, and a way to
//! run one behaviour on every mount, under a global and a scoped subscriber, each in a process of
//! its own.

#![allow(dead_code, unused_imports, reason = "no test file uses all of it")]

mod everywhere;
mod neighbour;
#[path = "../../src/testing/policy.rs"]
mod policy;
#[path = "../../src/testing/telling.rs"]
mod telling;
mod world;

pub(crate) use everywhere::{Case, Mount, everywhere, on};
pub(crate) use neighbour::{Neighbour, Told};
pub(crate) use policy::policy;
pub(crate) use telling::Telling;
pub(crate) use world::World;
