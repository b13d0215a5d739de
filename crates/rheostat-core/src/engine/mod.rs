//! The engine: one policy in force at a time, its table of plans, and how it is replaced.
//!
//! Mounts bring what fires; the engine finds the callsite's plan and runs it. A
//! policy is applied in two phases: everything that may fail is staged first and
//! changes nothing; then one pointer is swapped, `tracing`'s cached interests are
//! computed anew, and the outputs are told. What was replaced is freed when its
//! last reader has left.

mod apply;
mod core;
mod fire;
mod interest;
mod inventory;
mod log;
mod register;
mod snapshot;
mod span;
mod status;

pub use self::core::{Engine, Options};
pub use apply::Generation;
pub use inventory::Listed;
pub use status::{RuleStatus, Status};

pub(crate) use fire::Around;
pub(crate) use interest::Mark;
