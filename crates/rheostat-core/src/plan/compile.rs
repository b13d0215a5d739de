//! From a policy and a callsite to a plan.

use std::sync::Arc;

use rheostat_policy::model::{Action, Rule};

use super::PolicyImage;
use super::callsite_plan::{CallsitePlan, PlanCore};
use super::draft::{Draft, DraftStep};
use super::judge::{Bench, Judgement};
use super::keys::Keys;
use super::planner::Planner;
use super::steps::{PlanRule, Step};
use super::turns::{Contender, Turns};
use crate::callsite::Callsite;
use crate::matcher;
use crate::output::{MatchedAction, MatchedRule, Output, StepId};
use crate::record::Phase;

impl PolicyImage {
    /// Whether [`plan`](Self::plan) comes to anything for a callsite, as far as the policy alone can tell.
    ///
    /// Quick where no rule is about the callsite, or the first that is says all.
    pub(crate) fn wants(&self, callsite: &Callsite) -> bool {
        let (counted, marks_error) = self.wants_of_event(callsite);
        if counted || marks_error {
            return true;
        }
        let matched = self.candidates(callsite).find(|rule| {
            matcher::is_matched(rule, callsite) && !matcher::is_excepted(rule, callsite)
        });
        match matched {
            Some(rule) if is_plain(rule, callsite) => true,
            Some(_) => Draft::new(self, callsite).acts() || self.keeps(callsite),
            None => self.keeps(callsite),
        }
    }

    /// What a callsite does under this policy; `None` where it does nothing and nobody reads from it.
    ///
    /// Pure and quick: it may run inside `register_callsite`.
    pub fn plan<O: Output>(
        self: &Arc<Self>,
        callsite: &Arc<Callsite>,
        outputs: &O,
        staged: &O::Staged,
    ) -> Option<CallsitePlan<O::Plan>> {
        let mut planner = Planner {
            draft: Draft::new(self, callsite),
        };
        planner.draft.remember_for_others();
        let matched = matched_rules(&planner.draft);
        let plan = if matched.is_empty() {
            None
        } else {
            outputs.plan(staged, callsite, &matched, &mut planner)
        };
        drop(matched);
        let core = finish(planner.draft, self, callsite);
        let plan = plan.filter(|_| core.acts());
        let is_wanted = plan.is_some() || core.is_kept || core.counts();
        is_wanted.then(|| CallsitePlan {
            short: core.short(outputs, plan.as_ref()),
            timed: core.timed(outputs, plan.as_ref()),
            core,
            outputs: plan,
        })
    }
}

/// Whether some action of a rule that matches a callsite acts whatever a record holds.
fn is_plain(rule: &Rule, callsite: &Callsite) -> bool {
    let acts = |action: &Action| {
        action.condition.is_none() && matcher::acts(rule, action.selects, callsite)
    };
    !rule.shadow && rule.drop.is_none() && rule.condition.is_none() && rule.actions.iter().any(acts)
}

impl PlanCore {
    /// Whether any step acts in any phase.
    fn acts(&self) -> bool {
        let acts = |judgement: &Judgement| !matches!(judgement, Judgement::Nothing);
        acts(&self.first) || acts(&self.close) || self.hears_close || self.hears_open
    }

    /// Whether there is something to count besides what outputs do.
    fn counts(&self) -> bool {
        self.wants.counted || self.wants.marks_error || self.has_shadows
    }
}

/// The rules as outputs see them: those that act, shadow ones left out.
fn matched_rules<'i>(draft: &Draft<'i>) -> Vec<MatchedRule<'i>> {
    let rules = draft.rules.iter().filter(|rule| !rule.rule.shadow);
    let rules = rules.map(|rule| MatchedRule {
        rule: rule.rule,
        actions: rule
            .steps
            .clone()
            .map(|index| {
                let step = &draft.steps[index];
                MatchedAction {
                    action: &step.rule.actions[step.action],
                    step: StepId(number(index)),
                    on: step.on,
                }
            })
            .collect(),
    });
    rules.filter(|rule| !rule.actions.is_empty()).collect()
}

fn number(index: usize) -> u16 {
    // A callsite that matches more actions than this is beyond what a policy text of 4 MiB says.
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn finish(mut draft: Draft<'_>, image: &Arc<PolicyImage>, callsite: &Arc<Callsite>) -> PlanCore {
    let drafts = std::mem::take(&mut draft.steps);
    draft.capture.judging(true);
    let keys: Vec<_> = drafts
        .iter()
        .map(|step| limits_of(&mut draft, step))
        .collect();
    draft.capture.judging(false);
    let turns = |phase| {
        let contenders: Vec<_> = drafts
            .iter()
            .enumerate()
            .filter(|(_, step)| match phase {
                Phase::Event => true,
                Phase::Open => step.on.open,
                Phase::Close => step.on.close,
            })
            .map(|(index, step)| Contender {
                step: number(index),
                action: &step.rule.actions[step.action],
                is_shadow: step.rule.shadow,
            })
            .collect();
        Turns::of(&contenders)
    };
    let is_span = draft.is_span();
    let (first, close) = if is_span {
        (Phase::Open, Some(Phase::Close))
    } else {
        (Phase::Event, None)
    };
    let (first_turns, close_turns) = (turns(first), close.map(turns));
    let steps: Box<[Step]> = drafts
        .into_iter()
        .zip(keys)
        .map(|(step, limits)| finished_step(step, limits, image))
        .collect();
    if is_span && steps.iter().any(|step| step.on.close) {
        draft.capture.keep_all();
    }
    let rules: Box<[PlanRule]> = std::mem::take(&mut draft.rules)
        .into_iter()
        .map(|rule| PlanRule {
            state: image.rules[rule.rule.id.0 as usize].state.clone(),
            ends: rule.rule.ends.is_some(),
            within: rule.within,
            guard: rule.guard.program(),
            accounts: steps[rule.steps.clone()]
                .iter()
                .any(|step| step.account.is_some() && step.shadow.is_none()),
            steps: rule.steps,
            drop: rule.rule.drop.clone().filter(|_| !rule.rule.shadow),
            shadow_drop: (rule.rule.shadow && rule.rule.drop.is_some())
                .then(|| image.rules[rule.rule.id.0 as usize].shadow_drop.clone()),
        })
        .collect();
    let has_shadows = steps.iter().any(|step| step.shadow.is_some())
        || rules.iter().any(|rule| rule.shadow_drop.is_some());
    let bench = Bench {
        rules: &rules,
        steps: &steps,
    };
    let first = Judgement::of(&bench, first, first_turns);
    let close = match close_turns {
        Some(turns) => Judgement::of(&bench, Phase::Close, turns),
        None => Judgement::Nothing,
    };
    let limit = usize::try_from(image.policy().defaults.max_record).unwrap_or(usize::MAX);
    PlanCore {
        first,
        close,
        image: image.clone(),
        callsite: callsite.clone(),
        capture: draft.capture.finish(limit),
        rules,
        steps,
        wants: draft.wants,
        hears_close: draft.hears_close,
        hears_open: draft.hears_open,
        has_shadows,
        is_kept: image.keeps(callsite),
    }
}

type StepLimits = Option<(Arc<crate::limit::Limiter>, Keys)>;

fn limits_of(draft: &mut Draft<'_>, step: &DraftStep<'_>) -> StepLimits {
    let rule = step.rule;
    let runtime = &draft.image.rules[rule.id.0 as usize].actions[step.action];
    let limiter = runtime.limiter.clone().filter(|_| step.is_limited)?;
    let keys = Keys::of(draft, rule.id, &rule.actions[step.action].limits);
    Some((limiter, keys))
}

fn finished_step(step: DraftStep<'_>, limits: StepLimits, image: &PolicyImage) -> Step {
    let action = &step.rule.actions[step.action];
    let runtime = &image.rules[step.rule.id.0 as usize].actions[step.action];
    Step {
        name: action.name,
        guard: step.guard.program(),
        on: step.on,
        limits,
        account: runtime.account.clone(),
        shadow: step.rule.shadow.then(|| runtime.shadow.clone()),
    }
}
