//! What a callsite does now: the engine, the per-callsite plan, and the traits of outputs and sinks.

pub mod callsite;
pub mod output;
pub mod plan;
pub mod record;
pub mod sink;
pub mod value;

pub use callsite::{Callsite, CallsiteId, CallsiteKind};
pub use output::{MatchedAction, MatchedRule, Output, Staging, StepId};
pub use plan::Planner;
pub use record::Record;
pub use value::Value;
