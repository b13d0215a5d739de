//! What one policy means to the metrics: families, settings, and what is remembered across edits.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rheostat_core::internal::Notice;
use rheostat_policy::CheckedPolicy;
use rheostat_policy::expr::{BuiltIn, Expr, ExprKind, Ref};
use rheostat_policy::model::{Action, Buckets, LabelSpec, Metric as Declared, MetricId, Rule};
use rheostat_policy::vocabulary::MetricKind;

use super::value_set::ValueSet;
use crate::backend::{Backend, Honours};
use crate::registry::{Defaults, Metric};
use crate::spec::{Bounds, Identity, Kind, Settings};

/// What one policy means to [`Metrics`](super::Metrics).
pub struct MetricsStaged {
    policy: Arc<CheckedPolicy>,
    // By `MetricId`.
    metrics: Vec<(Metric, Settings)>,
    values: BTreeMap<ValueKey, Arc<ValueSet>>,
}

/// The label of an action, across edits: the rule's name, the action's position, the label's name.
type ValueKey = (String, usize, Arc<str>);

impl MetricsStaged {
    pub(super) fn new(
        policy: &Arc<CheckedPolicy>,
        backend: &dyn Backend,
        was: Option<&Self>,
    ) -> Self {
        let declare = |(at, declared): (usize, &Declared)| {
            let settings = settings(policy, MetricId(at as u32), declared);
            (backend.prepare(&identity(declared), &settings), settings)
        };
        Self {
            policy: Arc::clone(policy),
            metrics: policy.metrics.iter().enumerate().map(declare).collect(),
            values: value_sets(policy, was),
        }
    }

    /// A metric: what records into it, how it is kept, what the policy says of it.
    pub(super) fn metric(&self, id: MetricId) -> Option<(&Metric, &Settings, &Declared)> {
        let at = id.0 as usize;
        let (metric, settings) = self.metrics.get(at)?;
        Some((metric, settings, self.policy.metrics.get(at)?))
    }

    /// The distinct values of a label with `max_values`.
    pub(super) fn values(
        &self,
        rule: &Rule,
        action: &Action,
        label: &str,
    ) -> Option<Arc<ValueSet>> {
        let at = rule
            .actions
            .iter()
            .position(|one| std::ptr::eq(one, action))?;
        let key = (rule.shown_name(), at, Arc::from(label));
        self.values.get(&key).cloned()
    }

    pub(super) fn settings(&self) -> Vec<(Metric, Settings)> {
        self.metrics.clone()
    }

    pub(super) fn defaults(&self) -> Defaults {
        let defaults = &self.policy.defaults;
        Defaults {
            const_labels: defaults.const_labels.clone().into(),
            max_series: usize::try_from(defaults.max_series).unwrap_or(usize::MAX),
            max_label: self.max_label(),
        }
    }

    pub(super) fn max_label(&self) -> usize {
        usize::try_from(self.policy.defaults.max_label).unwrap_or(usize::MAX)
    }

    /// What the policy asks for and a backend cannot follow.
    pub(super) fn unhonoured(&self, honours: Honours) -> Vec<Notice> {
        let mut notices = Vec::new();
        for metric in &self.policy.metrics {
            let explicit = metric.kind == MetricKind::Histogram
                && matches!(metric.buckets, Buckets::Explicit(_));
            let asked = [
                ("buckets", explicit && !honours.buckets),
                ("expire", metric.expire.is_some() && !honours.expiry),
                (
                    "stale_after",
                    metric.stale_after.is_some() && !honours.expiry,
                ),
            ];
            for (key, _) in asked.iter().filter(|(_, unhonoured)| *unhonoured) {
                notices.push(Notice {
                    code: "unhonoured",
                    text: format!(
                        "`{key}` of the metric `{}` has no effect: the recorder that this program gave us cannot follow it; use the native recorder, or take the key out",
                        metric.name
                    ),
                });
            }
        }
        notices
    }
}

impl fmt::Debug for MetricsStaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.policy.metrics.iter().map(|metric| &metric.name);
        f.debug_list().entries(names).finish()
    }
}

/// Whether a value is the number of open spans.
pub(super) fn is_open(of: Option<&Expr>) -> bool {
    of.is_some_and(|of| matches!(of.kind, ExprKind::Ref(Ref::BuiltIn(BuiltIn::Open))))
}

fn identity(metric: &Declared) -> Identity {
    let (kind, bounds) = match metric.kind {
        MetricKind::Counter => (Kind::Counter, None),
        MetricKind::Gauge => (Kind::Gauge, None),
        MetricKind::Histogram => (Kind::Histogram, Some(bounds(&metric.buckets))),
    };
    Identity {
        name: Arc::clone(&metric.name),
        kind,
        unit: metric.unit.as_ref().map(|unit| Arc::clone(&unit.name)),
        labels: metric
            .labels
            .iter()
            .map(|label| Arc::clone(&label.name))
            .collect(),
        bounds,
    }
}

fn bounds(buckets: &Buckets) -> Bounds {
    match buckets {
        Buckets::Explicit(bounds) => Bounds::Explicit(bounds.clone().into()),
        Buckets::Exponential(text) => Bounds::Exponential(text.clone().into()),
    }
}

fn settings(policy: &CheckedPolicy, id: MetricId, metric: &Declared) -> Settings {
    let actions = || {
        let rules = policy.rules.iter().flat_map(|rule| &rule.actions);
        rules.filter(move |action| action.metric == Some(id))
    };
    let counts_open = actions().any(|action| is_open(action.args.expr("of")));
    let max_series = usize::try_from(metric.max_series).unwrap_or(usize::MAX);
    let starts = metric.kind != MetricKind::Gauge || counts_open;
    let stale_after = actions()
        .filter_map(|action| action.args.duration("stale_after"))
        .min();
    Settings {
        help: metric.help.clone(),
        max_series,
        expire: metric.expire,
        stale_after: metric.stale_after.or(stale_after.copied()),
        exemplars: metric.exemplars,
        from_start: if starts {
            all_closed(&metric.labels, max_series)
        } else {
            Vec::new()
        },
    }
}

/// Every combination of closed label sets; nothing where a label is open, or where there are too many.
fn all_closed(labels: &[LabelSpec], max_series: usize) -> Vec<Vec<Arc<str>>> {
    let mut all: Vec<Vec<Arc<str>>> = vec![Vec::new()];
    for label in labels {
        let Some(closed) = &label.closed else {
            return Vec::new();
        };
        if all.len().saturating_mul(closed.len()) > max_series {
            return Vec::new();
        }
        let with = |before: &Vec<Arc<str>>| {
            let before = before.clone();
            closed.iter().map(move |value| {
                let mut values = before.clone();
                values.push(Arc::clone(value));
                values
            })
        };
        all = all.iter().flat_map(with).collect();
    }
    all
}

/// The sets of all labels with `max_values`; those of the policy before go on.
fn value_sets(
    policy: &CheckedPolicy,
    was: Option<&MetricsStaged>,
) -> BTreeMap<ValueKey, Arc<ValueSet>> {
    let mut sets = BTreeMap::new();
    for rule in &policy.rules {
        for (at, action) in rule.actions.iter().enumerate() {
            for label in &action.labels {
                let Some(max) = label.value.max_values else {
                    continue;
                };
                let key = (rule.shown_name(), at, Arc::clone(&label.name));
                let old = was.and_then(|was| was.values.get(&key));
                let set = match old {
                    Some(old) if old.max() == max => Arc::clone(old),
                    _ => Arc::new(ValueSet::new(max)),
                };
                sets.insert(key, set);
            }
        }
    }
    sets
}
