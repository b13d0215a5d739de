//! Which callsites a rule's selectors accept: decided once per callsite.

mod rule;
mod selector;

use rheostat_policy::model::{Action, Rule};

use crate::callsite::Callsite;

pub(crate) use rule::{acts, could_match, is_excepted, is_matched};
pub(crate) use selector::{accepts, refusing_keys, verbosity};

/// Whether an action can act on records of a callsite, by what its rule says of the code alone.
///
/// For outputs that are asked about a callsite by somebody else than the engine.
pub fn can_act(rule: &Rule, action: &Action, callsite: &Callsite) -> bool {
    rule.enabled
        && is_matched(rule, callsite)
        && !is_excepted(rule, callsite)
        && acts(rule, action.selects, callsite)
}
