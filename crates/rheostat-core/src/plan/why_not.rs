//! Why a rule does not apply to a callsite.

use rheostat_policy::model::{Rule, RuleId};

use super::draft::Draft;
use super::explain::{Silenced, WhyNot, parts};
use crate::matcher;

/// The first reason, in the order in which a rule is asked.
pub(super) fn why_not(
    draft: &mut Draft<'_>,
    rule: &Rule,
    dropped_by: Option<RuleId>,
    silenced: &[Silenced],
) -> WhyNot {
    let callsite = draft.callsite;
    if !rule.enabled {
        return WhyNot::Disabled;
    }
    if !draft.image.is_live(rule) {
        return WhyNot::Ended;
    }
    let accepts = |selector: &&_| matcher::accepts(selector, callsite);
    for list in &rule.matches {
        if !list.iter().any(|selector| accepts(&selector)) {
            let refused = list
                .iter()
                .map(|selector| (selector.place, matcher::refusing_keys(selector, callsite)))
                .collect();
            return WhyNot::Unmatched { refused };
        }
    }
    if let Some(selector) = rule.excepts.iter().find(accepts) {
        return WhyNot::Excepted {
            place: selector.place,
        };
    }
    if let Some(by) = dropped_by {
        return WhyNot::Dropped { by };
    }
    let acts =
        |action: &rheostat_policy::model::Action| matcher::acts(rule, action.selects, callsite);
    if rule.drop.is_none() && !rule.actions.iter().any(acts) {
        return WhyNot::NoAction;
    }
    let of_actions = rule
        .actions
        .iter()
        .filter(|action| acts(action))
        .filter_map(|action| action.condition.as_ref());
    let failing = rule
        .condition
        .iter()
        .chain(of_actions)
        .flat_map(|condition| parts(condition))
        .find(|part| draft.fold(rule.id, part).decided() == Some(false));
    match failing {
        Some(part) => WhyNot::NeverHolds {
            part: part.to_string(),
        },
        None => {
            let by = rule
                .actions
                .iter()
                .filter(|action| acts(action))
                .find_map(|action| silenced.iter().find(|one| one.name == action.name));
            by.map_or(WhyNot::NoAction, |one| WhyNot::Dropped { by: one.by })
        }
    }
}
