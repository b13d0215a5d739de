//! An output that writes down what it is handed.

use std::sync::{Mutex, PoisonError};

use rheostat_core::Callsite;
use rheostat_core::output::{MatchedRule, Output, Staging, StepId};
use rheostat_core::plan::Planner;
use rheostat_core::program::Program;
use rheostat_core::record::{Phase, Record};
use rheostat_policy::{Diagnostic, Vocabulary, first_party};

/// Understands every first-party action. A line is the rule's name, the phase of a span, labels in
/// order of their names, and the value of `of`.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    lines: Mutex<Vec<String>>,
}

impl Heard {
    /// The lines since this was asked before.
    pub(crate) fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tell(&self, plan: &[Line], record: &Record<'_>) {
        for line in plan {
            if record.passes(line.step).is_none() {
                continue;
            }
            let mut text = line.rule.clone();
            match record.phase() {
                Phase::Event => {}
                Phase::Open => text += " open",
                Phase::Close => text += " close",
            }
            let shown = |program| {
                record
                    .shown(record.value(program))
                    .unwrap_or("-")
                    .to_owned()
            };
            for (name, program) in &line.labels {
                text += &format!(" {name}={}", shown(program));
            }
            if let Some(of) = &line.of {
                text += &format!(" of={}", shown(of));
            }
            self.lines
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(text);
        }
    }
}

/// What one action needs at one callsite.
#[derive(Debug)]
pub(crate) struct Line {
    step: StepId,
    rule: String,
    labels: Vec<(String, Program)>,
    of: Option<Program>,
}

impl Output for Heard {
    type Staged = ();
    type Plan = Vec<Line>;

    fn vocabulary(&self) -> Vocabulary {
        first_party::vocabulary()
    }

    fn stage(&self, _: &Staging<'_>, _: Option<&()>) -> Result<(), Vec<Diagnostic>> {
        Ok(())
    }

    fn plan(
        &self,
        (): &(),
        _: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Vec<Line>> {
        let mut plan = Vec::new();
        for rule in rules {
            for matched in &rule.actions {
                let labels = matched.action.labels.iter();
                // A count counts one, unless it says otherwise.
                let is_count = matched.action.name == "count";
                let of = matched.action.args.expr("of").filter(|_| !is_count);
                plan.push(Line {
                    step: matched.step,
                    rule: rule.rule.shown_name(),
                    labels: labels
                        .map(|label| (label.name.to_string(), planner.label(rule, label)))
                        .collect(),
                    of: of.map(|of| planner.value(rule, of)),
                });
            }
        }
        (!plan.is_empty()).then_some(plan)
    }

    fn commit(&self, (): &()) {}

    fn event(&self, plan: &Vec<Line>, record: &Record<'_>) {
        self.tell(plan, record);
    }

    fn span_open(&self, plan: &Vec<Line>, record: &Record<'_>) {
        self.tell(plan, record);
    }

    fn span_close(&self, plan: &Vec<Line>, record: &Record<'_>) {
        self.tell(plan, record);
    }
}
