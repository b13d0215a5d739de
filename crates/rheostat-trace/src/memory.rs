//! The most memory of spans that wait for `keep`.

use opentelemetry_sdk::trace::SpanData;
use rheostat_policy::CheckedPolicy;

use crate::held::MOST_SPANS;

/// The most memory of spans that wait until their local root closes; 0 where no action has a `keep`.
///
/// A span is taken to hold as much as a record may.
pub fn most_held(policy: &CheckedPolicy) -> u64 {
    let mut actions = policy.rules.iter().flat_map(|rule| &rule.actions);
    if !actions.any(|action| action.args.get("keep").is_some()) {
        return 0;
    }
    let each = size_of::<SpanData>() as u64 + policy.defaults.max_record;
    MOST_SPANS as u64 * each
}

/// How many spans those are.
pub fn most_held_spans() -> u64 {
    MOST_SPANS as u64
}
