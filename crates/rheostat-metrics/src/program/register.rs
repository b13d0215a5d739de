//! The registry as a recorder of the `metrics` facade.

use std::borrow::Cow;
use std::sync::Arc;

use metrics::{Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn};
use metrics::{Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::names;
use crate::registry::{Registry, checked};
use crate::series::{LabelBuffer, Series};
use crate::spec::{Bounds, Identity, Kind};

impl Recorder for Registry {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.say(Kind::Counter, &key, unit, &description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.say(Kind::Gauge, &key, unit, &description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.say(Kind::Histogram, &key, unit, &description);
    }

    fn register_counter(&self, key: &Key, _metadata: &Metadata<'_>) -> Counter {
        self.of_program(key, Kind::Counter)
            .map_or_else(Counter::noop, Counter::from_arc)
    }

    fn register_gauge(&self, key: &Key, _metadata: &Metadata<'_>) -> Gauge {
        self.of_program(key, Kind::Gauge)
            .map_or_else(Gauge::noop, Gauge::from_arc)
    }

    fn register_histogram(&self, key: &Key, _metadata: &Metadata<'_>) -> Histogram {
        self.of_program(key, Kind::Histogram)
            .map_or_else(Histogram::noop, Histogram::from_arc)
    }
}

impl Registry {
    fn say(&self, kind: Kind, key: &KeyName, unit: Option<Unit>, help: &str) {
        let unit = unit.filter(|unit| *unit != Unit::Count);
        let name = names::metric(key.as_str(), kind);
        self.describe(&name, unit.map(|unit| unit.as_str()), help);
    }

    /// The series of a key, made if need be; `None` for one that cannot be exposed.
    fn of_program(&self, key: &Key, kind: Kind) -> Option<Arc<Series>> {
        let name = names::metric(key.name(), kind);
        let labels: Vec<(Cow<'_, str>, &str)> = key
            .labels()
            .map(|label| (names::label(label.key()), label.value()))
            .collect();
        if let Err(why) = check(&labels) {
            self.refuse(&name, why);
            return None;
        }
        let known = self.program_series(&name, kind, &labels);
        known.unwrap_or_else(|| {
            let mut names: Vec<&str> = labels.iter().map(|(name, _)| &**name).collect();
            names.sort_unstable();
            self.add_program(match kind {
                Kind::Counter => Identity::counter(&name, &names),
                Kind::Gauge => Identity::gauge(&name, &names),
                Kind::Histogram => Identity::histogram(&name, &names, Bounds::usual()),
            });
            self.program_series(&name, kind, &labels).flatten()
        })
    }
}

/// Fills in the values of labels in a metric's order; `None` if it has others.
pub(crate) fn arrange(
    identity: &Identity,
    labels: &[(Cow<'_, str>, &str)],
    into: &mut LabelBuffer,
) -> Option<()> {
    if identity.labels.len() != labels.len() {
        return None;
    }
    for name in identity.labels.iter() {
        let (_, value) = labels.iter().find(|(label, _)| **label == **name)?;
        into.push(value);
    }
    Some(())
}

fn check(labels: &[(Cow<'_, str>, &str)]) -> Result<(), String> {
    for (at, (name, _)) in labels.iter().enumerate() {
        if names::is_reserved(name) {
            return Err(format!("label {name} is reserved"));
        }
        if labels[..at].iter().any(|(before, _)| before == name) {
            return Err(format!("label {name} is there twice"));
        }
    }
    Ok(())
}

impl CounterFn for Series {
    fn increment(&self, value: u64) {
        self.current().add(value);
    }

    fn absolute(&self, value: u64) {
        self.current().raise(value);
    }
}

impl GaugeFn for Series {
    fn increment(&self, value: f64) {
        self.current().shift(value);
    }

    fn decrement(&self, value: f64) {
        self.current().shift(-value);
    }

    fn set(&self, value: f64) {
        self.current().set(value);
    }
}

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        self.record_many(value, 1);
    }

    fn record_many(&self, value: f64, count: usize) {
        // One value that is no number would make the sum useless for good.
        if let Ok(value) = checked(value) {
            self.current().record_times(value, count as u64);
        }
    }
}
