//! A rule's selectors against one callsite.

use rheostat_policy::model::{Kinds, Level, Rule, Selector};
use rheostat_policy::vocabulary::Selects;

use super::selector::accepts;
use crate::callsite::{Callsite, CallsiteKind};

/// Whether every list of a rule's `match` has a selector that accepts the callsite, kinds unsaid accepting any.
pub(crate) fn is_matched(rule: &Rule, callsite: &Callsite) -> bool {
    rule.matches
        .iter()
        .all(|list| list.iter().any(|selector| accepts(selector, callsite)))
}

/// Whether a rule's `except` leaves the callsite out.
pub(crate) fn is_excepted(rule: &Rule, callsite: &Callsite) -> bool {
    rule.excepts
        .iter()
        .any(|selector| accepts(selector, callsite))
}

/// Whether an action of a rule that matches acts on the callsite's kind.
///
/// An action acts on its own kind, and on the other one, if it can, where a
/// selector that accepts the callsite names that kind.
pub(crate) fn acts(rule: &Rule, selects: Selects, callsite: &Callsite) -> bool {
    let said = || {
        rule.matches
            .iter()
            .flatten()
            .any(|selector| selector.kinds != Kinds::Unsaid && accepts(selector, callsite))
    };
    match (callsite.kind, selects) {
        (CallsiteKind::Hint, _)
        | (CallsiteKind::Event, Selects::Spans)
        | (CallsiteKind::Span, Selects::Events) => false,
        (_, Selects::Both)
        | (CallsiteKind::Event, Selects::Events | Selects::EventsFirst)
        | (CallsiteKind::Span, Selects::Spans) => true,
        (CallsiteKind::Span, Selects::EventsFirst) => said(),
    }
}

/// Whether a rule could match some record of this target and level, all other keys aside.
pub(crate) fn could_match(rule: &Rule, target: &str, level: Level) -> bool {
    let could = |selector: &Selector| {
        selector.level.accepts(level)
            && (selector.target.is_empty()
                || selector.target.iter().any(|glob| glob.matches(target)))
    };
    rule.enabled && rule.matches.iter().all(|list| list.iter().any(could))
}
