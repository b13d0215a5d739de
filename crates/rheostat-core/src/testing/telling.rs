//! An output that tells what it was asked to do.
//!
//! Tests of the library and tests of the mounts, which are programs of their own, both use it.

use std::sync::{Mutex, PoisonError};

use rheostat_core::Callsite;
use rheostat_core::output::{MatchedAction, MatchedRule, Output, Staging, StepId};
use rheostat_core::plan::{Planner, Refusals};
use rheostat_core::program::Program;
use rheostat_core::record::{FieldSet, Phase, Record, SpanFields};
use rheostat_policy::{Diagnostic, Vocabulary, first_party};

/// Understands every first-party action and writes a line for each it is handed.
///
/// A line is the rule, the action, the weight unless it is 1, the value of `of`, labels, fields.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    lines: Mutex<Vec<String>>,
    is_brief: bool,
}

impl Telling {
    /// One that leaves out the action, what a count counts, and fields.
    pub(crate) fn brief() -> Self {
        Self {
            is_brief: true,
            ..Self::default()
        }
    }

    /// The lines since this was asked before.
    pub(crate) fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tell(&self, plan: &[Told], record: &Record<'_>) {
        for told in plan {
            if let Some(weight) = record.passes(told.step) {
                let line = told.line(weight, record);
                self.lines
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        }
    }
}

#[derive(Debug)]
pub(crate) struct Told {
    step: StepId,
    name: String,
    of: Option<Program>,
    labels: Vec<(String, Program)>,
    fields: FieldSet,
    spans: Option<SpanFields>,
    refusals: Refusals,
}

impl Told {
    fn new(
        is_brief: bool,
        rule: &MatchedRule<'_>,
        matched: &MatchedAction<'_>,
        planner: &mut Planner<'_>,
    ) -> Self {
        let action = matched.action;
        let is_shown = !is_brief || action.name != "count";
        let of = action.args.expr("of").filter(|_| is_shown);
        let labels = action.labels.iter();
        let is_record = !is_brief && action.name == "stream";
        let mut name = rule.rule.shown_name();
        if !is_brief {
            name += &format!(" {}", action.name);
        }
        Self {
            step: matched.step,
            name,
            of: of.map(|of| planner.value(rule, of)),
            labels: labels
                .map(|label| (label.name.to_string(), planner.label(rule, label)))
                .collect(),
            fields: match action.args.globs("fields") {
                Some(globs) if is_record => planner.capture_fields(globs),
                _ => FieldSet::default(),
            },
            spans: is_record.then(|| planner.span_fields(rule, matched)),
            refusals: planner.refusals(rule),
        }
    }

    fn line(&self, weight: f64, record: &Record<'_>) -> String {
        let mut line = self.name.clone();
        match record.phase() {
            Phase::Event => {}
            Phase::Open => line += " open",
            Phase::Close => line += " close",
        }
        if weight != 1.0 {
            line += &format!(" x{weight}");
        }
        let shown = |program| {
            record
                .shown(record.value(program))
                .unwrap_or("-")
                .to_owned()
        };
        if let Some(of) = &self.of {
            line += &format!(" of={}", shown(of));
            if !record.value(of).is_some() {
                self.refusals.missing(record, of);
            }
        }
        for (name, program) in &self.labels {
            line += &format!(" {name}={}", shown(program));
        }
        for (_, name, value) in record.fields(&self.fields) {
            line += &format!(" .{name}={}", record.shown(value).unwrap_or("-"));
        }
        for span in self.spans.iter().flat_map(|spans| record.spans(*spans)) {
            line += &format!(" <{}", span.name());
            for (_, name, value) in span.fields() {
                line += &format!(" {name}={}", record.shown(value).unwrap_or("-"));
            }
            line += ">";
        }
        line
    }
}

impl Output for Telling {
    type Staged = ();
    type Plan = Vec<Told>;

    fn vocabulary(&self) -> Vocabulary {
        first_party::vocabulary()
    }

    fn stage(&self, _: &Staging<'_>, _: Option<&()>) -> Result<(), Vec<Diagnostic>> {
        Ok(())
    }

    fn plan(
        &self,
        _staged: &(),
        _callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Vec<Told>> {
        let mut plan = Vec::new();
        for rule in rules {
            for action in &rule.actions {
                plan.push(Told::new(self.is_brief, rule, action, planner));
            }
        }
        (!plan.is_empty()).then_some(plan)
    }

    fn commit(&self, _staged: &()) {}

    fn event(&self, plan: &Vec<Told>, record: &Record<'_>) {
        self.tell(plan, record);
    }

    fn span_open(&self, plan: &Vec<Told>, record: &Record<'_>) {
        self.tell(plan, record);
    }

    fn span_close(&self, plan: &Vec<Told>, record: &Record<'_>) {
        self.tell(plan, record);
    }
}
