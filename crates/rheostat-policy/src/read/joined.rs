//! What a rule says together with its group.

use super::groups::Shared;
use crate::expr::{Expr, ExprKind};
use crate::model::{Kinds, Label, Priority, Selector};

/// The keys of a rule, those of its group joined.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    pub(crate) enabled: bool,
    pub(crate) matches: Vec<Vec<Selector>>,
    pub(crate) excepts: Vec<Selector>,
    pub(crate) within: Vec<Vec<Selector>>,
    pub(crate) condition: Option<Expr>,
    pub(crate) labels: Vec<Label>,
    pub(crate) priority: Priority,
}

impl Joined {
    pub(crate) fn of(group: Option<&Shared>, rule: Shared) -> Self {
        let mut matches = Vec::new();
        let mut excepts = Vec::new();
        let mut within = Vec::new();
        let mut condition = rule.condition;
        let mut enabled = rule.enabled;
        let mut labels = Vec::new();
        let mut priority = rule.priority;
        if let Some(group) = group {
            matches.extend(group.matches.clone());
            excepts.extend(group.excepts.clone());
            within.extend(group.within.clone());
            condition = both(group.condition.clone(), condition);
            enabled &= group.enabled;
            labels = group.labels.clone();
            priority = priority.or(group.priority);
        }
        matches.extend(rule.matches);
        excepts.extend(rule.excepts);
        within.extend(rule.within);
        Self {
            enabled,
            matches,
            excepts,
            within,
            condition,
            labels: join_labels(labels, &rule.labels),
            priority: priority.unwrap_or_default(),
        }
    }

    /// Whether only spans can match.
    pub(crate) fn spans_only(&self) -> bool {
        self.matches.iter().any(|list| {
            !list.is_empty() && list.iter().all(|one| matches!(one.kinds, Kinds::Spans(_)))
        })
    }

    /// Whether only events can match.
    pub(crate) fn events_only(&self) -> bool {
        self.matches.iter().any(|list| {
            !list.is_empty() && list.iter().all(|one| matches!(one.kinds, Kinds::Events(_)))
        })
    }
}

/// Two conditions as one.
pub(crate) fn both(left: Option<Expr>, right: Option<Expr>) -> Option<Expr> {
    match (left, right) {
        (Some(left), Some(right)) => Some(Expr {
            place: right.place,
            kind: ExprKind::And(vec![left, right]),
        }),
        (one, None) | (None, one) => one,
    }
}

/// Labels of two levels; of one name, the inner one holds.
pub(crate) fn join_labels(outer: Vec<Label>, inner: &[Label]) -> Vec<Label> {
    let mut out: Vec<Label> = outer
        .into_iter()
        .filter(|label| {
            // They are in the order of their names.
            inner
                .binary_search_by(|other| other.name.cmp(&label.name))
                .is_err()
        })
        .chain(inner.iter().cloned())
        .collect();
    out.sort_by(|left, right| left.name.cmp(&right.name));
    out
}
