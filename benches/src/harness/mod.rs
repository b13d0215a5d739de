//! The harness: a parent that hands out turns, children that each hold one configuration.
//!
//! ```text
//! parent ── "go\n" ──▶ child A   runs for one slot, answers ns per operation
//!        ── "go\n" ──▶ child B   … then the next round
//! ```

pub(crate) mod child;
pub(crate) mod counts;
pub(crate) mod instructions;
pub(crate) mod machine;
pub(crate) mod once;
pub(crate) mod options;
pub(crate) mod profile;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sibling;
pub(crate) mod table;
pub(crate) mod targets;
