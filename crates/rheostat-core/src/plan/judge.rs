//! The verdict on one record: which steps it passes, and with what weight.
//!
//! Rules are asked in file order, so that a `drop` is seen by those after it;
//! then the turns at sinks and metrics are settled; then limits decide.

use std::sync::atomic::Ordering;

use rheostat_policy::model::Drop;

use super::steps::{PlanRule, Step};
use super::turns::Turns;
use crate::ledger::Cause;
use crate::limit::Verdict;
use crate::program;
use crate::record::{Phase, Record};

/// What one phase of a callsite comes to.
#[derive(Debug)]
pub(crate) enum Judgement {
    /// No step acts in it.
    Nothing,
    /// Every record passes the same steps: nothing is evaluated.
    Fixed(Box<[f64]>),
    /// Each record is judged.
    Each(Turns),
}

/// Where the steps of one phase stand.
pub(crate) struct Bench<'p> {
    pub(crate) rules: &'p [PlanRule],
    pub(crate) steps: &'p [Step],
}

impl Judgement {
    /// Decides now what can be decided: where every rule always holds and nothing needs to be counted.
    pub(crate) fn of(bench: &Bench<'_>, phase: Phase, turns: Turns) -> Self {
        let acts = |step: &Step| step.acts_in(phase);
        let counts_drops = bench.rules.iter().any(|rule| rule.shadow_drop.is_some());
        if !bench.steps.iter().any(acts) && !counts_drops {
            return Self::Nothing;
        }
        let always =
            bench.rules.iter().all(PlanRule::is_open)
                && bench.steps.iter().filter(|step| acts(step)).all(|step| {
                    step.guard.is_none() && step.limits.is_none() && step.shadow.is_none()
                });
        let contested = turns.sinks.iter().any(|group| group.len() > 1);
        let drops = bench
            .rules
            .iter()
            .any(|rule| rule.drop.is_some() || rule.shadow_drop.is_some());
        if !always || contested || drops {
            return Self::Each(turns);
        }
        let mut weights = vec![0.0; bench.steps.len()];
        let winners = turns
            .sinks
            .iter()
            .chain(&turns.metrics)
            .filter_map(|group| group.first());
        for step in winners.chain(&turns.alone) {
            weights[usize::from(*step)] = 1.0;
        }
        Self::Fixed(weights.into())
    }
}

/// Judges one record; `None` where it passes no step.
pub(crate) fn judge<'r>(
    bench: &Bench<'_>,
    turns: &Turns,
    record: &Record<'r>,
) -> Option<&'r [f64]> {
    let weights = record
        .bump()
        .alloc_slice_fill_copy(bench.steps.len(), 0.0_f64);
    if !ask_rules(bench, record, weights) {
        return None;
    }
    let mut passed = false;
    for group in &turns.metrics {
        passed |= first_of(group, weights).is_some();
    }
    for group in &turns.sinks {
        let Some(winner) = first_of_sink(bench, group, weights) else {
            continue;
        };
        passed |= limit(&bench.steps[winner], record, &mut weights[winner]);
    }
    for step in &turns.alone {
        let step = usize::from(*step);
        if weights[step] > 0.0 {
            let passes = limit(&bench.steps[step], record, &mut weights[step]);
            match &bench.steps[step].shadow {
                Some(count) => {
                    weights[step] = 0.0;
                    count.fetch_add(u64::from(passes), Ordering::Relaxed);
                }
                None => passed |= passes,
            }
        }
    }
    passed.then_some(weights)
}

/// Asks the rules in file order and sets the weight of each step that holds to 1; whether any does.
fn ask_rules(bench: &Bench<'_>, record: &Record<'_>, weights: &mut [f64]) -> bool {
    let mut any = false;
    let mut unseen: Option<&Drop> = None;
    // Names dropped by earlier rules than `unseen`; more than one such rule is rare.
    let mut dropped = bumpalo::collections::Vec::<&Drop>::new_in(record.bump());
    for rule in bench.rules {
        if rule.ends && rule.state.has_ended() {
            continue;
        }
        let holds = holds(rule, record);
        for (index, step) in rule.steps.clone().zip(&bench.steps[rule.steps.clone()]) {
            if !step.acts_in(record.phase()) || is_unseen(unseen, &dropped, step.name) {
                continue;
            }
            let holds = holds
                && step
                    .guard
                    .as_ref()
                    .is_none_or(|guard| program::holds(guard, record));
            if holds {
                weights[index] = 1.0;
                any = true;
            } else if let Some(account) = step.account.as_ref().filter(|_| step.shadow.is_none()) {
                account.count(Cause::Condition, 1);
            }
        }
        if let Some(count) = rule.shadow_drop.as_ref().filter(|_| holds) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        match rule.drop.as_ref().filter(|_| holds) {
            Some(Drop::All) => break,
            Some(drop) => match unseen {
                None => unseen = Some(drop),
                Some(_) => dropped.push(drop),
            },
            None => {}
        }
    }
    any
}

fn holds(rule: &PlanRule, record: &Record<'_>) -> bool {
    rule.within
        .iter()
        .all(|test| record.nearest(*test).is_some())
        && rule
            .guard
            .as_ref()
            .is_none_or(|guard| program::holds(guard, record))
}

fn is_unseen(first: Option<&Drop>, more: &[&Drop], name: &str) -> bool {
    let hides = |drop: &&Drop| match drop {
        Drop::All => true,
        Drop::Actions(names) => names.contains(&name),
    };
    first.iter().any(hides) || more.iter().any(hides)
}

/// The first step of a group that holds; the others no longer do.
fn first_of(group: &[u16], weights: &mut [f64]) -> Option<usize> {
    let mut first = None;
    for step in group.iter().map(|step| usize::from(*step)) {
        if weights[step] > 0.0 {
            match first {
                None => first = Some(step),
                Some(_) => weights[step] = 0.0,
            }
        }
    }
    first
}

/// As [`first_of`], with the others accounted for as covered.
fn first_of_sink(bench: &Bench<'_>, group: &[u16], weights: &mut [f64]) -> Option<usize> {
    let mut first = None;
    for step in group.iter().map(|step| usize::from(*step)) {
        if weights[step] > 0.0 {
            if first.is_none() {
                first = Some(step);
                continue;
            }
            weights[step] = 0.0;
            if let Some(account) = &bench.steps[step].account {
                account.count(Cause::Covered, 1);
            }
        }
    }
    first
}

/// Lets a step's limits decide; whether the record passes.
fn limit(step: &Step, record: &Record<'_>, weight: &mut f64) -> bool {
    let Some((limiter, keys)) = &step.limits else {
        return true;
    };
    match limiter.judge(keys.hashes(record), record.stamp().0) {
        Verdict::Passes(stands_for) => {
            *weight = stands_for;
            true
        }
        Verdict::Held(cause) => {
            *weight = 0.0;
            if let Some(account) = step.account.as_ref().filter(|_| step.shadow.is_none()) {
                account.count(cause, 1);
            }
            false
        }
    }
}
