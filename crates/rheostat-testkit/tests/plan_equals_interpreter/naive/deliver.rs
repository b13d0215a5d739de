//! What a record comes to: what metrics get, and which sinks hear of it.

use rheostat_policy::expr::Expr;
use rheostat_policy::model::{Action, Mapped, Rule, SinkId};

use super::eval::evaluate;
use super::judge::Judged;
use super::limits::Keys;
use super::names::Names;
use super::rules::is_open_gauge;
use super::run::Run;
use super::value::Value;

impl Run<'_> {
    /// What a metric gets: `count name [labels] amount`.
    pub(super) fn measure(
        &mut self,
        rule: &Rule,
        at: usize,
        record: &Judged<'_>,
    ) -> Option<String> {
        let action = &rule.actions[at];
        let lookup = Names {
            run: self,
            rule,
            record,
        };
        let metric = &self.policy.metrics[action.metric?.0 as usize];
        let labels: Vec<String> = action
            .labels
            .iter()
            .filter_map(|label| Some((&label.name, self.label(&label.value, &lookup)?)))
            .map(|(name, text)| format!("{name}={text}"))
            .collect();
        let shown = format!("{} {} {labels:?}", action.name, metric.name);
        let mut sorted = labels.clone();
        sorted.sort();
        let series = (metric.name.to_string(), sorted);
        if is_open_gauge(action) {
            self.totals.shift(series.clone(), 1.0);
            self.raised
                .insert((record.this?, rule.id.0, at), (shown.clone(), series));
            return Some(format!("{shown} raised"));
        }
        let of = action
            .args
            .expr("of")
            .map_or(Value::integer(1), |of| evaluate(of, &lookup));
        self.totals
            .add(rule.shown_name(), series, (action, metric), &of);
        let amount = match (of.number(), of.duration()) {
            (Some(number), _) => number.as_f64(),
            (None, Some(nanoseconds)) => nanoseconds as f64 / 1e9,
            (None, None) => return None,
        };
        if !amount.is_finite() || (action.name == "count" && amount < 0.0) {
            return None;
        }
        Some(format!("{shown} {amount}"))
    }

    /// A span has closed: what it raised is lowered, what came last first.
    pub(super) fn lower(&mut self, span: usize) {
        let of_span = self.raised.extract_if(|(raised, _, _), _| *raised == span);
        let mut lowered: Vec<_> = of_span.collect();
        lowered.sort();
        for (_, (shown, series)) in lowered.into_iter().rev() {
            self.came.lines.push(format!("{shown} lowered"));
            self.totals.shift(series, -1.0);
        }
    }

    fn label(&self, label: &Mapped, lookup: &Names<'_>) -> Option<String> {
        let mut text = evaluate(&label.of, lookup).shown();
        if let Some(map) = &label.map {
            text = text.and_then(|text| {
                map.iter()
                    .find(|(from, _)| **from == *text)
                    .map(|(_, to)| to.to_string())
            });
        }
        let text = text
            .or_else(|| label.default.as_ref().map(ToString::to_string))
            .unwrap_or_else(|| self.policy.defaults.missing.to_string());
        (!text.is_empty()).then_some(text)
    }

    /// One sink gets one record once: the most generous action decides.
    pub(super) fn deliver(
        &mut self,
        candidates: Vec<(&Rule, usize, &Action)>,
        record: &Judged<'_>,
        lines: &mut Vec<String>,
    ) {
        let mut sinks: Vec<_> = candidates
            .iter()
            .filter_map(|(_, _, action)| action.sink)
            .collect();
        sinks.sort();
        sinks.dedup();
        for sink in sinks {
            let turn = candidates
                .iter()
                .filter(|(_, _, action)| action.sink == Some(sink));
            let mut best: Option<&(&Rule, usize, &Action)> = None;
            for candidate in turn {
                if best.is_none_or(|best| generosity(candidate.2) > generosity(best.2)) {
                    best = Some(candidate);
                }
            }
            let Some((rule, at, action)) = best else {
                continue;
            };
            for (other, nth, _) in candidates
                .iter()
                .filter(|candidate| candidate.2.sink == Some(sink))
            {
                if (other.id, nth) != (rule.id, at) {
                    self.account(other, sink, "covered");
                }
            }
            let keys = self.keys(rule, action, record);
            let memory = self.limits.entry((rule.id.0, *at)).or_default();
            match memory.pass(&action.limits, keys, self.now) {
                Ok(weight) => {
                    let (name, shown) = (action.name, rule.shown_name());
                    lines.push(format!("{name} to {} by {shown} weight {weight}", sink.0));
                    self.account(rule, sink, "delivered");
                }
                Err(outcome) => self.account(rule, sink, outcome),
            }
        }
    }

    fn keys(&self, rule: &Rule, action: &Action, record: &Judged<'_>) -> Keys {
        let lookup = Names {
            run: self,
            rule,
            record,
        };
        let keys = |by: Option<&Vec<Expr>>| -> Vec<String> {
            by.into_iter()
                .flatten()
                .map(|by| evaluate(by, &lookup).key())
                .collect()
        };
        Keys {
            every: keys(action.limits.every.as_ref().map(|limit| &limit.by)),
            rate: keys(action.limits.rate.as_ref().map(|limit| &limit.by)),
        }
    }

    fn account(&mut self, rule: &Rule, sink: SinkId, outcome: &str) {
        let name = &self.policy.sinks[sink.0 as usize].name;
        let line = format!("{} at {name}: {outcome}", rule.shown_name());
        *self.came.matched.entry(line).or_default() += 1;
    }
}

/// No limit, before `sample`, before `every`, before `rate`.
fn generosity(action: &Action) -> f64 {
    let limits = &action.limits;
    if limits.rate.is_some() {
        0.0
    } else if limits.every.is_some() {
        1.0
    } else if let Some(sample) = &limits.sample {
        2.0 + sample.ratio
    } else {
        4.0
    }
}
