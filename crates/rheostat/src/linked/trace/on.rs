//! Spans through the bridge to OpenTelemetry.

use std::sync::Arc;
use std::time::Duration;

use rheostat_core::internal::{self, Notice};
use rheostat_policy::CheckedPolicy;
pub use rheostat_trace::Traces;
use rheostat_trace::{BridgeSubscriber, TraceOptions};

use crate::linked::Figures;
use crate::memory::MemoryPart;

/// What stands inside the root where the host brings nothing: the bridge.
pub(crate) type Inner = BridgeSubscriber;

/// The output behind `trace`, for [`Policy::over`](crate::Policy::over) and its kin.
///
/// Its bridge has to stand inside the root. [`Policy::subscriber`](crate::Policy::subscriber) puts it there;
/// around a stack of one's own, [`Traces::layer`] is one of that stack's layers.
pub fn traces() -> Traces {
    Traces::new(TraceOptions {
        on_thread_start: internal::mark_own_thread,
        tell: Arc::new(|text| {
            internal::notice(&Notice {
                code: "trace",
                text: text.to_owned(),
            });
        }),
    })
}

pub(crate) fn inner(traces: &Traces) -> Inner {
    traces.subscriber()
}

pub(crate) fn flush(traces: &Traces, limit: Duration) {
    // What did not go is in the ledger; the guard has nobody to tell.
    let _ = traces.flush(limit);
}

/// Ships what waits and ends the thread; what cannot go in time is counted as lost.
pub(crate) fn shutdown(traces: &Traces, limit: Duration) {
    // How many were lost is in the ledger; the guard has nobody to tell.
    let _ = traces.shutdown(limit);
}

#[cfg_attr(
    not(feature = "metrics"),
    allow(dead_code, reason = "what is served tells of them")
)]
/// The pipes to collectors and files, told of like the queues of other sinks.
pub(crate) fn sinks(traces: &Traces) -> Vec<Figures> {
    let sinks = traces.stats().sinks.into_iter();
    sinks
        .map(|sink| Figures {
            sink: sink.sink,
            up: sink.up,
            records: sink.records,
            bytes: sink.bytes,
        })
        .collect()
}

/// Spans that wait for `keep`.
pub(crate) fn most_memory(policy: &CheckedPolicy) -> Vec<MemoryPart> {
    let how = format!(
        "{} spans that wait for `keep`, each as large as a record may be",
        rheostat_trace::most_held_spans()
    );
    vec![MemoryPart::new(
        "traces",
        rheostat_trace::most_held(policy),
        how,
    )]
}
