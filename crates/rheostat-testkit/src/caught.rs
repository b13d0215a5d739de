//! Sinks that keep what they are given: no queue, no thread, no format.

use std::sync::{Arc, Mutex, PoisonError};

use rheostat_core::flow::Chunk;
use rheostat_core::ledger::Cause;
use rheostat_core::sink::{Tap, Taps};
use rheostat_policy::CheckedPolicy;
use rheostat_policy::model::SinkId;

use crate::seen::SeenRecord;

/// The sinks of one policy, by their numbers.
#[derive(Debug)]
pub(crate) struct Caught {
    sinks: Vec<(Arc<str>, Arc<Net>)>,
}

/// One sink.
#[derive(Debug, Default)]
struct Net(Mutex<Vec<SeenRecord>>);

impl Caught {
    pub(crate) fn of(policy: &CheckedPolicy) -> Self {
        let sinks = policy.sinks.iter();
        Self {
            sinks: sinks
                .map(|sink| (sink.name.clone(), Arc::default()))
                .collect(),
        }
    }

    /// What each sink was given, by its name.
    pub(crate) fn records(&self) -> Vec<(Arc<str>, Vec<SeenRecord>)> {
        let taken = |net: &Net| std::mem::take(&mut *net.lock());
        self.sinks
            .iter()
            .map(|(name, net)| (name.clone(), taken(net)))
            .collect()
    }
}

impl Taps for Caught {
    fn tap(&self, sink: SinkId) -> Option<Arc<dyn Tap>> {
        let (_, net) = self.sinks.get(sink.0 as usize)?;
        Some(net.clone())
    }
}

impl Net {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<SeenRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tap for Net {
    fn admit(&self) -> Result<(), Cause> {
        Ok(())
    }

    fn lost(&self, _cause: Cause, _records: u64) {}

    fn accept(&self, chunk: Chunk) {
        for record in chunk.records() {
            record.route().account.count(Cause::Delivered, 1);
            self.lock().push(SeenRecord::of(&record));
        }
    }
}
