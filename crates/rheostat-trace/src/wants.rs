//! What the `trace` rules of one policy can want of a callsite.

use std::sync::Arc;

use rheostat_core::callsites;
use rheostat_core::matcher::can_act;
use rheostat_policy::model::{Action, Arg, CheckedPolicy, Level, Rule};
use tracing_core::{LevelFilter, Metadata};

use crate::bridge::Wants;

/// The `trace` actions of a policy, as far as the code decides about them.
pub(crate) struct PolicyWants {
    policy: Arc<CheckedPolicy>,
    events: LevelFilter,
    level: LevelFilter,
}

impl PolicyWants {
    pub(crate) fn new(policy: Arc<CheckedPolicy>) -> Self {
        let of_spans = traces(&policy).map(|(rule, _)| level_of_rule(rule));
        let spans = of_spans.max().unwrap_or(LevelFilter::OFF);
        let events = traces(&policy).map(|(_, action)| events_of(action));
        let events = events.max().unwrap_or(LevelFilter::OFF);
        Self {
            events,
            level: spans.max(events),
            policy,
        }
    }
}

impl Wants for PolicyWants {
    fn span(&self, metadata: &'static Metadata<'static>) -> bool {
        let mut traces = traces(&self.policy).peekable();
        if traces.peek().is_none() {
            return false;
        }
        callsites::of(metadata)
            .is_some_and(|callsite| traces.any(|(rule, action)| can_act(rule, action, callsite)))
    }

    fn events(&self) -> LevelFilter {
        self.events
    }

    fn level(&self) -> LevelFilter {
        self.level
    }
}

/// The `trace` actions of enabled rules.
fn traces(policy: &CheckedPolicy) -> impl Iterator<Item = (&Rule, &Action)> {
    let enabled = policy
        .rules
        .iter()
        .filter(|rule| rule.enabled && !rule.shadow);
    enabled.flat_map(|rule| {
        let actions = rule.actions.iter().filter(|action| action.name == "trace");
        actions.map(move |action| (rule, action))
    })
}

/// The events that an action ships inside its spans.
pub(crate) fn events_of(action: &Action) -> LevelFilter {
    match action.args.get("events") {
        Some(Arg::Level(level)) => filter_of(*level),
        _ => LevelFilter::OFF,
    }
}

/// The least severe callsite that a rule can match.
fn level_of_rule(rule: &Rule) -> LevelFilter {
    let accepts = |level: &&Level| {
        let some = |list: &Vec<_>| {
            list.iter()
                .any(|selector: &rheostat_policy::model::Selector| selector.level.accepts(**level))
        };
        rule.matches.iter().all(some)
    };
    Level::ALL
        .iter()
        .rev()
        .find(accepts)
        .map_or(LevelFilter::OFF, |level| filter_of(*level))
}

fn filter_of(level: Level) -> LevelFilter {
    match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    }
}
