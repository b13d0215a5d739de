//! All traces that wait, and how much may.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use opentelemetry::trace::TraceId;

use super::HeldTrace;

/// How many spans of all traces wait at most.
pub(crate) const MOST_SPANS: usize = 10_000;

/// The traces of this process that wait for their local root, by id.
pub(crate) struct HeldTraces {
    /// How many spans wait, of all traces.
    held: AtomicUsize,
    /// How many could not, or not any longer.
    overflowed: AtomicU64,
    /// How many traces there are in the map: most programs have none, and then nobody takes the lock.
    live: AtomicUsize,
    map: Mutex<HashMap<TraceId, Weak<HeldTrace>>>,
    /// In order of their opening.
    ages: Mutex<VecDeque<(Instant, Weak<HeldTrace>)>>,
    most_spans: usize,
    most_age: Duration,
}

impl HeldTraces {
    /// With the limits that the language sets.
    pub(crate) fn new() -> Self {
        Self::with_limits(MOST_SPANS, Duration::from_secs(30))
    }

    pub(crate) fn with_limits(most_spans: usize, most_age: Duration) -> Self {
        Self {
            held: AtomicUsize::new(0),
            overflowed: AtomicU64::new(0),
            live: AtomicUsize::new(0),
            map: Mutex::default(),
            ages: Mutex::default(),
            most_spans,
            most_age,
        }
    }

    /// The trace with this id, if it waits or was decided while spans of it are still open.
    pub(crate) fn find(&self, id: TraceId) -> Option<Arc<HeldTrace>> {
        if self.live.load(Ordering::Acquire) == 0 {
            return None;
        }
        lock(&self.map).get(&id).and_then(Weak::upgrade)
    }

    /// A local root of this trace opened.
    pub(crate) fn open_root(self: &Arc<Self>, id: TraceId) -> Arc<HeldTrace> {
        let mut map = lock(&self.map);
        let trace = match map.get(&id).and_then(Weak::upgrade) {
            // Decided for an earlier request; this root waits for a verdict of its own.
            Some(trace) if trace.is_waiting() => trace,
            Some(_) | None => {
                let trace = Arc::new(HeldTrace::new(id, self));
                map.insert(id, Arc::downgrade(&trace));
                self.live.store(map.len(), Ordering::Release);
                lock(&self.ages).push_back((Instant::now(), Arc::downgrade(&trace)));
                trace
            }
        };
        drop(map);
        trace.root_opened();
        trace
    }

    /// Lets go of every trace that waited too long, as seen at this time.
    pub(crate) fn sweep(&self, now: Instant) {
        loop {
            let expired = {
                let mut ages = lock(&self.ages);
                match ages.front() {
                    Some((opened, trace)) => {
                        let old = now.saturating_duration_since(*opened) >= self.most_age;
                        if !old && trace.strong_count() > 0 {
                            return;
                        }
                        ages.pop_front().and_then(|(_, trace)| trace.upgrade())
                    }
                    None => return,
                }
            };
            if let Some(trace) = expired {
                trace.expire();
            }
        }
    }

    /// Lets go of every trace: the program ends.
    pub(crate) fn end(&self) {
        let all: Vec<_> = lock(&self.ages).drain(..).collect();
        for (_, trace) in all {
            if let Some(trace) = trace.upgrade() {
                trace.expire();
            }
        }
    }

    /// How many spans wait.
    pub(crate) fn waiting(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// How many were judged by `sample` because there was no room, or too little time.
    pub(crate) fn overflowed(&self) -> u64 {
        self.overflowed.load(Ordering::Relaxed)
    }

    pub(super) fn take_room(&self) -> bool {
        let more = |held| (held < self.most_spans).then_some(held + 1);
        // A count, read for no other memory.
        self.held
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }

    pub(super) fn give_room(&self, spans: usize) {
        self.held.fetch_sub(spans, Ordering::Relaxed);
    }

    pub(super) fn count_overflow(&self, spans: usize) {
        self.overflowed.fetch_add(spans as u64, Ordering::Relaxed);
    }

    /// The last span of a trace is gone.
    pub(super) fn forget(&self, id: TraceId) {
        let mut map = lock(&self.map);
        // Another one of the same id may have taken its place already.
        if map.get(&id).is_some_and(|trace| trace.strong_count() == 0) {
            map.remove(&id);
            self.live.store(map.len(), Ordering::Release);
        }
    }
}

impl fmt::Debug for HeldTraces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldTraces")
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
