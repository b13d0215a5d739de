//! Conditions and values as small flat programs, one for each callsite that needs it.
//!
//! ```text
//! Expr ── fold (what the callsite decides) ──▶ Node ── flatten ──▶ Program ── eval ──▶ Value
//! ```
//!
//! Folding and flattening run on the cold path. Evaluating allocates nothing
//! that outlives the record, takes no lock and cannot fail: what does not fit is
//! a missing value.

mod eval;
mod flat;
mod fold;
mod groups;
mod load;
mod node;
mod show;
mod sieve;
mod siphash;
#[cfg(test)]
mod tests;
mod transform;

pub(crate) use eval::{holds, value};
pub use flat::Program;
pub(crate) use fold::{FoldCx, fold, fold_mapped, or_else};
pub(crate) use load::{BuiltInLoad, ErrorSlots, Reach, ScopeLoad};
pub(crate) use node::Node;
pub(crate) use sieve::{Sieve, Sieved};
pub(crate) use siphash::HashKey;
