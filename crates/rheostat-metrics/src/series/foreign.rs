//! A series that lives in somebody else's recorder, reached through a kept handle.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};

use super::values;
use crate::spec::{Identity, Kind};

/// A handle of a foreign recorder.
pub(crate) struct Foreign {
    handle: Handle,
    // What of a counter is less than one, as the bits of an `f64`: the facade counts whole numbers only.
    rest: AtomicU64,
}

enum Handle {
    Counter(Counter),
    Gauge(Gauge),
    Histogram(Histogram),
}

impl Foreign {
    /// Registers a series with a recorder. Empty labels are left out; `constant` ones give way to its own.
    pub(crate) fn register<'a>(
        recorder: &dyn Recorder,
        identity: &'a Identity,
        key: &'a [u8],
        constant: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let own = || {
            let names = identity.labels.iter().map(|name| &**name);
            names
                .zip(values(key))
                .filter(|(_, value)| !value.is_empty())
        };
        let constant = constant.filter(|(name, _)| own().all(|(other, _)| other != *name));
        let labels: Vec<Label> = constant
            .chain(own())
            .map(|(name, value)| Label::new(name.to_owned(), value.to_owned()))
            .collect();
        let key = Key::from_parts(identity.name.to_string(), labels);
        let metadata = Metadata::new("rheostat", Level::INFO, None);
        let handle = match identity.kind {
            Kind::Counter => Handle::Counter(recorder.register_counter(&key, &metadata)),
            Kind::Gauge => Handle::Gauge(recorder.register_gauge(&key, &metadata)),
            Kind::Histogram => Handle::Histogram(recorder.register_histogram(&key, &metadata)),
        };
        Self {
            handle,
            rest: AtomicU64::new(0),
        }
    }

    pub(super) fn add(&self, amount: u64) {
        if let Handle::Counter(counter) = &self.handle {
            counter.increment(amount);
        }
    }

    /// Adds what is whole, and keeps the rest until it makes a whole.
    pub(super) fn add_float(&self, amount: f64) {
        let mut whole = 0.0;
        let _ = self
            .rest
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |rest| {
                let sum = f64::from_bits(rest) + amount;
                whole = sum.trunc();
                Some((sum - whole).to_bits())
            });
        self.add(whole as u64);
    }

    pub(super) fn set(&self, value: f64) {
        if let Handle::Gauge(gauge) = &self.handle {
            gauge.set(value);
        }
    }

    pub(super) fn shift(&self, amount: f64) {
        if let Handle::Gauge(gauge) = &self.handle {
            gauge.increment(amount);
        }
    }

    pub(super) fn record(&self, value: f64, times: u64) {
        if let Handle::Histogram(histogram) = &self.handle {
            match usize::try_from(times) {
                Ok(1) | Err(_) => histogram.record(value),
                Ok(times) => histogram.record_many(value, times),
            }
        }
    }
}
