//! The bounded queue before one sink.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use rheostat_core::ledger::{Cause, Entry};
use tokio::sync::Notify;

use super::settings::{Full, Settings};
use crate::shipping::Shipping;

/// A span that has ended, and the action that ships it.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) data: SpanData,
    pub(crate) shipping: Arc<Shipping>,
}

/// A span that waits; it holds no more of its action than what counts it, so that a queue holds no policy.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(super) data: SpanData,
    pub(super) account: Arc<Entry>,
    bytes: usize,
}

/// The queue before one sink; it outlives the policies that name the sink.
pub(crate) struct Pipe {
    state: Mutex<State>,
    /// Wakes the worker when there is, or will be, a batch.
    pub(super) wake: Notify,
    /// Wakes the worker even from a pause between attempts: new settings, a flush, a close, the end.
    pub(super) changed: Notify,
    /// Something that was accepted came to its end.
    settled: Condvar,
    delivered: AtomicU64,
    failed: AtomicU64,
}

struct State {
    settings: Arc<Settings>,
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// When the oldest of those that wait came.
    since: Option<Instant>,
    /// Batches are not waited for: everything goes at once, until nothing waits.
    hurry: bool,
    /// Spans that the worker took and has not settled.
    in_flight: usize,
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

impl Finished {
    pub(crate) fn new(data: SpanData, shipping: Arc<Shipping>) -> Self {
        Self { data, shipping }
    }

    /// Offers the span to its sink's pipe.
    pub(crate) fn ship(self) {
        let Self { data, shipping } = self;
        shipping.pipe.offer(data, &shipping.account);
    }
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
                in_flight: 0,
                accepted: 0,
                closed: false,
                abandoned: false,
            }),
            wake: Notify::new(),
            changed: Notify::new(),
            settled: Condvar::new(),
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
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

    /// Takes a span, or counts why not; never waits.
    fn offer(&self, data: SpanData, account: &Arc<Entry>) {
        let bytes = size_of_span(&data);
        let mut state = self.lock();
        if state.closed {
            drop(state);
            account.count(Cause::Closed, 1);
            return;
        }
        let memory = state.settings.memory;
        if bytes > memory {
            drop(state);
            account.count(Cause::TooLarge, 1);
            return;
        }
        while state.bytes + bytes > memory {
            let old = (state.settings.full == Full::DropOld)
                .then(|| state.pop())
                .flatten();
            match old {
                Some(old) => old.account.settle(Cause::QueueFull, 1),
                None => {
                    drop(state);
                    account.count(Cause::QueueFull, 1);
                    return;
                }
            }
        }
        account.accept(1);
        state.accepted += 1;
        state.bytes += bytes;
        state.waiting.push_back(Waiting {
            data,
            account: Arc::clone(account),
            bytes,
        });
        let first = state.since.is_none();
        state.since.get_or_insert_with(Instant::now);
        let full = state.is_batch();
        drop(state);
        // The first one starts the clock; between it and a full batch the worker need not know.
        if first || full {
            self.wake.notify_one();
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
        state.in_flight = batch.len();
        Next::Batch(batch, Arc::clone(&state.settings))
    }

    /// The batch that was taken is settled.
    pub(super) fn settled(&self) {
        self.lock().in_flight = 0;
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
    }

    /// About how many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
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
        self.waiting.len() + self.in_flight
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

/// About how much memory a span holds.
fn size_of_span(data: &SpanData) -> usize {
    let attributes = |all: &[KeyValue]| -> usize { all.iter().map(size_of_attribute).sum() };
    let events: usize = data
        .events
        .iter()
        .map(|event| size_of_val(event) + event.name.len() + attributes(&event.attributes))
        .sum();
    let links: usize = data
        .links
        .iter()
        .map(|link| size_of_val(link) + attributes(&link.attributes))
        .sum();
    size_of_val(data) + data.name.len() + attributes(&data.attributes) + events + links
}

fn size_of_attribute(attribute: &KeyValue) -> usize {
    let text = match &attribute.value {
        Value::String(text) => text.as_str().len(),
        Value::Array(array) => array.to_string().len(),
        _ => 0,
    };
    size_of_val(attribute) + text
}
