//! What tests of plans stand on: policies from text, callsites and spans by hand, an output that tells.

mod callsites;
mod evaluate;
mod policy;
mod spans;
#[allow(dead_code, reason = "tests of the mounts ask for more of it")]
mod telling;
mod world;

pub(crate) use callsites::{event, span};
pub(crate) use evaluate::{evaluated, expression};
pub(crate) use policy::policy;
pub(crate) use spans::FakeSpan;
pub(crate) use telling::Telling;
pub(crate) use world::World;
