//! Without spans: nothing stands inside the root.

use std::time::Duration;

use rheostat_policy::CheckedPolicy;
use tracing_core::subscriber::NoSubscriber;

use crate::linked::Figures;
use crate::memory::MemoryPart;

pub(crate) use rheostat_core::output::Nothing as Traces;

/// What stands inside the root where the host brings nothing: no subscriber.
pub(crate) type Inner = NoSubscriber;

pub(crate) fn traces() -> Traces {
    Traces
}

pub(crate) fn inner(_traces: &Traces) -> Inner {
    NoSubscriber::new()
}

pub(crate) fn flush(_traces: &Traces, _limit: Duration) {}

pub(crate) fn shutdown(_traces: &Traces, _limit: Duration) {}

#[cfg_attr(
    not(feature = "metrics"),
    allow(dead_code, reason = "what is served tells of them")
)]
pub(crate) fn sinks(_traces: &Traces) -> Vec<Figures> {
    Vec::new()
}

pub(crate) fn most_memory(_policy: &CheckedPolicy) -> Vec<MemoryPart> {
    Vec::new()
}
