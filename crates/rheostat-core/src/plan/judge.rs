//! The verdict on one record: which steps it passes, and with what weight.
//!
//! Rules are asked in file order, so that a `drop` is seen by those after it;
//! then the turns at sinks and metrics are settled; then limits decide.

use std::sync::atomic::Ordering;

use bumpalo::collections::Vec as BumpVec;
use rheostat_policy::model::Drop;

use super::steps::{PlanRule, Step};
use super::turns::Turns;
use crate::ledger::Cause;
use crate::limit::Verdict;
use crate::program::{self, Program};
use crate::record::{Phase, Record};

/// The weight of a step that does not see the record, because an earlier rule dropped it.
pub(crate) const DROPPED: f64 = -1.0;

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
    let Sheet { weights, any } = ask_rules(bench, record);
    let weights = weights?;
    if !any {
        // Outputs that hear of it all the same can ask why.
        record.weights.set(weights);
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
    if !passed {
        record.weights.set(weights);
        return None;
    }
    Some(weights)
}

/// What rules say of a record's steps. Most records that fail never need one written down.
#[derive(Default)]
struct Sheet<'r> {
    weights: Option<&'r mut [f64]>,
    /// Whether any step holds.
    any: bool,
}

impl<'r> Sheet<'r> {
    fn set(&mut self, record: &Record<'r>, (step, steps): (usize, usize), weight: f64) {
        let weights = self
            .weights
            .get_or_insert_with(|| record.bump().alloc_slice_fill_copy(steps, 0.0));
        weights[step] = weight;
        self.any |= weight > 0.0;
    }
}

/// Asks the rules in file order: a weight of 1 for each step that holds.
fn ask_rules<'b, 'r>(bench: &Bench<'b>, record: &Record<'r>) -> Sheet<'r> {
    let mut sheet = Sheet::default();
    // What earlier rules dropped; most policies drop nothing, and an empty list takes no room.
    let mut unseen: Option<BumpVec<'_, &'b Drop>> = None;
    let all = bench.steps.len();
    for rule in bench.rules {
        if rule.ends && rule.state.has_ended() {
            continue;
        }
        let holds = holds(rule, record);
        if !holds && !rule.accounts && unseen.is_none() {
            continue;
        }
        for (index, step) in rule.steps.clone().zip(&bench.steps[rule.steps.clone()]) {
            if !step.acts_in(record.phase()) {
                continue;
            }
            if is_unseen(unseen.as_deref(), step.name) {
                sheet.set(record, (index, all), DROPPED);
            } else if holds && guard_holds(step.guard.as_ref(), record) {
                sheet.set(record, (index, all), 1.0);
            } else if let Some(account) = step.account.as_ref().filter(|_| step.shadow.is_none()) {
                account.count(Cause::Condition, 1);
            }
        }
        if let Some(count) = rule.shadow_drop.as_ref().filter(|_| holds) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        match rule.drop.as_ref().filter(|_| holds) {
            Some(Drop::All) => {
                for index in rule.steps.end..all {
                    sheet.set(record, (index, all), DROPPED);
                }
                break;
            }
            Some(drop) => unseen
                .get_or_insert_with(|| BumpVec::new_in(record.bump()))
                .push(drop),
            None => {}
        }
    }
    sheet
}

fn guard_holds(guard: Option<&Program>, record: &Record<'_>) -> bool {
    guard.is_none_or(|guard| program::holds(guard, record))
}

fn holds(rule: &PlanRule, record: &Record<'_>) -> bool {
    rule.within
        .iter()
        .all(|test| record.nearest(*test).is_some())
        && guard_holds(rule.guard.as_ref(), record)
}

fn is_unseen(dropped: Option<&[&Drop]>, name: &str) -> bool {
    dropped.into_iter().flatten().any(|drop| match drop {
        Drop::All => true,
        Drop::Actions(names) => names.contains(&name),
    })
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
    match limiter.judge(keys.hashes(record), || record.stamp().0) {
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
