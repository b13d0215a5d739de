//! How the metrics of a policy come into force, and those of the one before leave.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Defaults, Metric, Registry, read, write};
use crate::family::Family;
use crate::registry::Owner;
use crate::series::LabelBuffer;
use crate::spec::{Identity, Settings};

impl Registry {
    /// The metric of this identity: the one in use, or a new one that nobody sees before [`apply`](Self::apply).
    pub fn prepare(&self, identity: &Identity, settings: &Settings) -> Metric {
        let known = read(&self.shared.entries).find(identity).cloned();
        Metric {
            family: known.unwrap_or_else(|| self.family(identity, settings)),
        }
    }

    /// From now on exactly these are the policy's metrics.
    ///
    /// Those that it had before and that are not among them leave, with their values. Metrics of the
    /// program that clash with the policy's are no longer shown; those that the policy merely defines
    /// otherwise (unit, buckets) go on in the policy's.
    pub fn apply(&self, metrics: impl IntoIterator<Item = (Metric, Settings)>) {
        let mut families = Vec::new();
        for (metric, settings) in metrics {
            metric.family.apply(settings);
            families.push(metric.family);
        }
        let mut entries = write(&self.shared.entries);
        for family in &families {
            entries.add(family, Owner::Policy);
        }
        entries.keep(&families);
        for (old, new) in entries.superseded() {
            old.hand_over(&new);
        }
        entries.settle();
        let of_program = entries.of_program_alone();
        drop(entries);
        for family in of_program {
            family.apply(self.settings_of_program());
        }
    }

    /// What holds for a metric of which only the program knows.
    pub(super) fn settings_of_program(&self) -> Settings {
        Settings {
            max_series: read(&self.shared.defaults).max_series,
            ..Settings::default()
        }
    }

    /// What holds for all metrics from now on.
    pub fn set_defaults(&self, defaults: Defaults) {
        let max_label = &self.shared.max_label;
        max_label.store(defaults.max_label, Ordering::Relaxed);
        *write(&self.shared.defaults) = defaults;
    }

    /// What holds for all metrics.
    pub fn defaults(&self) -> Defaults {
        read(&self.shared.defaults).clone()
    }

    /// Label values to fill in, cut as this registry's defaults say.
    pub fn labels(&self) -> LabelBuffer {
        LabelBuffer::new(self.shared.max_label.load(Ordering::Relaxed))
    }
}

impl Family {
    /// Sends handles of the program's series on to the series of the metric that takes this one's place.
    fn hand_over(&self, new: &Arc<Self>) {
        for series in self.all() {
            let labels = reordered(&self.identity, &new.identity, series.values());
            if let Some(successor) = new.series(&labels) {
                series.succeed(successor);
            }
        }
    }
}

/// Values in the order in which another metric has its labels.
fn reordered<'a>(
    from: &Identity,
    to: &Identity,
    values: impl Iterator<Item = &'a str>,
) -> LabelBuffer {
    let values: Vec<&str> = values.collect();
    let mut labels = LabelBuffer::new(usize::MAX);
    for name in to.labels.iter() {
        let at = from.labels.iter().position(|label| label == name);
        labels.push(at.and_then(|at| values.get(at)).copied().unwrap_or(""));
    }
    labels
}
