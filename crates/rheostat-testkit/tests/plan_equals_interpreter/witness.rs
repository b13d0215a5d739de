//! An output that writes down what it is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rheostat_core::ledger::{Cause, Entry};
use rheostat_core::output::{MatchedAction, MatchedRule, Output, Staging, StepId};
use rheostat_core::plan::Planner;
use rheostat_core::program::Program;
use rheostat_core::{Callsite, Record};
use rheostat_policy::expr::{BuiltIn, ExprKind, Ref};
use rheostat_policy::model::{Action, CheckedPolicy, MetricId, Phases};
use rheostat_policy::{Diagnostic, Vocabulary, first_party};

/// Writes down every step that passes.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    /// Whether metrics are somebody else's.
    leaves_metrics: bool,
    lines: Lines,
}

type Lines = Arc<Mutex<Vec<String>>>;

/// Left with a span that raised a series; it is lowered when the span closes.
struct Raised {
    series: String,
    lines: Lines,
}

impl Drop for Raised {
    fn drop(&mut self) {
        lock(&self.lines).push(format!("{} lowered", self.series));
    }
}

fn lock(lines: &Lines) -> MutexGuard<'_, Vec<String>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One action at one callsite.
#[derive(Debug)]
pub(crate) struct Noted {
    step: StepId,
    action: &'static str,
    what: What,
}

#[derive(Debug)]
enum What {
    Metric {
        name: String,
        of: Option<Program>,
        labels: Vec<(String, Program)>,
    },
    /// A gauge of the spans that are open.
    Open {
        name: String,
        labels: Vec<(String, Program)>,
    },
    Record {
        sink: u32,
        rule: String,
        account: Option<Arc<Entry>>,
    },
}

impl Witness {
    /// A witness of all but metrics.
    pub(crate) fn beside_metrics() -> Self {
        Self {
            leaves_metrics: true,
            ..Self::default()
        }
    }

    /// The lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.lines))
    }

    fn tell(&self, plan: &[Noted], record: &Record<'_>) {
        let lines = plan.iter().filter_map(|noted| self.line(noted, record));
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        lock(&self.lines).extend(lines);
    }

    fn line(&self, noted: &Noted, record: &Record<'_>) -> Option<String> {
        let weight = record.passes(noted.step)?;
        let action = noted.action;
        match &noted.what {
            What::Record {
                sink,
                rule,
                account,
            } => {
                account
                    .iter()
                    .for_each(|account| account.count(Cause::Delivered, 1));
                Some(format!("{action} to {sink} by {rule} weight {weight}"))
            }
            What::Open { name, labels } => {
                let series = format!("{action} {name} {:?}", shown(labels, record));
                let raised = format!("{series} raised");
                let lines = self.lines.clone();
                record.leave(Raised { series, lines });
                Some(raised)
            }
            What::Metric { name, of, labels } => {
                let amount = of.as_ref().map_or(Some(1.0), |of| amount(of, record))?;
                if !amount.is_finite() || (action == "count" && amount < 0.0) {
                    return None;
                }
                Some(format!(
                    "{action} {name} {:?} {amount}",
                    shown(labels, record)
                ))
            }
        }
    }
}

fn amount(of: &Program, record: &Record<'_>) -> Option<f64> {
    let value = record.value(of);
    match (value.number(), value.duration()) {
        (Some(number), _) => Some(number.to_f64()),
        (None, Some(nanoseconds)) => Some(nanoseconds as f64 / 1e9),
        (None, None) => None,
    }
}

fn shown(labels: &[(String, Program)], record: &Record<'_>) -> Vec<String> {
    labels
        .iter()
        .filter_map(|(name, program)| Some((name, record.shown(record.value(program))?)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| format!("{name}={text}"))
        .collect()
}

fn noted(
    policy: &CheckedPolicy,
    rule: &MatchedRule<'_>,
    matched: &MatchedAction<'_>,
    planner: &mut Planner<'_>,
) -> Option<Noted> {
    let action: &Action = matched.action;
    let of = action.args.expr("of");
    let labels = action.labels.iter();
    let labels = labels
        .map(|label| (label.name.to_string(), planner.label(rule, label)))
        .collect();
    let what = match (action.metric, action.sink) {
        (Some(MetricId(metric)), _) => {
            let name = policy.metrics[metric as usize].name.to_string();
            let is_open = matches!(
                of.map(|of| &of.kind),
                Some(ExprKind::Ref(Ref::BuiltIn(BuiltIn::Open)))
            );
            if is_open {
                planner.judge_at(
                    matched.step,
                    Phases {
                        open: true,
                        close: false,
                    },
                );
                What::Open { name, labels }
            } else {
                What::Metric {
                    name,
                    of: of.map(|of| planner.value(rule, of)),
                    labels,
                }
            }
        }
        (None, Some(sink)) => What::Record {
            sink: sink.0,
            rule: rule.rule.shown_name(),
            account: planner.account(rule, matched),
        },
        (None, None) => return None,
    };
    Some(Noted {
        step: matched.step,
        action: action.name,
        what,
    })
}

impl Output for Witness {
    type Staged = Arc<CheckedPolicy>;
    type Plan = Vec<Noted>;

    fn vocabulary(&self) -> Vocabulary {
        first_party::vocabulary()
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        _was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        Ok(staging.policy.clone())
    }

    fn plan(
        &self,
        policy: &Self::Staged,
        _callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        let mut plan = Vec::new();
        for rule in rules {
            for action in &rule.actions {
                if !(self.leaves_metrics && action.action.metric.is_some()) {
                    plan.extend(noted(policy, rule, action, planner));
                }
            }
        }
        (!plan.is_empty()).then_some(plan)
    }

    fn commit(&self, _staged: &Self::Staged) {}

    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.tell(plan, record);
    }

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.tell(plan, record);
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.tell(plan, record);
    }
}
