//! The first-party outputs that this build links; a missing one is an output that does nothing.

mod log;
mod metrics;
mod nothing;
mod stream;
mod trace;
mod vocabulary;

use rheostat_core::output::DynOutput;

pub(crate) use metrics::Endpoint;
pub(crate) use trace::Inner;
pub(crate) use vocabulary::vocabulary;

/// All outputs of the facade as one: one table, one lookup, one capture.
pub(crate) type Outputs = (
    metrics::Part,
    stream::Part,
    log::Part,
    trace::Part,
    Vec<DynOutput>,
);

/// What is made once and shared between outputs, endpoint and mount.
pub(crate) struct Parts {
    pub(crate) endpoint: Endpoint,
    pub(crate) traces: trace::Part,
}

impl Parts {
    pub(crate) fn new() -> Self {
        Self {
            endpoint: Endpoint::new(),
            traces: trace::part(),
        }
    }

    /// The linked outputs and those of the host.
    pub(crate) fn outputs(&self, of_host: Vec<DynOutput>) -> Outputs {
        let metrics = self.endpoint.output();
        (
            metrics,
            stream::part(),
            log::part(),
            self.traces.clone(),
            of_host,
        )
    }
}

/// What stands inside the root where the host brings nothing of its own.
pub(crate) fn inner(outputs: &Outputs) -> Inner {
    trace::inner(&outputs.3)
}

/// Ships the spans that wait.
pub(crate) fn flush_spans(outputs: &Outputs, limit: std::time::Duration) {
    trace::flush(&outputs.3, limit);
}

/// Ships the spans that wait, and takes no more.
pub(crate) fn stop_spans(outputs: &Outputs, limit: std::time::Duration) {
    trace::shutdown(&outputs.3, limit);
}
