//! What tests of plans stand on: policies from text, callsites and spans by hand, an output that tells.

mod callsites;
mod evaluate;
mod spans;
mod telling;
mod world;

pub(crate) use callsites::{event, span};
pub(crate) use evaluate::{evaluated, expression};
pub(crate) use spans::FakeSpan;
pub(crate) use telling::Telling;
pub(crate) use world::{World, policy};
