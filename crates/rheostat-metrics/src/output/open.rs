//! Which gauges an open span has raised, so that its closing lowers just those.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rheostat_core::CallsiteId;

use crate::registry::Handle;

const SHARDS: u64 = 64;

/// Raised gauges, by span. A span is touched twice in its life, so its lock is almost never contended.
pub(super) struct Raised {
    shards: Box<[Mutex<BySpan>]>,
}

type BySpan = HashMap<u64, Vec<Raise>>;

struct Raise {
    callsite: CallsiteId,
    series: Handle,
}

impl Raised {
    pub(super) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    /// Raises a gauge for a span.
    pub(super) fn raise(&self, span: u64, callsite: CallsiteId, series: Handle) {
        series.series.shift(1.0);
        let raise = Raise { callsite, series };
        self.shard(span).entry(span).or_default().push(raise);
    }

    /// Lowers what a span raised.
    pub(super) fn lower(&self, span: u64) {
        let raised = self.shard(span).remove(&span);
        for raise in raised.into_iter().flatten() {
            raise.series.series.shift(-1.0);
        }
    }

    /// Lowers what spans of other callsites raised: nobody will hear of their closing.
    pub(super) fn keep(&self, hears: impl Fn(CallsiteId) -> bool) {
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, raised| {
                raised.retain(|raise| {
                    let kept = hears(raise.callsite);
                    if !kept {
                        raise.series.series.shift(-1.0);
                    }
                    kept
                });
                !raised.is_empty()
            });
        }
    }

    fn shard(&self, span: u64) -> MutexGuard<'_, BySpan> {
        // Ids hold a slot and a generation; this mixes both.
        let mixed = span.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let shard = &self.shards[(mixed % SHARDS) as usize];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
