//! The verdict on one record: every rule in file order.

use std::collections::{BTreeMap, HashSet};

use rheostat_policy::model::{Action, Drop, Rule};

use super::eval::holds;
use super::names::Names;
use super::rules::{acts_on, is_open_gauge, matches};
use super::run::Run;
use super::value::Value;
use crate::world::Site;

/// The moment of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Phase {
    Event,
    Open,
    Close,
}

/// One record under judgement.
pub(super) struct Judged<'a> {
    pub(super) site: &'a Site,
    pub(super) phase: Phase,
    pub(super) own: &'a BTreeMap<String, Value>,
    /// The span itself, for a span's records.
    pub(super) this: Option<usize>,
    /// What is around it, nearest first, itself excluded.
    pub(super) around: Vec<usize>,
}

impl Run<'_> {
    /// Every rule in file order.
    pub(super) fn judge(&mut self, record: &Judged<'_>) {
        let policy = self.policy;
        let mut fed = HashSet::new();
        let mut dropped: HashSet<&str> = HashSet::new();
        let mut candidates = Vec::new();
        let mut lines = Vec::new();
        for rule in policy.rules.iter().filter(|rule| rule.enabled) {
            if dropped.contains("*") {
                break;
            }
            let rule_holds = self.rule_holds(rule, record);
            for (at, action) in rule.actions.iter().enumerate() {
                let unseen = rule.shadow || dropped.contains(action.name);
                let acts = !unseen && rule_holds && self.acts(rule, action, record);
                if record.phase == Phase::Open
                    && is_open_gauge(action)
                    && acts_on(rule, action, record.site)
                {
                    crate::coverage::note("@Open", acts);
                }
                if !acts {
                    continue;
                }
                match (action.metric, action.sink) {
                    (Some(metric), _) => {
                        if fed.insert((action.name, metric)) {
                            lines.extend(self.measure(rule, at, record));
                        }
                    }
                    (None, Some(_)) => candidates.push((rule, at, action)),
                    (None, None) => {}
                }
            }
            if rule_holds && !rule.shadow && matches(rule, record.site) {
                match &rule.drop {
                    Some(Drop::All) => drop(dropped.insert("*")),
                    Some(Drop::Actions(names)) => dropped.extend(names.iter().copied()),
                    None => {}
                }
            }
        }
        self.deliver(candidates, record, &mut lines);
        lines.sort();
        self.came.lines.extend(lines);
        if let (Phase::Close, Some(span)) = (record.phase, record.this) {
            self.lower(span);
        }
    }

    fn rule_holds(&self, rule: &Rule, record: &Judged<'_>) -> bool {
        let lookup = Names {
            run: self,
            rule,
            record,
        };
        let inside = rule
            .within
            .iter()
            .all(|within| lookup.within(within).is_some());
        if !rule.within.is_empty() {
            crate::coverage::note("within", inside);
        }
        inside
            && rule
                .condition
                .as_ref()
                .is_none_or(|condition| holds(condition, &lookup))
    }

    fn acts(&self, rule: &Rule, action: &Action, record: &Judged<'_>) -> bool {
        let moment = match record.phase {
            Phase::Event => true,
            Phase::Open => action.on.open || is_open_gauge(action),
            Phase::Close => action.on.close && !is_open_gauge(action),
        };
        let lookup = Names {
            run: self,
            rule,
            record,
        };
        moment
            && acts_on(rule, action, record.site)
            && action
                .condition
                .as_ref()
                .is_none_or(|condition| holds(condition, &lookup))
    }
}
