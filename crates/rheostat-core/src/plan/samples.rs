//! What the rules of a policy count about themselves.

use std::sync::atomic::Ordering;

use super::{PolicyImage, RefusedValue};
use crate::stats::Sample;

impl PolicyImage {
    /// What shadow rules would have done, values that were not recorded, spans that were not measured, and
    /// the ledger.
    ///
    /// A rule with nothing to say is left out, except a shadow rule.
    pub fn samples(&self) -> Vec<Sample> {
        let mut samples = Vec::new();
        for (rule, runtime) in self.policy().rules.iter().zip(&self.rules) {
            let state = &runtime.state;
            for cause in RefusedValue::ALL {
                let sample = Sample::counter(
                    "rheostat_values_refused_total",
                    "Values that a rule could not record.",
                    state.refused(cause),
                );
                let sample = sample.with("cause", cause.as_str());
                samples
                    .extend(nonzero(sample).map(|sample| sample.with("rule", state.name.clone())));
            }
            let unmeasured = Sample::counter(
                "rheostat_spans_unmeasured_total",
                "Spans that closed without a start that was measured.",
                state.unmeasured(),
            );
            samples
                .extend(nonzero(unmeasured).map(|sample| sample.with("rule", state.name.clone())));
            if rule.shadow {
                samples.extend(shadow(rule, runtime));
            }
        }
        samples.extend(self.ledger().lines().into_iter().map(|line| {
            Sample::counter(
                "rheostat_records_total",
                "What became of records, by rule and sink.",
                line.records,
            )
            .with("cause", line.cause)
            .with("outcome", line.outcome.as_str())
            .with("rule", line.rule)
            .with("sink", line.sink)
        }));
        samples
    }
}

fn nonzero(sample: Sample) -> Option<Sample> {
    (sample.value > 0.0).then_some(sample)
}

/// Actions of one key are counted as one.
fn shadow(
    rule: &rheostat_policy::model::Rule,
    runtime: &super::rule_state::RuleRuntime,
) -> Vec<Sample> {
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    for (action, runtime) in rule.actions.iter().zip(&runtime.actions) {
        let count = runtime.shadow.load(Ordering::Relaxed);
        match counts.iter_mut().find(|(name, _)| *name == action.name) {
            Some((_, sum)) => *sum += count,
            None => counts.push((action.name, count)),
        }
    }
    if rule.drop.is_some() {
        counts.push(("drop", runtime.shadow_drop.load(Ordering::Relaxed)));
    }
    let sample = |(action, count)| {
        Sample::counter(
            "rheostat_shadow_total",
            "What a rule with `shadow = true` would have done.",
            count,
        )
        .with("action", action)
        .with("rule", runtime.state.name.clone())
    };
    counts.into_iter().map(sample).collect()
}
