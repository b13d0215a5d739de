//! Spans through the bridge to OpenTelemetry.

use std::sync::Arc;
use std::time::Duration;

use rheostat_core::internal::{self, Notice};
use rheostat_trace::{BridgeSubscriber, TraceOptions, Traces};

pub(crate) type Part = Traces;

/// What stands inside the root where the host brings nothing: the bridge.
pub(crate) type Inner = BridgeSubscriber;

pub(crate) fn part() -> Part {
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

pub(crate) fn inner(part: &Part) -> Inner {
    part.subscriber()
}

pub(crate) fn flush(part: &Part, limit: Duration) {
    // What did not go is in the ledger; the guard has nobody to tell.
    let _ = part.flush(limit);
}

/// Ships what waits and ends the thread; what cannot go in time is counted as lost.
pub(crate) fn shutdown(part: &Part, limit: Duration) {
    // How many were lost is in the ledger; the guard has nobody to tell.
    let _ = part.shutdown(limit);
}
