//! What one callsite records into which metrics.

use std::fmt;
use std::sync::Arc;

use rheostat_core::output::{Direct, Settled, Timed};
use rheostat_core::plan::Planner;
use rheostat_core::record::knows_traces;
use rheostat_core::{MatchedAction, MatchedRule, Record};
use rheostat_policy::model::{Action, Phases};

use super::action::{ActionPlan, How, Kept, Place, What};
use super::convert::{Convert, Number};
use super::direct;
use super::labels::Labels;
use super::open::Raised;
use super::stage::{MetricsStaged, is_open};
use crate::spec::{Kind, Settings};

/// What one callsite needs at hand when it fires.
pub struct MetricsPlan {
    actions: Box<[ActionPlan]>,
    // Those that count open spans.
    opens: Box<[ActionPlan]>,
}

impl MetricsPlan {
    pub(super) fn new(
        staged: &MetricsStaged,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self> {
        let mut plans: Vec<ActionPlan> = Vec::new();
        for rule in rules {
            for action in &rule.actions {
                plans.extend(plan(staged, rule, action, planner));
            }
        }
        if plans.is_empty() {
            return None;
        }
        let (opens, actions): (Vec<_>, Vec<_>) = plans
            .into_iter()
            .partition(|plan| matches!(plan.what, What::Open));
        Some(Self {
            actions: actions.into(),
            opens: opens.into(),
        })
    }

    /// The short way of events, where one action alone acts on them.
    pub(super) fn direct(&self, settled: &Settled<'_>) -> Option<Direct> {
        direct::of(self.alone(settled)?, settled)
    }

    /// The same of spans that close.
    pub(super) fn timed(&self, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
        direct::timed(self.alone(settled)?, settled)
    }

    fn alone(&self, settled: &Settled<'_>) -> Option<&ActionPlan> {
        let acts = |action: &&ActionPlan| settled.passes(action.step);
        let mut acting = self.actions.iter().filter(acts);
        let first = acting.next()?;
        acting.next().is_none().then_some(first)
    }

    /// Records what passes.
    #[inline]
    pub(super) fn act(&self, record: &Record<'_>) {
        for action in &self.actions {
            if record.passes(action.step).is_some() {
                action.act(record);
            }
        }
    }

    /// A span opened: raises what counts it, until it closes.
    pub(super) fn raise(&self, record: &Record<'_>) {
        for action in &self.opens {
            if record.passes(action.step).is_some()
                && let Some(handle) = action.handle(record)
            {
                record.leave(Raised::new(handle));
            }
        }
    }
}

impl fmt::Debug for MetricsPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions = self.actions.iter().chain(&self.opens);
        let names = actions.map(|action| &action.metric.identity().name);
        f.debug_list().entries(names).finish()
    }
}

fn plan(
    staged: &MetricsStaged,
    rule: &MatchedRule<'_>,
    action: &MatchedAction<'_>,
    planner: &mut Planner<'_>,
) -> Option<ActionPlan> {
    let (metric, settings, declared) = staged.metric(action.action.metric?)?;
    let convert = Convert::new(action.action.unit.as_ref(), declared.unit.as_ref());
    let what = what(
        rule,
        action.action,
        metric.identity().kind,
        convert,
        planner,
    );
    if matches!(what, What::Open) {
        let on = Phases {
            open: true,
            close: false,
        };
        planner.judge_at(action.step, on);
    }
    let labels = Labels::new(staged, declared, (rule, action), planner);
    let is_gauge = metric.identity().kind == Kind::Gauge;
    let exemplars = settings.exemplars && !is_gauge && knows_traces();
    if exemplars {
        planner.need_scope();
    }
    Some(ActionPlan {
        step: action.step,
        what,
        series: place(labels, settings),
        metric: metric.clone(),
        refusals: planner.refusals(rule),
        exemplars,
    })
}

fn what(
    rule: &MatchedRule<'_>,
    action: &Action,
    kind: Kind,
    convert: Convert,
    planner: &mut Planner<'_>,
) -> What {
    let Some(of) = action.args.expr("of") else {
        return What::Add(1);
    };
    if is_open(Some(of)) {
        return What::Open;
    }
    let how = match kind {
        Kind::Counter if action.args.bool("absolute") == Some(&true) => How::Follow,
        Kind::Counter => How::Add,
        Kind::Histogram => How::Observe,
        Kind::Gauge => match action.args.text("op").map(|op| &**op) {
            Some("add") => How::Raise,
            Some("sub") => How::Lower,
            _ => How::Set,
        },
    };
    let program = planner.value(rule, of);
    let constant = program.constant().map(|value| convert.number(value));
    match (how, constant) {
        (How::Add, Some(Ok(Number::Whole(amount)))) => What::Add(amount),
        _ => What::Value(how, program, convert),
    }
}

/// A series is kept only if it cannot expire: one that a handle points at would be hidden and go on.
fn place(labels: Labels, settings: &Settings) -> Place {
    match labels.fixed() {
        Some(fixed) if settings.expire.is_none() || is_permanent(settings) => {
            Place::Kept(Arc::new(Kept::new(fixed)))
        }
        Some(fixed) => Place::Fixed(fixed),
        None => Place::Read(labels),
    }
}

/// The only series of a metric without labels is there from the start, and stays.
fn is_permanent(settings: &Settings) -> bool {
    settings.from_start.iter().any(Vec::is_empty)
}
