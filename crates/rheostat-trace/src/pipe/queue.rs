//! The bounded queue before one sink.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use opentelemetry_sdk::trace::SpanData;
use rheostat_core::internal;
use rheostat_core::ledger::{Cause, Entry};
use tokio::sync::Notify;

use super::settings::{BLOCK_LIMIT, Full, Settings};
use super::waiting::{Waiting, is_ending};

/// The queue before one sink; it outlives the policies that name the sink.
pub(crate) struct Pipe {
    state: Mutex<State>,
    /// Wakes the worker when there is, or will be, a batch.
    pub(super) wake: Notify,
    /// Wakes the worker even from a pause between attempts: new settings, a flush, a close, the end.
    pub(super) changed: Notify,
    /// Something that was accepted came to its end, or there is another reason to look again.
    settled: Condvar,
    delivered: AtomicU64,
    failed: AtomicU64,
    health: Mutex<Health>,
}

/// How the sink is doing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    /// The last attempt failed.
    pub(crate) is_down: bool,
    /// How many attempts failed.
    pub(crate) failures: u64,
    /// What was in the way last.
    pub(crate) last_failure: Option<String>,
}

struct State {
    settings: Arc<Settings>,
    waiting: VecDeque<Waiting>,
    /// About how much memory those that wait hold.
    bytes: usize,
    /// When the oldest of those that wait came.
    since: Option<Instant>,
    /// Batches are not waited for: everything goes at once, until nothing waits.
    hurry: bool,
    /// Spans that the worker took and has not settled, and their memory.
    in_flight: (usize, usize),
    /// A wait for room was in vain, and there was none since.
    gave_up: bool,
    /// How many were ever taken in; those that came to an end are the first of them.
    accepted: u64,
    closed: bool,
    /// Nothing more is tried.
    abandoned: bool,
}

/// What the worker finds when it looks.
pub(super) enum Next {
    /// A batch, with the settings to ship it by.
    Batch(Vec<Waiting>, Arc<Settings>),
    /// Nothing before this time, unless the pipe wakes the worker.
    Wait(Option<Instant>),
    /// Nothing ever again.
    Closed,
}

impl Pipe {
    /// An empty queue before a sink with these settings.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            state: Mutex::new(State {
                settings: Arc::new(settings),
                waiting: VecDeque::new(),
                bytes: 0,
                since: None,
                hurry: false,
                in_flight: (0, 0),
                gave_up: false,
                accepted: 0,
                closed: false,
                abandoned: false,
            }),
            wake: Notify::new(),
            changed: Notify::new(),
            settled: Condvar::new(),
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            health: Mutex::default(),
        }
    }

    /// The settings it goes by now.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.lock().settings)
    }

    /// Goes on with these settings; what waits is kept.
    pub(crate) fn set(&self, settings: Settings) {
        self.lock().settings = Arc::new(settings);
        self.stir();
    }

    /// Takes a span, or counts why not; waits only where the sink says `full = "block"`.
    pub(super) fn offer(&self, data: SpanData, account: &Arc<Entry>) {
        let span = Waiting::new(data, account);
        let mut state = match self.make_room(self.lock(), span.bytes) {
            Ok(state) => state,
            Err(cause) => return account.count(cause, 1),
        };
        account.accept(1);
        state.accepted += 1;
        state.bytes += span.bytes;
        state.waiting.push_back(span);
        let first = state.since.is_none();
        state.since.get_or_insert_with(Instant::now);
        let full = state.is_batch();
        drop(state);
        // The first one starts the clock; between it and a full batch the worker need not know.
        if first || full {
            self.wake.notify_one();
        }
    }

    /// Waits, or drops what waits longest, until there is room for so many bytes; or says why there is none.
    fn make_room<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        bytes: usize,
    ) -> Result<MutexGuard<'a, State>, Cause> {
        let mut until = None;
        loop {
            if state.closed {
                return Err(Cause::Closed);
            }
            if bytes > state.settings.memory {
                return Err(Cause::TooLarge);
            }
            if state.has_room(bytes) {
                state.gave_up = false;
                return Ok(state);
            }
            match state.settings.full {
                Full::DropNew => return Err(Cause::QueueFull),
                Full::DropOld => match state.pop() {
                    Some(old) => old.account.settle(Cause::QueueFull, 1),
                    None => return Err(Cause::QueueFull),
                },
                // What would hold up our own threads, an unwinding or an ending one is dropped instead.
                Full::Block if internal::is_own_thread() || is_ending() => {
                    return Err(Cause::QueueFull);
                }
                Full::Block if state.gave_up => return Err(Cause::BlockLimit),
                Full::Block => {
                    let until = *until.get_or_insert_with(|| Instant::now() + BLOCK_LIMIT);
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        state.gave_up = true;
                        return Err(Cause::BlockLimit);
                    }
                    // A batch does not wait for company that cannot come.
                    state.hurry = true;
                    self.wake.notify_one();
                    state = self
                        .settled
                        .wait_timeout(state, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0;
                }
            }
        }
    }

    /// What there is to do.
    pub(super) fn next(&self, now: Instant) -> Next {
        let mut state = self.lock();
        let Some(since) = state.since else {
            state.hurry = false;
            return if state.closed {
                Next::Closed
            } else {
                Next::Wait(None)
            };
        };
        let due = since + state.settings.batch_every;
        if !(state.is_batch() || state.hurry || state.closed || now >= due) {
            return Next::Wait(Some(due));
        }
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < state.settings.batch_records && bytes < state.settings.batch_bytes {
            let Some(span) = state.pop() else { break };
            bytes += span.bytes;
            batch.push(span);
        }
        state.since = (!state.waiting.is_empty()).then_some(now);
        state.in_flight = (batch.len(), bytes);
        Next::Batch(batch, Arc::clone(&state.settings))
    }

    /// The batch that was taken is settled.
    pub(super) fn settled(&self) {
        self.lock().in_flight = (0, 0);
        self.settled.notify_all();
    }

    /// Everything that waits goes at once.
    pub(crate) fn hurry(&self) {
        self.lock().hurry = true;
        self.stir();
    }

    /// Takes no more; what waits is still shipped.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.stir();
    }

    /// Tries nothing more, and counts what waits as lost.
    pub(crate) fn abandon(&self) {
        let waiting = {
            let mut state = self.lock();
            state.closed = true;
            state.abandoned = true;
            state.bytes = 0;
            state.since = None;
            Vec::from(std::mem::take(&mut state.waiting))
        };
        self.settle(&waiting, Cause::Shutdown);
        self.stir();
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.lock().abandoned
    }

    /// Waits until all that was accepted so far came to its end; whether that was so in time.
    pub(crate) fn wait_settled(&self, until: Instant) -> bool {
        let limit = until.saturating_duration_since(Instant::now());
        let state = self.lock();
        // Not for what comes while this waits: that may never end.
        let asked = state.accepted;
        let busy = |state: &mut State| state.ended() < asked;
        let (state, timeout) = self
            .settled
            .wait_timeout_while(state, limit, busy)
            .unwrap_or_else(PoisonError::into_inner);
        drop(state);
        !timeout.timed_out()
    }

    /// How many spans wait or are on their way.
    pub(crate) fn pending(&self) -> usize {
        self.lock().pending()
    }

    fn stir(&self) {
        self.wake.notify_one();
        self.changed.notify_one();
        self.settled.notify_all();
    }

    /// About how many bytes wait or are on their way.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().held()
    }

    /// An attempt went well.
    pub(super) fn went_well(&self) {
        self.lock_health().is_down = false;
    }

    /// The sink took no batch, or not all of one.
    pub(super) fn went_wrong(&self, why: &str, is_down: bool) {
        let mut health = self.lock_health();
        health.is_down = is_down;
        health.failures += u64::from(is_down);
        health.last_failure = Some(why.to_owned());
    }

    /// How the sink is doing.
    pub(crate) fn health(&self) -> Health {
        self.lock_health().clone()
    }

    fn lock_health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many spans the sink took, and how many it never did.
    pub(crate) fn ends(&self) -> (u64, u64) {
        (
            self.delivered.load(Ordering::Relaxed),
            self.failed.load(Ordering::Relaxed),
        )
    }

    /// Counts what became of these spans.
    pub(super) fn settle(&self, spans: &[Waiting], cause: Cause) {
        let ends = if cause == Cause::Delivered {
            &self.delivered
        } else {
            &self.failed
        };
        ends.fetch_add(spans.len() as u64, Ordering::Relaxed);
        for span in spans {
            span.account.settle(cause, 1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pending(&self) -> usize {
        self.waiting.len() + self.in_flight.0
    }

    /// About how much memory is held.
    fn held(&self) -> usize {
        self.bytes + self.in_flight.1
    }

    fn has_room(&self, bytes: usize) -> bool {
        self.held() + bytes <= self.settings.memory
    }

    /// How many of those that were accepted came to an end.
    fn ended(&self) -> u64 {
        self.accepted - self.pending() as u64
    }

    fn is_batch(&self) -> bool {
        self.waiting.len() >= self.settings.batch_records || self.bytes >= self.settings.batch_bytes
    }

    fn pop(&mut self) -> Option<Waiting> {
        let span = self.waiting.pop_front()?;
        self.bytes -= span.bytes;
        Some(span)
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipe")
            .field("sink", &self.settings().sink)
            .finish_non_exhaustive()
    }
}
