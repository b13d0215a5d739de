//! What a callsite does now: the engine, the per-callsite plan, and the traits of outputs and sinks.

// What tests of the library share with tests of the mounts names this crate as the latter do.
#[cfg(test)]
extern crate self as rheostat_core;

pub mod announce;
pub mod callsite;
pub mod callsites;
mod canary;
pub mod capture;
pub mod clock;
mod current;
pub mod engine;
pub mod flow;
pub mod internal;
mod lasting;
pub mod ledger;
pub mod limit;
pub mod log_bridge;
pub mod matcher;
pub mod memory;
pub mod mount;
pub mod names;
pub mod output;
pub mod plan;
pub mod program;
pub mod record;
pub mod scope;
pub mod sink;
mod spans;
mod stack;
pub mod stats;
mod sync;
mod table;
#[cfg(test)]
mod testing;
pub mod value;

pub use callsite::{Callsite, CallsiteId, CallsiteKind};
pub use engine::{Engine, Generation};
pub use output::{MatchedAction, MatchedRule, Output, Staging, StepId};
pub use plan::Planner;
pub use record::Record;
pub use value::Value;
