//! The metrics that the program records itself.

use std::borrow::Cow;
use std::sync::Arc;

use super::entries::same_metric;
use super::{Description, Owner, Registry, read, write};
use crate::program::arrange;
use crate::series::Series;
use crate::spec::{Identity, Kind};

impl Registry {
    /// Remembers what the program says of a metric.
    pub(crate) fn describe(&self, name: &str, unit: Option<&str>, help: &str) {
        let description = Description {
            unit: unit.map(Arc::from),
            help: help.into(),
        };
        write(&self.shared.descriptions).insert(name.into(), description);
    }

    /// Remembers a definition of the program that cannot be exposed.
    pub(crate) fn refuse(&self, name: &str, why: String) {
        write(&self.shared.entries).refuse(name, why);
    }

    /// The series of a metric with these labels: the first `None` says there is no such metric, the second
    /// that no series could be made.
    pub(crate) fn program_series(
        &self,
        name: &str,
        kind: Kind,
        labels: &[(Cow<'_, str>, &str)],
    ) -> Option<Option<Arc<Series>>> {
        let mut values = self.labels();
        let family = {
            // Locked until the series is there: nothing may take the metric's place meanwhile.
            let entries = read(&self.shared.entries);
            let entry = entries.named(name).find(|entry| {
                values = self.labels();
                entry.family.identity.kind == kind
                    && arrange(&entry.family.identity, labels, &mut values).is_some()
            })?;
            if entry.program {
                return Some(entry.family.series(&values));
            }
            Arc::clone(&entry.family)
        };
        // It was the policy's alone, and stays when the policy lets it go.
        let mut entries = write(&self.shared.entries);
        entries.add(&family, Owner::Program);
        Some(family.series(&values))
    }

    /// Adds a metric of the program's own, unless there is one by now.
    pub(crate) fn add_program(&self, mut identity: Identity) {
        let descriptions = read(&self.shared.descriptions);
        let described = descriptions.get(&identity.name);
        identity.unit = described.and_then(|known| known.unit.clone());
        drop(descriptions);
        let settings = self.settings_of_program();
        let mut entries = write(&self.shared.entries);
        let same = |other: &Identity| same_metric(other, &identity);
        if entries
            .named(&identity.name)
            .any(|entry| same(&entry.family.identity))
        {
            return;
        }
        entries.add(&self.family(&identity, &settings), Owner::Program);
        entries.settle();
    }
}
