//! The policy language as a person would run it by hand, from the specification.
//!
//! No plan, no folding, no capture: every rule is read anew for every record, every
//! value is looked up by name, every text is owned. It shares nothing with the engine's
//! evaluator but the checked policy that both read.

pub(crate) mod eval;
pub(crate) mod glob;
pub(crate) mod limits;
pub(crate) mod number;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod spans;
pub(crate) mod transform;
pub(crate) mod value;
