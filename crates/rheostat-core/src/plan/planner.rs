//! What an output asks for while it plans a callsite.

use std::sync::Arc;

use rheostat_policy::expr::Expr;
use rheostat_policy::glob::Glob;
use rheostat_policy::model::{Label, Mapped, Phases, Template as TemplateText, TemplatePart};

use super::draft::Draft;
use super::keys::Keys;
use super::own_limits::OwnLimits;
use super::refusals::Refusals;
use crate::callsite::Callsite;
use crate::ledger::Entry;
use crate::output::{MatchedAction, MatchedRule, StepId};
use crate::program::{Program, fold_mapped, or_else};
use crate::record::{FieldSet, Record, SpanFields};
use crate::value::Constant;

/// Compiles an output's values for one callsite.
///
/// What is asked for here is captured when the callsite fires; what is not
/// asked for is never looked at.
pub struct Planner<'a> {
    pub(crate) draft: Draft<'a>,
}

impl<'a> Planner<'a> {
    /// The callsite.
    pub fn callsite(&self) -> &'a Callsite {
        self.draft.callsite
    }

    /// The generation of the policy.
    pub fn generation(&self) -> u64 {
        self.draft.image.generation()
    }

    /// A value or a condition of a rule.
    pub fn value(&mut self, rule: &MatchedRule<'_>, expr: &Expr) -> Program {
        Program::of(self.draft.fold(rule.rule.id, expr))
    }

    /// A value in table form: mapped, with its own default.
    pub fn mapped(&mut self, rule: &MatchedRule<'_>, mapped: &Mapped) -> Program {
        Program::of(fold_mapped(mapped, &mut self.draft.cx(rule.rule.id)))
    }

    /// A label's value; where it is missing, the policy's text for that.
    pub fn label(&mut self, rule: &MatchedRule<'_>, label: &Label) -> Program {
        let node = fold_mapped(&label.value, &mut self.draft.cx(rule.rule.id));
        let missing = self.draft.image.policy().defaults.missing.clone();
        Program::of(or_else(node, Constant::Text(missing)))
    }

    /// A text with holes.
    pub fn template(&mut self, rule: &MatchedRule<'_>, template: &TemplateText) -> Template {
        let part = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => Part::Text(text.clone()),
            TemplatePart::Hole(hole) => {
                Part::Hole(Program::of(self.draft.cx(rule.rule.id).load(hole)))
            }
        };
        Template(template.0.iter().map(part).collect())
    }

    /// The callsite's own fields that one of the globs accepts, `message` left out.
    pub fn capture_fields(&mut self, globs: &[Glob]) -> FieldSet {
        let callsite = self.draft.callsite;
        let wanted = callsite.fields.iter().enumerate().filter(|(_, field)| {
            **field != "message" && globs.iter().any(|glob| glob.matches(field))
        });
        let slots = wanted
            .map(|(field, _)| (field, self.draft.capture.slot(callsite, field)))
            .collect();
        FieldSet { slots }
    }

    /// The callsite's message, for [`Record::message`].
    pub fn capture_message(&mut self) {
        let callsite = self.draft.callsite;
        if let Some(field) = callsite.field("message") {
            self.draft.capture.slot(callsite, field);
        }
    }

    /// The enclosing spans kept for a rule, with the fields that the action's `span_fields` names.
    pub fn span_fields(
        &mut self,
        rule: &MatchedRule<'_>,
        action: &MatchedAction<'_>,
    ) -> SpanFields {
        self.draft.wants.scope = true;
        let nth = self.draft.steps[usize::from(action.step.0)].action;
        SpanFields {
            view: self
                .draft
                .image
                .view_of(rule.rule.id, nth)
                .unwrap_or(usize::MAX),
        }
    }

    /// The open spans around the record, for [`Record::scope`] and [`Record::trace_ids`].
    pub fn need_scope(&mut self) {
        self.draft.wants.scope = true;
    }

    /// What turns a text into the digits that `| hash` would show.
    pub fn hash_text(&self) -> crate::flow::HashText {
        let key = self.draft.image.hash_key();
        Arc::new(move |text| format!("{:08x}", key.hash(text.as_bytes()) >> 32))
    }

    /// Where to count the values of a rule that cannot be recorded.
    pub fn refusals(&self, rule: &MatchedRule<'_>) -> Refusals {
        let runtime = &self.draft.image.rules[rule.rule.id.0 as usize];
        Refusals {
            state: runtime.state.clone(),
        }
    }

    /// The account of a rule at its action's sink; `None` for an action without sink.
    pub fn account(
        &self,
        rule: &MatchedRule<'_>,
        action: &MatchedAction<'_>,
    ) -> Option<Arc<Entry>> {
        let nth = self.draft.steps[usize::from(action.step.0)].action;
        self.draft.image.rules[rule.rule.id.0 as usize].actions[nth]
            .account
            .clone()
    }

    /// Judges a step at other moments than its action says: `trace` is judged when a span opens.
    pub fn judge_at(&mut self, step: StepId, on: Phases) {
        self.draft.steps[usize::from(step.0)].on = on;
    }

    /// Brings every close of this callsite's spans to the output, whatever steps it passes: `trace` judges its
    /// `keep` then. What must happen at the close whatever the policy is left with the span: [`Record::leave`].
    ///
    /// [`Record::leave`]: crate::Record::leave
    pub fn hear_every_close(&mut self) {
        self.draft.hears_close = true;
    }

    /// Brings every opening of this callsite's spans to the output, whatever steps it passes: `trace` has to
    /// know of a span that is not shipped because of a `drop`, for its children are not either.
    pub fn hear_every_open(&mut self) {
        self.draft.hears_open = true;
    }

    /// The `every` and `rate` of an action, for an output to which its limits were left.
    pub fn own_limits(
        &mut self,
        rule: &MatchedRule<'_>,
        action: &MatchedAction<'_>,
    ) -> Option<OwnLimits> {
        let limits = &action.action.limits;
        if limits.every.is_none() && limits.rate.is_none() {
            return None;
        }
        let nth = self.draft.steps[usize::from(action.step.0)].action;
        let runtime = &self.draft.image.rules[rule.rule.id.0 as usize].actions[nth];
        let limiter = runtime.limiter.clone()?;
        let keys = Keys::of(&mut self.draft, rule.rule.id, limits);
        Some(OwnLimits::new(limiter, keys))
    }

    /// Leaves a step's limits to the output: `trace` samples by whole traces.
    pub fn leave_limits(&mut self, step: StepId) {
        self.draft.steps[usize::from(step.0)].is_limited = false;
    }
}

impl std::fmt::Debug for Planner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planner")
            .field("callsite", &self.draft.callsite.name)
            .finish_non_exhaustive()
    }
}

/// A text with holes, ready to be filled for the records of one callsite.
#[derive(Clone, Debug)]
pub struct Template(Box<[Part]>);

#[derive(Clone, Debug)]
enum Part {
    Text(Arc<str>),
    Hole(Program),
}

impl Template {
    /// The text for a record; a hole whose value is missing stays empty.
    pub fn render<'r>(&self, record: &'r Record<'_>) -> &'r str {
        let mut out = bumpalo::collections::String::new_in(record.bump());
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Hole(program) => {
                    if let Some(text) = record.shown(record.value(program)) {
                        out.push_str(text);
                    }
                }
            }
        }
        out.into_bump_str()
    }
}
