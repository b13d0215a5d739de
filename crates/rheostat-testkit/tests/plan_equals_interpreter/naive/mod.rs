//! The policy language as a person would run it by hand, from the specification.
//!
//! No plan, no folding, no capture: every rule is read anew for every record, every
//! value is looked up by name, every text is owned. It shares nothing with the engine's
//! evaluator but the checked policy that both read.

mod arithmetic;
mod deliver;
mod eval;
mod glob;
mod judge;
mod limits;
mod measure;
mod names;
mod number;
mod rules;
mod run;
mod spans;
mod totals;
mod transform;
mod value;

pub(crate) use run::run;
pub(crate) use totals::Totals;
