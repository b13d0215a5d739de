//! What a policy does with a callsite, and why: for people, without a running program.

use rheostat_policy::expr::{Expr, ExprKind};
use rheostat_policy::model::{Action, Drop, Phases, Rule, RuleId};
use rheostat_policy::place::Place;

use super::PolicyImage;
use super::draft::{Draft, Guard};
use super::turns::{Contender, Turns};
use super::why_not::why_not;
use crate::callsite::Callsite;
use crate::matcher;
use crate::output::StepId;

/// What a policy does with a callsite: one entry for each rule, in file order.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The rules.
    pub rules: Vec<ExplainedRule>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedRule {
    /// The rule.
    pub rule: RuleId,
    /// What a person knows it by.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// Whether it applies.
    pub fate: Fate,
}

/// Whether a rule applies to a callsite.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It does.
    Applies(Applies),
    /// It does not.
    Not(WhyNot),
}

/// Why a rule does not apply to a callsite.
#[derive(Clone, Debug, PartialEq)]
pub enum WhyNot {
    /// It says `enabled = false`, or its group does.
    Disabled,
    /// Its time is over.
    Ended,
    /// A `match` has no selector that accepts the callsite.
    Unmatched {
        /// For each selector tried: where it stands, and the keys that refuse.
        refused: Vec<(Place, Vec<&'static str>)>,
    },
    /// Its `except` accepts the callsite.
    Excepted {
        /// The selector.
        place: Place,
    },
    /// None of its actions acts on this kind of callsite.
    NoAction,
    /// Its condition can never hold here.
    NeverHolds {
        /// The part that fails, as the language writes it.
        part: String,
    },
    /// An earlier rule drops every record, or all that this one would make of it.
    Dropped {
        /// That rule.
        by: RuleId,
    },
}

/// How a rule applies to a callsite.
#[derive(Clone, Debug, PartialEq)]
pub struct Applies {
    /// Parts of its condition that the callsite decides: all of them hold.
    pub decided: Vec<String>,
    /// What is asked of each record.
    pub left: Option<String>,
    /// How many `within` lists must be found around each record.
    pub within: usize,
    /// Its actions that act here.
    pub actions: Vec<ExplainedAction>,
    /// Its actions whose own condition can never hold here.
    pub never: Vec<Never>,
    /// Its actions that an earlier rule drops, and that rule.
    pub silenced: Vec<Silenced>,
    /// What later rules do not see of a record for which it holds.
    pub drop: Option<Drop>,
    /// Whether it only counts what it would do.
    pub shadow: bool,
    /// What it reads of enclosing spans.
    pub spans: Vec<SpanRead>,
}

/// One action of a rule that applies.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedAction {
    /// Its key, such as `count`.
    pub name: &'static str,
    /// Its position among the rule's actions.
    pub nth: usize,
    /// Its step in the callsite's plan.
    pub step: StepId,
    /// When it judges a span.
    pub on: Phases,
    /// What its own condition asks of each record.
    pub left: Option<String>,
    /// The rules that come before it at its sink or metric, if they hold too.
    pub after: Vec<RuleId>,
}

/// An action that the callsite keeps from acting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Never {
    /// Its key, such as `count`.
    pub name: &'static str,
    /// Its position among the rule's actions.
    pub nth: usize,
    /// The part of its condition that fails, as the language writes it.
    pub part: String,
}

/// An action that an earlier rule keeps from acting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silenced {
    /// Its key, such as `count`.
    pub name: &'static str,
    /// The rule that drops it.
    pub by: RuleId,
}

/// Something that a rule reads of the spans around a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanRead {
    /// Spans of its `within` are kept.
    Within,
    /// A name the callsite does not declare: spans that declare it and may lend it are kept.
    Name {
        /// The name.
        name: String,
        /// Whether spans of any level lend it, because the rule has a `within`; else those at `scope_level`.
        any_level: bool,
    },
    /// `span('X').name`: spans of that name are kept.
    Named {
        /// The span's name.
        span: String,
        /// The field.
        name: String,
    },
    /// Fields that a `span_fields` names.
    SpanFields(String),
}

/// Explains a callsite under a policy.
pub fn explain(image: &PolicyImage, callsite: &Callsite) -> Explanation {
    let mut draft = Draft::lean(image, callsite);
    let turns = turns(&draft);
    let mut dropped_by = None;
    let mut silenced: Vec<Silenced> = Vec::new();
    let mut rules = Vec::new();
    for rule in &image.policy().rules {
        let found = draft
            .rules
            .iter()
            .position(|found| found.rule.id == rule.id);
        let fate = match (found, dropped_by) {
            (Some(at), _) => {
                let mut applies = applies(&mut draft, at, &turns);
                let of_rule = silenced.iter().filter(|one| {
                    let acts = |action: &Action| matcher::acts(rule, action.selects, callsite);
                    rule.actions
                        .iter()
                        .any(|action| action.name == one.name && acts(action))
                });
                applies.silenced = of_rule.copied().collect();
                let found = &draft.rules[at];
                let always = found.within.is_empty()
                    && found.guard.is_open()
                    && rule.ends.is_none()
                    && !rule.shadow;
                match &rule.drop {
                    Some(Drop::All) if always => dropped_by = dropped_by.or(Some(rule.id)),
                    Some(Drop::Actions(names)) if always => {
                        silenced.extend(names.iter().map(|name| Silenced { name, by: rule.id }));
                    }
                    Some(Drop::All | Drop::Actions(_)) | None => {}
                }
                Fate::Applies(applies)
            }
            (None, by) => Fate::Not(why_not(&mut draft, rule, by, &silenced)),
        };
        rules.push(ExplainedRule {
            rule: rule.id,
            name: rule.shown_name(),
            place: rule.place,
            fate,
        });
    }
    Explanation { rules }
}

/// Who takes turns with whom, all phases together.
fn turns(draft: &Draft<'_>) -> Turns {
    let contenders: Vec<_> = draft
        .steps
        .iter()
        .zip(0_u16..)
        .map(|(step, number)| Contender {
            step: number,
            action: &step.rule.actions[step.action],
            is_shadow: step.rule.shadow,
        })
        .collect();
    Turns::of(&contenders)
}

fn applies(draft: &mut Draft<'_>, at: usize, turns: &Turns) -> Applies {
    let rule = draft.rules[at].rule;
    let decided = match &rule.condition {
        Some(condition) => decided(draft, rule, condition),
        None => Vec::new(),
    };
    let never = never(draft, at);
    let found = &draft.rules[at];
    Applies {
        decided,
        never,
        left: left(&found.guard),
        within: found.within.len(),
        actions: found
            .steps
            .clone()
            .map(|index| action(draft, index, turns))
            .collect(),
        silenced: Vec::new(),
        drop: rule.drop.clone(),
        shadow: rule.shadow,
        spans: super::span_reads::span_reads(rule, draft.callsite),
    }
}

/// The actions of a rule that have no step because their own condition fails here.
fn never(draft: &mut Draft<'_>, at: usize) -> Vec<Never> {
    let rule = draft.rules[at].rule;
    let mut never = Vec::new();
    for (nth, action) in rule.actions.iter().enumerate() {
        if !matcher::acts(rule, action.selects, draft.callsite) {
            continue;
        }
        let mut parts = action.condition.iter().flat_map(|whole| parts(whole));
        if let Some(part) = parts.find(|part| draft.fold(rule.id, part).decided() == Some(false)) {
            never.push(Never {
                name: action.name,
                nth,
                part: part.to_string(),
            });
        }
    }
    never
}

fn action(draft: &Draft<'_>, index: usize, turns: &Turns) -> ExplainedAction {
    let step = &draft.steps[index];
    let number = u16::try_from(index).unwrap_or(u16::MAX);
    let groups = turns.sinks.iter().chain(&turns.metrics);
    let before = groups
        .filter(|group| group.contains(&number))
        .flat_map(|group| group.iter().take_while(|other| **other != number));
    ExplainedAction {
        name: step.rule.actions[step.action].name,
        nth: step.action,
        step: StepId(number),
        on: step.on,
        left: left(&step.guard),
        after: before
            .map(|other| draft.steps[usize::from(*other)].rule.id)
            .collect(),
    }
}

fn left(guard: &Guard) -> Option<String> {
    match guard {
        Guard::Open => None,
        Guard::Asks(node) => Some(node.shown()),
    }
}

/// The parts of a condition, as far as `and` joins them.
pub(super) fn parts(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::And(inner) => inner.iter().flat_map(|part| parts(part)).collect(),
        _ => vec![condition],
    }
}

/// The parts that the callsite decides.
fn decided(draft: &mut Draft<'_>, rule: &Rule, condition: &Expr) -> Vec<String> {
    parts(condition)
        .into_iter()
        .filter(|part| draft.fold(rule.id, part).decided().is_some())
        .map(ToString::to_string)
        .collect()
}
