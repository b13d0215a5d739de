//! Rules that feed one metric with one action: a record is counted once, by the first.

use std::collections::BTreeMap;

use super::never::{shown, whole_condition};
use super::reach::{choices, contradiction, covers, kinds_reached, same};
use crate::codes::analysis::{COVERED, OVERLAP};
use crate::diagnostic::Report;
use crate::expr::{Expr, ExprKind, always_false, bare_names, implies};
use crate::model::{Action, MetricId, Rule, Selector};

/// More earlier actions than this are not looked into.
const MOST_EARLIER: usize = 200;
/// More pairs of actions than this are not looked into, in all.
const MOST_FEEDS: usize = 20_000;
/// More pairs of selectors than this are not looked into.
const MOST_PAIRS: usize = 1_024;

/// An action that feeds a metric or a sink, and its rule.
#[derive(Clone, Copy)]
pub(super) struct Feed<'r> {
    pub(super) rule: &'r Rule,
    pub(super) action: &'r Action,
}

/// Rules that an earlier one covers, and rules that overlap with one.
pub(crate) fn reports(rules: &[Rule], out: &mut Vec<Report>) {
    let feeds: Vec<(MetricId, Feed<'_>)> = rules
        .iter()
        .filter(|rule| rule.enabled && !rule.shadow)
        .flat_map(|rule| {
            rule.actions
                .iter()
                .filter_map(move |action| Some((action.metric?, Feed { rule, action })))
        })
        .collect();
    let mut earlier: BTreeMap<(MetricId, &str), Vec<Feed<'_>>> = BTreeMap::new();
    let mut pairs = MOST_FEEDS;
    for (metric, feed) in feeds {
        let before = earlier.entry((metric, feed.action.name)).or_default();
        if before.len() > pairs {
            return;
        }
        pairs -= before.len();
        if let Some(first) = before.iter().find(|other| covered(other, &feed)) {
            out.push(report_covered(first, &feed));
        } else if let Some(first) = before.iter().find(|other| may_overlap(other, &feed)) {
            out.push(report_overlap(first, &feed));
        }
        if before.len() < MOST_EARLIER {
            before.push(feed);
        }
    }
}

fn report_covered(first: &Feed<'_>, second: &Feed<'_>) -> Report {
    Report::new(
        &COVERED,
        second.action.place,
        format!(
            "`{}` of {} never gets a turn",
            second.action.name,
            shown(second.rule)
        ),
    )
    .under("an earlier rule holds whenever this one does")
    .also(first.action.place, "feeds the same metric first")
    .help("take it out, put it before the other one, or feed another metric")
}

fn report_overlap(first: &Feed<'_>, second: &Feed<'_>) -> Report {
    Report::new(
        &OVERLAP,
        second.action.place,
        "a record may hold for two rules of this metric",
    )
    .under("counted here only where the earlier one does not hold")
    .also(first.action.place, "the earlier one")
    .help("make their selectors or conditions exclude each other")
}

/// Whether the first acts on every record on which the second would.
pub(super) fn covered(first: &Feed<'_>, second: &Feed<'_>) -> bool {
    let (one, two) = (first.rule, second.rule);
    if one.ends.is_some() {
        return false;
    }
    let phases = (first.action.on.open || !second.action.on.open)
        && (first.action.on.close || !second.action.on.close);
    let Some(all) = choices(two).filter(|all| phases && !all.is_empty()) else {
        return false;
    };
    let places = all.iter().all(|choice| {
        let reached = kinds_reached(choice, second.action.selects);
        let selected = one.matches.iter().all(|list| {
            list.iter().any(|selector| {
                let alone = [selector];
                let kinds = kinds_reached(&alone, first.action.selects);
                covers(selector, choice)
                    && match (kinds, reached) {
                        (Some(kinds), Some(reached)) => kinds.covers(reached),
                        _ => false,
                    }
            })
        });
        selected
            && one.excepts.iter().all(|except| {
                two.excepts.iter().any(|other| same(except, other)) || contradicts(except, choice)
            })
    });
    places && within_covered(one, two) && condition_covered(first, second)
}

fn contradicts(selector: &Selector, choice: &[&Selector]) -> bool {
    let mut all = choice.to_vec();
    all.push(selector);
    contradiction(&all).is_some()
}

fn within_covered(one: &Rule, two: &Rule) -> bool {
    one.within.iter().all(|list| {
        two.within.iter().any(|other| {
            list.len() == other.len() && list.iter().zip(other).all(|(a, b)| same(a, b))
        })
    })
}

fn condition_covered(first: &Feed<'_>, second: &Feed<'_>) -> bool {
    let Some(outer) = whole_condition(first.rule, first.action) else {
        return true;
    };
    // A bare name is looked up in other spans where `within` differs.
    let moved = first.rule.within.len() != second.rule.within.len();
    if moved && !bare_names(&outer).is_empty() {
        return false;
    }
    whole_condition(second.rule, second.action).is_some_and(|inner| implies(&inner, &outer))
}

/// Whether nothing says that the two exclude each other.
fn may_overlap(first: &Feed<'_>, second: &Feed<'_>) -> bool {
    let (Some(ones), Some(twos)) = (choices(first.rule), choices(second.rule)) else {
        return false;
    };
    if ones.len() * twos.len() > MOST_PAIRS {
        return false;
    }
    let meet = ones.iter().any(|one| {
        twos.iter().any(|two| {
            let kinds = match (
                kinds_reached(one, first.action.selects),
                kinds_reached(two, second.action.selects),
            ) {
                (Some(one), Some(two)) => one.overlaps(two),
                _ => false,
            };
            let both: Vec<&Selector> = one.iter().chain(two).copied().collect();
            kinds
                && contradiction(&both).is_none()
                && !excluded(first.rule, &both)
                && !excluded(second.rule, &both)
        })
    });
    meet && phases_meet(first.action, second.action) && !conditions_exclude(first, second)
}

fn excluded(rule: &Rule, choice: &[&Selector]) -> bool {
    rule.excepts.iter().any(|except| covers(except, choice))
}

fn phases_meet(one: &Action, two: &Action) -> bool {
    (one.on.open && two.on.open) || (one.on.close && two.on.close)
}

fn conditions_exclude(first: &Feed<'_>, second: &Feed<'_>) -> bool {
    let (Some(one), Some(two)) = (
        whole_condition(first.rule, first.action),
        whole_condition(second.rule, second.action),
    ) else {
        return false;
    };
    let place = two.place;
    always_false(&Expr {
        kind: ExprKind::And(vec![one, two]),
        place,
    })
}
