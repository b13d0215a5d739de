//! Who acts where several rules would do the same: one record for a sink, one for a metric.

use std::cmp::Ordering;

use rheostat_policy::model::{Action, Limits, MetricId, SinkId};

/// Steps of which one acts on a record, the first of them that holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Turns {
    /// The most generous step of each sink first.
    pub(crate) sinks: Box<[Box<[u16]>]>,
    /// In file order, for each metric and action key.
    pub(crate) metrics: Box<[Box<[u16]>]>,
    /// What takes no turns.
    pub(crate) alone: Box<[u16]>,
}

/// A step that is judged in one phase.
pub(crate) struct Contender<'p> {
    pub(crate) step: u16,
    pub(crate) action: &'p Action,
    pub(crate) is_shadow: bool,
}

impl Turns {
    /// The weights of so many steps if all hold; `None` where steps compete.
    pub(super) fn uncontested(&self, steps: usize) -> Option<Box<[f64]>> {
        let mut groups = self.sinks.iter().chain(&self.metrics);
        let none = groups.all(|group| group.len() == 1);
        none.then(|| vec![1.0; steps].into())
    }

    /// Sorts the steps of one phase, given in file order.
    pub(crate) fn of(contenders: &[Contender<'_>]) -> Self {
        let mut sinks: Vec<(SinkId, Vec<&Contender<'_>>)> = Vec::new();
        let mut metrics: Vec<((MetricId, &str), Vec<&Contender<'_>>)> = Vec::new();
        let mut alone = Vec::new();
        for contender in contenders {
            let action = contender.action;
            match (contender.is_shadow, action.sink, action.metric) {
                (true, ..) | (_, None, None) => alone.push(contender.step),
                (false, Some(sink), _) => join(&mut sinks, sink, contender),
                (false, None, Some(metric)) => join(&mut metrics, (metric, action.name), contender),
            }
        }
        for (_, group) in &mut sinks {
            // The sort is stable: ties stay in file order.
            group.sort_by(|left, right| {
                let durable = right.action.is_durable().cmp(&left.action.is_durable());
                durable.then_with(|| generosity(&left.action.limits, &right.action.limits))
            });
        }
        Self {
            sinks: numbers(sinks),
            metrics: numbers(metrics),
            alone: alone.into(),
        }
    }
}

fn join<'c, K: PartialEq>(
    groups: &mut Vec<(K, Vec<&'c Contender<'c>>)>,
    key: K,
    contender: &'c Contender<'c>,
) {
    match groups.iter_mut().find(|(other, _)| *other == key) {
        Some((_, group)) => group.push(contender),
        None => groups.push((key, vec![contender])),
    }
}

fn numbers<K>(groups: Vec<(K, Vec<&Contender<'_>>)>) -> Box<[Box<[u16]>]> {
    groups
        .into_iter()
        .map(|(_, group)| group.iter().map(|contender| contender.step).collect())
        .collect()
}

/// No limit before the highest `sample` before `every` before `rate`; who has several stands by the last.
fn generosity(left: &Limits, right: &Limits) -> Ordering {
    let class = |limits: &Limits| match limits {
        Limits { rate: Some(_), .. } => 3,
        Limits { every: Some(_), .. } => 2,
        Limits {
            sample: Some(_), ..
        } => 1,
        _ => 0,
    };
    let ratio = |limits: &Limits| limits.sample.as_ref().map_or(1.0, |sample| sample.ratio);
    let by_class = class(left).cmp(&class(right));
    let by_ratio = match class(left) {
        1 => ratio(right).total_cmp(&ratio(left)),
        _ => Ordering::Equal,
    };
    by_class.then(by_ratio)
}
