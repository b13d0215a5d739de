//! What one callsite does under one policy.
//!
//! ```text
//! CheckedPolicy ── PolicyImage::new ──▶ PolicyImage ── plan(callsite) ──▶ CallsitePlan ── event ──▶ outputs
//! ```
//!
//! An image holds what all callsites share: limiters, counters and deadlines of
//! rules, and what spans are kept for. Whether a callsite is wanted is known when
//! the policy comes into force; its plan is compiled when it first fires after
//! that, once per callsite and policy, and is only read afterwards.

mod callsite_plan;
mod compile;
pub(crate) mod draft;
mod explain;
mod facts;
mod hint;
mod image;
mod judge;
mod keep;
mod keys;
mod measures;
mod own_limits;
mod planner;
mod reads;
mod refusals;
mod review;
mod rule_index;
mod rule_state;
mod samples;
mod short;
mod span_reads;
mod steps;
#[cfg(test)]
mod tests;
mod tests_of_spans;
mod turns;
mod wants;
mod why_not;

pub use callsite_plan::{CallsitePlan, Opened};
pub use explain::{
    Applies, ExplainedAction, ExplainedRule, Explanation, Fate, Never, Silenced, SpanRead, WhyNot,
    explain,
};
pub use image::{Ground, PolicyImage};
pub use keep::KeptBecause;
pub(crate) use measures::Measures;
pub use own_limits::{LimitKeys, OwnLimits};
pub use planner::{Planner, Template};
pub use refusals::Refusals;
pub use review::{Unlent, remembered, unlent, unmatched};
pub use rule_state::RefusedValue;
pub(crate) use tests_of_spans::TestId;
pub use wants::Wants;
