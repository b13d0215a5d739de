//! What a scrape sees of the registry.

use std::sync::Arc;

use super::{Registry, read};
use crate::snapshot::{FamilySnapshot, Snapshot};
use crate::spec::Kind;

impl Registry {
    /// All metrics as they are now. Recording goes on meanwhile.
    pub fn snapshot(&self) -> Snapshot {
        let shown: Vec<_> = {
            let entries = read(&self.shared.entries);
            let shown = entries.all().filter(|entry| !entry.hidden);
            shown.map(|entry| Arc::clone(&entry.family)).collect()
        };
        let mut families: Vec<_> = shown.iter().map(|family| family.snapshot()).collect();
        let descriptions = read(&self.shared.descriptions);
        for family in &mut families {
            if let (None, Some(known)) = (&family.help, descriptions.get(&family.name)) {
                family.help = Some(Arc::clone(&known.help));
            }
        }
        drop(descriptions);
        self.own(&mut families);
        for source in read(&self.shared.sources).iter() {
            source(&mut families);
        }
        // Stable: metrics of one name stay in the order in which they came.
        families.sort_by(|one, other| one.name.cmp(&other.name));
        Snapshot {
            const_labels: self.defaults().const_labels,
            families,
        }
    }

    /// What the registry says of itself.
    fn own(&self, families: &mut Vec<FamilySnapshot>) {
        let conflicts = self.conflicts();
        families.push(FamilySnapshot::computed(
            "rheostat_metric_conflicts",
            Kind::Gauge,
            "Definitions by the program that are not shown, because they clash with another metric of that name or cannot be exposed.",
            &["metric"],
            conflicts
                .iter()
                .map(|(name, definitions)| (vec![&**name], *definitions as f64)),
        ));
        let overflows = self.overflows();
        let samples: Vec<String> = overflows.iter().map(|o| o.samples.join(", ")).collect();
        families.push(FamilySnapshot::computed(
            "rheostat_metric_overflow",
            Kind::Gauge,
            "About how many series a metric was asked for beyond its cap, the label that is folded, and values that did not fit.",
            &["metric", "label", "samples"],
            overflows.iter().zip(&samples).map(|(overflow, samples)| {
                let labels = vec![&*overflow.metric, &*overflow.label, &**samples];
                (labels, overflow.demand as f64)
            }),
        ));
    }
}
