//! What a callsite does now: the engine, the per-callsite plan, and the traits of outputs and sinks.

pub mod announce;
pub mod callsite;
pub mod callsites;
pub mod capture;
pub mod clock;
mod current;
pub mod flow;
pub mod internal;
pub mod ledger;
pub mod limit;
mod matcher;
pub mod names;
pub mod output;
pub mod plan;
pub mod program;
pub mod record;
pub mod scope;
pub mod sink;
mod spans;
mod sync;
mod table;
pub mod value;

pub use callsite::{Callsite, CallsiteId, CallsiteKind};
pub use output::{MatchedAction, MatchedRule, Output, Staging, StepId};
pub use plan::Planner;
pub use record::Record;
pub use value::Value;
