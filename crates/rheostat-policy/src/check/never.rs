//! Rules that by their own text can never match.

use super::reach::{Choice, Reached, choices, contradiction, covers, kinds_reached};
use super::sites::{Budget, Nowhere, holds_nowhere};
use crate::codes::analysis::{ALWAYS_TRUE, DROP_WITHOUT_EFFECT, DROPPED_BEFORE, NEVER_MATCHES};
use crate::diagnostic::Report;
use crate::expr::{Expr, ExprKind, always_false, always_true};
use crate::model::{Action, Drop, Rule};

/// More rules than this that drop all they see are not looked into.
const MOST_DROPPERS: usize = 16;

/// What can never happen in these rules.
pub(crate) fn reports(rules: &[Rule], out: &mut Vec<Report>) {
    let last = rules.iter().rposition(|rule| rule.enabled);
    let mut droppers: Vec<&Rule> = Vec::new();
    let mut budget = Budget::default();
    for (at, rule) in rules.iter().enumerate() {
        if !rule.enabled {
            continue;
        }
        if let Some(report) = never(rule).or_else(|| nowhere(rule, &mut budget)) {
            out.push(report);
            continue;
        }
        always(rule, out);
        rule.actions
            .iter()
            .filter_map(|action| {
                never_acts(rule, action).or_else(|| acts_nowhere(rule, action, &mut budget))
            })
            .for_each(|report| out.push(report));
        out.extend(dropped(&droppers, rule));
        if drops_always(rule) && droppers.len() < MOST_DROPPERS {
            droppers.push(rule);
        }
        if rule.drop.is_some() && last == Some(at) {
            out.push(
                Report::new(
                    &DROP_WITHOUT_EFFECT,
                    rule.place,
                    "no rule comes after this one, so its `drop` does nothing",
                )
                .under("the last rule in force")
                .help("take it out, or move the rule before those that it is to silence"),
            );
        }
    }
}

fn report(rule: &Rule, why: &str) -> Report {
    Report::new(
        &NEVER_MATCHES,
        rule.place,
        format!("{} can never match", shown(rule)),
    )
    .under(why)
    .help("mend what contradicts itself, or take the rule out")
}

/// `the rule "slow queries"`, or `this rule`.
pub(super) fn shown(rule: &Rule) -> String {
    match &rule.name {
        Some(name) => format!("the rule `{name}`"),
        None => "this rule".to_owned(),
    }
}

fn never(rule: &Rule) -> Option<Report> {
    if let Some(condition) = &rule.condition
        && always_false(condition)
    {
        return Some(
            report(rule, "its condition never holds").also(condition.place, "never holds"),
        );
    }
    let all = choices(rule)?;
    let left: Vec<&Choice<'_>> = all
        .iter()
        .filter(|choice| contradiction(choice).is_none())
        .collect();
    let first = all.first()?;
    if left.is_empty() {
        let why = contradiction(first)?;
        let mut found = report(rule, &format!("its selectors contradict each other: {why}"));
        let mut places: Vec<_> = first.iter().map(|one| one.place).collect();
        places.dedup();
        for place in places {
            found = found.also(place, "one of them");
        }
        return Some(found);
    }
    let excluded = left
        .iter()
        .all(|choice| rule.excepts.iter().any(|except| covers(except, choice)));
    if excluded {
        let except = rule.excepts.first()?;
        return Some(
            report(rule, "`except` leaves out all that `match` accepts")
                .also(except.place, "leaves out"),
        );
    }
    None
}

/// A condition that holds for no callsite that the selectors leave.
fn nowhere(rule: &Rule, budget: &mut Budget) -> Option<Report> {
    let condition = rule.condition.as_ref()?;
    let all = choices(rule)?;
    let mut reached: Vec<(Choice<'_>, Reached)> = Vec::new();
    for choice in &all {
        let of_actions = rule
            .actions
            .iter()
            .filter_map(|action| kinds_reached(choice, action.selects));
        let dropped = rule.drop.as_ref().map(|_| Reached::Both);
        reached.extend(
            of_actions
                .chain(dropped)
                .map(|kinds| (choice.clone(), kinds)),
        );
    }
    let nowhere = holds_nowhere(rule, &reached, condition, budget)?;
    let found = report(
        rule,
        "its condition holds for nothing that its selectors accept",
    );
    Some(with_tests(found, condition, &nowhere))
}

/// The same for the condition of an action, with that of its rule.
fn acts_nowhere(rule: &Rule, action: &Action, budget: &mut Budget) -> Option<Report> {
    let inner = action.condition.as_ref()?;
    let condition = whole_condition(rule, action)?;
    let all = choices(rule)?;
    let reached: Vec<(Choice<'_>, Reached)> = all
        .iter()
        .filter_map(|choice| Some((choice.clone(), kinds_reached(choice, action.selects)?)))
        .collect();
    let nowhere = holds_nowhere(rule, &reached, &condition, budget)?;
    let found = never_acting(
        rule,
        action,
        "its condition holds for nothing that the selectors accept",
    );
    Some(with_tests(found, inner, &nowhere))
}

fn with_tests(found: Report, condition: &Expr, nowhere: &Nowhere<'_>) -> Report {
    if nowhere.tests.is_empty() {
        return found.also(condition.place, "holds for none of it");
    }
    nowhere.tests.iter().take(4).fold(found, |found, test| {
        found.also(test.place, nowhere.why(test))
    })
}

/// The condition of an action together with that of its rule.
pub(super) fn whole_condition(rule: &Rule, action: &Action) -> Option<Expr> {
    match (&rule.condition, &action.condition) {
        (Some(outer), Some(inner)) => Some(Expr {
            place: inner.place,
            kind: ExprKind::And(vec![outer.clone(), inner.clone()]),
        }),
        (one, other) => one.clone().or_else(|| other.clone()),
    }
}

fn never_acting(rule: &Rule, action: &Action, why: &str) -> Report {
    Report::new(
        &NEVER_MATCHES,
        action.place,
        format!("`{}` of {} can never act", action.name, shown(rule)),
    )
    .under(why)
    .help("mend what contradicts itself, or take the action out")
}

fn never_acts(rule: &Rule, action: &Action) -> Option<Report> {
    let never = |why: &str| never_acting(rule, action, why);
    if let Some(inner) = &action.condition
        && let Some(condition) = whole_condition(rule, action)
        && always_false(&condition)
    {
        return Some(never("its condition never holds").also(inner.place, "never holds"));
    }
    let all = choices(rule)?;
    let reaches = all
        .iter()
        .any(|choice| kinds_reached(choice, action.selects).is_some());
    if all.is_empty() || reaches {
        return None;
    }
    let kinds = match action.selects {
        crate::vocabulary::Selects::Spans => "acts on spans, and each selector says `event`",
        _ => "acts on events, and each selector says `span`",
    };
    Some(never(kinds))
}

fn always(rule: &Rule, out: &mut Vec<Report>) {
    if let Some(condition) = &rule.condition
        && always_true(condition)
    {
        out.push(
            Report::new(&ALWAYS_TRUE, condition.place, "the condition always holds")
                .under("says nothing")
                .help("leave it out"),
        );
    }
}

/// Whether it drops whatever its selectors accept.
fn drops_always(rule: &Rule) -> bool {
    rule.drop == Some(Drop::All)
        && !rule.shadow
        && rule.condition.is_none()
        && rule.within.is_empty()
        && rule.excepts.is_empty()
        && rule.ends.is_none()
}

/// An earlier rule that drops all that this one could see.
fn dropped(earlier: &[&Rule], rule: &Rule) -> Option<Report> {
    let all = choices(rule)?;
    if all.is_empty() {
        return None;
    }
    let dropper = earlier.iter().find(|other| {
        all.iter().all(|choice| {
            other
                .matches
                .iter()
                .all(|list| list.iter().any(|one| covers(one, choice)))
        })
    })?;
    Some(
        Report::new(
            &DROPPED_BEFORE,
            rule.place,
            format!("{} sees nothing", shown(rule)),
        )
        .under("all that it matches was dropped before")
        .also(dropper.place, "drops it")
        .help("put this rule before that one"),
    )
}
