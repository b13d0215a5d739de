//! The sinks of a policy that is not in force yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use rheostat_core::sink::{Tap, Taps};
use rheostat_policy::model::{self, SinkId};

use crate::entrance::Entrance;
use crate::worker::Worker;

/// The sinks of a policy, opened; unchanged ones are those that run.
///
/// Dropping it without [`commit`](crate::Queues::commit) closes the new ones again.
#[derive(Debug)]
pub struct StagedSinks {
    pub(crate) taps: Vec<Option<Arc<Entrance>>>,
    pub(crate) fresh: BTreeMap<Arc<str>, Running>,
    /// The names of those that go on as they are.
    pub(crate) kept: Vec<Arc<str>>,
}

/// One sink that runs, or is about to.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) written: model::Sink,
    pub(crate) entrance: Arc<Entrance>,
    pub(crate) worker: Worker,
}

impl Taps for StagedSinks {
    fn tap(&self, sink: SinkId) -> Option<Arc<dyn Tap>> {
        let entrance = self.taps.get(sink.0 as usize)?.clone()?;
        Some(entrance)
    }
}
