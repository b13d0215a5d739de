//! What a rule's selectors can reach: which callsites are left when all of them hold.
//!
//! Answers are one-sided. "Contradicts" and "covers" are certain; their
//! absence only means that it is not known.

use crate::glob::Glob;
use crate::model::{Kinds, Level, LineTest, Rule, Selector};
use crate::vocabulary::Selects;

/// More choices than this are not looked into.
const MOST_CHOICES: usize = 256;

/// One selector out of each list of a rule: all of them hold together.
pub(crate) type Choice<'r> = Vec<&'r Selector>;

/// Every way in which a rule can match; `None` where there are too many.
pub(crate) fn choices(rule: &Rule) -> Option<Vec<Choice<'_>>> {
    choices_of(&rule.matches)
}

/// Every way in which one selector of each list can hold; `None` where there are too many.
pub(crate) fn choices_of(matches: &[Vec<Selector>]) -> Option<Vec<Choice<'_>>> {
    let mut out: Vec<Choice<'_>> = vec![Vec::new()];
    for list in matches {
        if out.len() * list.len() > MOST_CHOICES {
            return None;
        }
        out = out
            .iter()
            .flat_map(|choice| {
                list.iter().map(move |selector| {
                    let mut longer = choice.clone();
                    longer.push(selector);
                    longer
                })
            })
            .collect();
    }
    Some(out)
}

/// Why no callsite satisfies all of these, if none can.
pub(crate) fn contradiction(choice: &[&Selector]) -> Option<&'static str> {
    if levels(choice).is_empty() {
        return Some("they accept no level in common");
    }
    for (at, left) in choice.iter().enumerate() {
        for right in &choice[at..] {
            if let Some(why) = disagree(left, right) {
                return Some(why);
            }
        }
    }
    None
}

/// The levels that all of these accept.
fn levels(choice: &[&Selector]) -> Vec<Level> {
    Level::ALL
        .into_iter()
        .filter(|level| choice.iter().all(|one| one.level.accepts(*level)))
        .collect()
}

fn disagree(left: &Selector, right: &Selector) -> Option<&'static str> {
    if kinds_disagree(&left.kinds, &right.kinds) {
        return Some("they demand different kinds or names");
    }
    if apart(&left.target, &right.target) {
        return Some("they accept no target in common");
    }
    if apart(&left.module, &right.module) {
        return Some("they accept no module in common");
    }
    if apart(&left.file, &right.file) {
        return Some("they accept no file in common");
    }
    if lines_apart(&left.line, &right.line) {
        return Some("they accept no line in common");
    }
    let forbidden = |demand: &Selector, refuse: &Selector| {
        demand
            .fields
            .iter()
            .any(|field| refuse.not_fields.iter().any(|not| not.covers(field)))
    };
    if forbidden(left, right) || forbidden(right, left) {
        return Some("a field is demanded and excluded");
    }
    None
}

fn kinds_disagree(left: &Kinds, right: &Kinds) -> bool {
    match (left, right) {
        (Kinds::Unsaid, _) | (_, Kinds::Unsaid) => false,
        (Kinds::Spans(left), Kinds::Spans(right)) | (Kinds::Events(left), Kinds::Events(right)) => {
            apart(left, right)
        }
        (Kinds::Spans(_), Kinds::Events(_)) | (Kinds::Events(_), Kinds::Spans(_)) => true,
    }
}

/// Whether nothing is accepted by one of each; an empty list accepts everything.
fn apart(left: &[Glob], right: &[Glob]) -> bool {
    !left.is_empty()
        && !right.is_empty()
        && left
            .iter()
            .all(|left| right.iter().all(|right| left.disjoint(right)))
}

fn lines_apart(left: &[LineTest], right: &[LineTest]) -> bool {
    !left.is_empty()
        && !right.is_empty()
        && left.iter().all(|left| {
            right
                .iter()
                .all(|right| left.last < right.first || right.last < left.first)
        })
}

/// What an action acts on where this choice holds; `None`: nothing of it.
pub(crate) fn kinds_reached(choice: &[&Selector], selects: Selects) -> Option<Reached> {
    let said = choice.iter().find_map(|one| match one.kinds {
        Kinds::Spans(_) => Some(Reached::Spans),
        Kinds::Events(_) => Some(Reached::Events),
        Kinds::Unsaid => None,
    });
    match (selects, said) {
        (Selects::Spans, Some(Reached::Events)) | (Selects::Events, Some(Reached::Spans)) => None,
        (Selects::Spans, _) => Some(Reached::Spans),
        (Selects::Events, _) | (Selects::EventsFirst, None) => Some(Reached::Events),
        (Selects::Both, None) => Some(Reached::Both),
        (Selects::EventsFirst | Selects::Both, Some(kind)) => Some(kind),
    }
}

/// The kinds of record that an action gets to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    Spans,
    Events,
    Both,
}

impl Reached {
    pub(crate) fn covers(self, other: Self) -> bool {
        self == Self::Both || self == other
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.covers(other) || other.covers(self)
    }
}

/// Whether a selector accepts every callsite that the choice leaves.
pub(crate) fn covers(selector: &Selector, choice: &[&Selector]) -> bool {
    let kinds = match &selector.kinds {
        Kinds::Unsaid => true,
        Kinds::Spans(names) => choice
            .iter()
            .any(|one| matches!(&one.kinds, Kinds::Spans(inner) if all_covered(names, inner))),
        Kinds::Events(names) => choice
            .iter()
            .any(|one| matches!(&one.kinds, Kinds::Events(inner) if all_covered(names, inner))),
    };
    let any = |of: fn(&Selector) -> &Vec<Glob>| {
        of(selector).is_empty() || choice.iter().any(|one| all_covered(of(selector), of(one)))
    };
    let lines = selector.line.is_empty()
        || choice.iter().any(|one| {
            !one.line.is_empty()
                && one.line.iter().all(|inner| {
                    selector
                        .line
                        .iter()
                        .any(|outer| outer.first <= inner.first && inner.last <= outer.last)
                })
        });
    let demanded = selector.fields.iter().all(|field| {
        choice
            .iter()
            .any(|one| one.fields.iter().any(|inner| field.covers(inner)))
    });
    let excluded = selector.not_fields.iter().all(|field| {
        choice
            .iter()
            .any(|one| one.not_fields.iter().any(|inner| inner.covers(field)))
    });
    kinds
        && any(|one| &one.target)
        && any(|one| &one.module)
        && any(|one| &one.file)
        && lines
        && demanded
        && excluded
        && levels(choice)
            .into_iter()
            .all(|level| selector.level.accepts(level))
}

fn all_covered(outer: &[Glob], inner: &[Glob]) -> bool {
    !inner.is_empty()
        && inner
            .iter()
            .all(|inner| outer.iter().any(|outer| outer.covers(inner)))
}

/// Whether two selectors say the same, wherever they stand.
pub(crate) fn same(left: &Selector, right: &Selector) -> bool {
    let mut moved = left.clone();
    moved.place = right.place;
    moved == *right
}
