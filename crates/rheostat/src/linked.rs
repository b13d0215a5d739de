//! The first-party outputs that this build links; a missing one is an output that does nothing.

pub(crate) mod log;
pub(crate) mod metrics;
mod sinks;
pub(crate) mod stream;
pub(crate) mod trace;
mod vocabulary;

use std::sync::Arc;

use metrics::Metrics;
use rheostat_core::Output;
use rheostat_core::output::part;
use stream::Streams;
use trace::Traces;

use log::Logs;

pub(crate) use metrics::{Endpoint, Recorder};
pub(crate) use sinks::sinks;
pub(crate) use trace::Inner;
pub(crate) use vocabulary::vocabulary;

/// All linked outputs as one: one table, one lookup, one capture.
pub(crate) type Outputs = (Metrics, Streams, Logs, Traces);

/// How a sink is doing, whichever output feeds it.
#[cfg_attr(
    not(feature = "metrics"),
    allow(dead_code, reason = "what is served tells of them")
)]
pub(crate) struct Figures {
    pub(crate) sink: Arc<str>,
    pub(crate) up: bool,
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

/// The linked outputs, with the policy's metrics kept where this says.
pub(crate) fn outputs(recorder: Recorder) -> Outputs {
    (
        recorder.into_output(),
        Streams::new(),
        Logs::new(),
        trace::traces(),
    )
}

/// What stands inside the root where the host brings nothing of its own.
pub(crate) fn inner(outputs: &impl Output) -> Inner {
    match part::<Traces>(outputs) {
        Some(traces) => trace::inner(traces),
        // A bridge that nothing is handed to.
        None => trace::inner(&trace::traces()),
    }
}
