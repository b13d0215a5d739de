//! Which metrics there are, who uses them, and which clash.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::family::Family;
use crate::spec::Identity;

/// How many malformed names are remembered.
const MAX_REFUSED: usize = 1_000;

/// The metrics of a registry.
#[derive(Default)]
pub(super) struct Entries {
    by_name: BTreeMap<Arc<str>, Vec<Entry>>,
    // Names of the program that cannot be exposed, with why.
    refused: BTreeMap<Arc<str>, BTreeSet<String>>,
}

/// One metric and who uses it.
pub(super) struct Entry {
    pub(super) family: Arc<Family>,
    pub(super) policy: bool,
    pub(super) program: bool,
    /// It clashes with one that came first or is the policy's: recorded, not shown.
    pub(super) hidden: bool,
}

/// Who uses a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The policy in force.
    Policy,
    /// The program, through the `metrics` facade.
    Program,
}

impl Entries {
    /// The metric of exactly this identity.
    pub(super) fn find(&self, identity: &Identity) -> Option<&Arc<Family>> {
        let named = self.by_name.get(&identity.name)?;
        let same = |entry: &&Entry| entry.family.identity == *identity;
        named.iter().find(same).map(|entry| &entry.family)
    }

    /// The metrics of a name.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &Entry> {
        self.by_name.get(name).into_iter().flatten()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.by_name.values().flatten()
    }

    pub(super) fn families(&self) -> impl Iterator<Item = &Arc<Family>> {
        self.all().map(|entry| &entry.family)
    }

    /// Adds a metric, or a user of one.
    pub(super) fn add(&mut self, family: &Arc<Family>, owner: Owner) {
        let named = self.by_name.entry(Arc::clone(&family.identity.name));
        let named = named.or_default();
        let at = match named.iter().position(|e| Arc::ptr_eq(&e.family, family)) {
            Some(at) => at,
            None => {
                named.push(Entry {
                    family: Arc::clone(family),
                    policy: false,
                    program: false,
                    hidden: false,
                });
                named.len() - 1
            }
        };
        match owner {
            Owner::Policy => named[at].policy = true,
            Owner::Program => named[at].program = true,
        }
    }

    /// Remembers a definition of the program that cannot be exposed at all.
    pub(super) fn refuse(&mut self, name: &str, why: String) {
        if self.refused.len() < MAX_REFUSED || self.refused.contains_key(name) {
            self.refused.entry(name.into()).or_default().insert(why);
        }
    }

    pub(super) fn conflicts(&self) -> Vec<(Arc<str>, usize)> {
        let mut found: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        for (name, whys) in &self.refused {
            *found.entry(Arc::clone(name)).or_default() += whys.len();
        }
        for entry in self.all().filter(|entry| entry.hidden) {
            let name = Arc::clone(&entry.family.identity.name);
            *found.entry(name).or_default() += 1;
        }
        found.into_iter().collect()
    }

    /// The policy no longer uses any metric but these.
    pub(super) fn keep(&mut self, families: &[Arc<Family>]) {
        for named in self.by_name.values_mut() {
            named.retain_mut(|entry| {
                entry.policy = families.iter().any(|f| Arc::ptr_eq(f, &entry.family));
                entry.policy || entry.program
            });
        }
        self.by_name.retain(|_, named| !named.is_empty());
    }

    /// The metrics of which the policy says nothing.
    pub(super) fn of_program_alone(&self) -> Vec<Arc<Family>> {
        let all = self.by_name.values().flatten();
        all.filter(|entry| !entry.policy)
            .map(|entry| Arc::clone(&entry.family))
            .collect()
    }

    /// The program's metrics that the policy defines in another way: each with what takes its place.
    pub(super) fn superseded(&mut self) -> Vec<(Arc<Family>, Arc<Family>)> {
        let mut found = Vec::new();
        for named in self.by_name.values_mut() {
            let policy = named.iter().find(|entry| entry.policy);
            let Some(new) = policy.map(|entry| Arc::clone(&entry.family)) else {
                continue;
            };
            named.retain(|entry| {
                let gone = !entry.policy && same_metric(&entry.family.identity, &new.identity);
                if gone {
                    found.push((Arc::clone(&entry.family), Arc::clone(&new)));
                }
                !gone
            });
        }
        for (_, new) in &found {
            self.add(new, Owner::Program);
        }
        found
    }

    /// Decides which metrics are shown: the policy's first, and no two that cannot stand side by side.
    pub(super) fn settle(&mut self) {
        let mut taken: BTreeMap<String, (bool, Identity)> = BTreeMap::new();
        for policy in [true, false] {
            let entries = self.by_name.values_mut().flatten();
            for entry in entries.filter(|entry| entry.policy == policy) {
                let identity = &entry.family.identity;
                let names = identity.exposed();
                let beside = |(policy, other): &(bool, Identity)| {
                    !policy && other.name == identity.name && other.kind == identity.kind
                };
                entry.hidden = (!policy && identity.name.starts_with("rheostat_"))
                    || names
                        .iter()
                        .any(|name| taken.get(name).is_some_and(|other| !beside(other)));
                if !entry.hidden {
                    let names = names.into_iter();
                    taken.extend(names.map(|name| (name, (policy, identity.clone()))));
                }
            }
        }
    }
}

/// Whether two definitions mean the same metric, whatever unit and buckets they give it.
pub(super) fn same_metric(one: &Identity, other: &Identity) -> bool {
    one.kind == other.kind
        && one.labels.len() == other.labels.len()
        && one.labels.iter().all(|label| other.labels.contains(label))
}
