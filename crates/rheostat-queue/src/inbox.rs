//! The bounded queue in front of one sink.
//!
//! The drainer puts chunks in, the sink's courier takes batches out. Threads
//! of the program touch it only to ask whether it takes records, which is one
//! load, and to wait where `full = "block"` says so.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rheostat_core::flow::{Chunk, Route};
use rheostat_core::internal;
use rheostat_core::ledger::Cause;
use rheostat_core::sink::{Gap, Losses, RecordId, Tap};
use tokio::sync::Notify;

use crate::backoff::random;
use crate::entrance::Entrance;
use crate::settings::{BLOCK_LIMIT, Full, Settings};
use crate::spool::Spool;

/// Takes records.
const OPEN: u8 = 0;
/// Takes records, but there is no room: `full = "block"` waits.
const CROWDED: u8 = 1;
/// Takes no more.
const CLOSED: u8 = 2;

/// The queue of one sink.
#[derive(Debug)]
pub(crate) struct Inbox {
    sink: Arc<str>,
    settings: Settings,
    /// Whether reports of metrics go the same way.
    takes_metrics: bool,
    gate: AtomicU8,
    state: Mutex<State>,
    /// Told when room was made or a batch was settled.
    progress: Condvar,
    /// Told when the courier has reason to look.
    attention: Notify,
    /// Tells its numbers from those of other queues.
    origin: u64,
    /// What went missing.
    losses: Losses,
    spool: Option<Arc<Spool>>,
}

#[derive(Debug, Default)]
struct State {
    chunks: VecDeque<Chunk>,
    /// Records in `chunks`.
    records: usize,
    /// Their memory.
    bytes: usize,
    /// Records and memory handed to the sink and not settled.
    in_flight: (usize, usize),
    /// Behind the last of them, where they are on disk too.
    in_hand_end: u64,
    /// How many records ever came in, and how many of those are settled.
    came: u64,
    went: u64,
    /// How many wait for records to be settled: batches do not wait to fill then.
    hurry: usize,
    /// How many reports of metrics were asked for, and which of those are settled.
    reports: (u64, u64),
    /// No record will be accepted after those that are here.
    sealed: bool,
    /// A wait for room was in vain and there was none since.
    gave_up: bool,
    /// The last gap was handed out, and no record will follow.
    told_last_gap: bool,
    /// Another queue will hand over what it has: nothing newer may be in memory before.
    awaits: bool,
    /// What waits is left on disk.
    over: bool,
    /// What was handed to the sink of losses, and may not have arrived.
    told: Option<Gap>,
    /// The queue that takes over.
    successor: Option<Arc<Inbox>>,
    /// The successor's entrance, until nothing comes here any more.
    keeps_open: Option<Arc<Entrance>>,
}

/// What a queue holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    /// Records, those being delivered included.
    pub(crate) records: usize,
    /// Their memory in bytes.
    pub(crate) bytes: usize,
    /// Their disk space in bytes.
    pub(crate) disk_bytes: u64,
}

impl Inbox {
    /// An empty queue.
    pub(crate) fn new(sink: Arc<str>, settings: Settings) -> Self {
        Self {
            sink,
            settings,
            takes_metrics: false,
            gate: AtomicU8::new(OPEN),
            state: Mutex::default(),
            progress: Condvar::new(),
            attention: Notify::new(),
            origin: random(),
            losses: Losses::default(),
            spool: None,
        }
    }

    /// The same, for a sink that is told of metrics too.
    pub(crate) fn with_metrics(mut self, takes_metrics: bool) -> Self {
        self.takes_metrics = takes_metrics;
        self
    }

    /// The same, with what waits kept on disk; `shared`: by the queue before too.
    pub(crate) fn with_spool(mut self, spool: Option<Arc<Spool>>, shared: bool) -> Self {
        self.spool = spool;
        self.lock().awaits = shared;
        if let Some(gap) = self.spool.as_ref().and_then(|spool| spool.take_gap()) {
            self.losses.put_back(&gap);
        }
        self
    }

    /// What is kept on disk.
    pub(crate) fn spool(&self) -> Option<&Arc<Spool>> {
        self.spool.as_ref()
    }

    /// The sink's name.
    pub(crate) fn sink(&self) -> &Arc<str> {
        &self.sink
    }

    /// How it waits, batches and retries.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What it holds.
    pub(crate) fn load(&self) -> Load {
        let state = self.lock();
        let disk = self.on_disk();
        Load {
            records: state.records + state.in_flight.0 + disk.records as usize,
            bytes: state.bytes + state.in_flight.1,
            disk_bytes: disk.bytes,
        }
    }

    /// Refuses records from now on; those that are in rings are still accepted.
    pub(crate) fn close(&self) {
        self.gate.store(CLOSED, Ordering::Relaxed);
        self.progress.notify_all();
        self.attention.notify_one();
    }

    /// After this nothing is accepted: what is here is all the courier will get.
    pub(crate) fn seal(&self) {
        self.close();
        let mut state = self.lock();
        state.sealed = true;
        let kept_open = state.keeps_open.take();
        drop(state);
        // Outside of the lock: the successor may be sealed by this.
        drop(kept_open);
        self.attention.notify_one();
    }

    /// Waits until everything that is here now is settled, at most until a moment.
    pub(crate) fn wait_settled(&self, until: Instant) -> bool {
        let mut state = self.lock();
        // What the queue before has counts too, and is known once it is handed over.
        let mut target = None;
        state.hurry += 1;
        state.reports.0 += 1;
        let report = if self.takes_metrics {
            state.reports.0
        } else {
            0
        };
        self.attention.notify_one();
        let settled = loop {
            if target.is_none() && !state.awaits {
                target = Some(self.target(&state));
            }
            let reached = target.is_some_and(|target| self.reached(&state, target));
            if reached && state.reports.1 >= report {
                break true;
            }
            let Some(left) = until.checked_duration_since(Instant::now()) else {
                break false;
            };
            state = self
                .progress
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        };
        state.hurry -= 1;
        settled
    }

    /// What a flush that begins now waits for.
    fn target(&self, state: &State) -> u64 {
        self.spool.as_ref().map_or(state.came, |spool| spool.next())
    }

    fn reached(&self, state: &State, target: u64) -> bool {
        let settled = self
            .spool
            .as_ref()
            .map_or(state.went, |spool| spool.settled());
        settled >= target || state.over
    }

    /// Drops what waits, and counts it.
    pub(crate) fn abandon(&self, cause: Cause) -> usize {
        let cause = self.at_the_end(cause);
        for (account, records) in self.spool.iter().flat_map(|spool| spool.take_accounts()) {
            account.settle(cause, records);
        }
        let (chunks, records) = {
            let mut state = self.lock();
            state.bytes = 0;
            state.went += state.records as u64;
            (
                std::mem::take(&mut state.chunks),
                std::mem::take(&mut state.records),
            )
        };
        for chunk in &chunks {
            tally(chunk.routes(), |route, records| {
                route.account.settle(cause, records)
            });
        }
        if let Some(spool) = &self.spool {
            // Whoever comes next reads all of it.
            let mut state = self.lock();
            self.keep_untold(&state);
            state.over = true;
            drop(state);
            spool.rewind();
        }
        self.progress.notify_all();
        records
    }

    /// What is on disk is not lost with this process.
    pub(crate) fn at_the_end(&self, cause: Cause) -> Cause {
        if self.spool.is_some() {
            Cause::OnDisk
        } else {
            cause
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, state: &mut State, mut chunk: Chunk) {
        chunk.number(RecordId {
            origin: self.origin,
            number: state.came,
        });
        tally(chunk.routes(), |route, records| {
            route.account.accept(records)
        });
        self.keep(state, chunk);
    }

    /// Keeps records in memory that are numbered and accounted for.
    fn keep(&self, state: &mut State, chunk: Chunk) {
        state.came += chunk.len() as u64;
        state.records += chunk.len();
        state.bytes += chunk.size();
        state.chunks.push_back(chunk);
    }

    /// Counts a chunk that found no room.
    fn refuse(&self, chunk: &Chunk, cause: Cause) {
        tally(chunk.routes(), |route, records| {
            route.account.count(cause, records)
        });
        self.losses.note(cause, chunk.len() as u64);
    }

    fn room(&self, state: &State) -> usize {
        self.settings
            .memory
            .saturating_sub(state.bytes + state.in_flight.1)
    }

    fn is_full(&self, state: &State) -> bool {
        match &self.spool {
            Some(spool) => spool.on_disk().bytes >= self.settings.disk,
            None => self.room(state) == 0,
        }
    }

    /// Makes room by dropping the oldest records.
    fn drop_old(&self, state: &mut State) {
        let mut dropped = 0;
        while state.bytes + state.in_flight.1 > self.settings.memory {
            let Some(oldest) = state.chunks.front_mut() else {
                break;
            };
            let before = oldest.size();
            match oldest.drop_front() {
                Some(route) => {
                    let size = before - oldest.size();
                    state.bytes -= size;
                    state.records -= 1;
                    state.went += 1;
                    dropped += 1;
                    route.account.settle(Cause::QueueFull, 1);
                }
                None => {
                    state.chunks.pop_front();
                }
            }
        }
        self.losses.note(Cause::QueueFull, dropped);
    }

    fn watch_gate(&self, state: &mut State) {
        let crowded = self.settings.full == Full::Block && self.is_full(state);
        let (from, to) = if crowded {
            (OPEN, CROWDED)
        } else {
            (CROWDED, OPEN)
        };
        // Fails where the gate was closed for good, which is to stay so.
        let changed = self
            .gate
            .compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed);
        if changed.is_ok() && !crowded {
            state.gave_up = false;
        }
    }

    /// Waits for room, never for long and never where that could hold up the world.
    #[cold]
    fn wait_for_room(&self) -> Result<(), Cause> {
        if internal::is_own_thread() || std::thread::panicking() {
            return Err(Cause::QueueFull);
        }
        let until = Instant::now() + BLOCK_LIMIT;
        let mut state = self.lock();
        loop {
            match self.gate.load(Ordering::Relaxed) {
                OPEN => return Ok(()),
                CLOSED => return Err(Cause::Closed),
                _ if state.gave_up => return Err(Cause::BlockLimit),
                _ => {}
            }
            let Some(left) = until.checked_duration_since(Instant::now()) else {
                state.gave_up = true;
                return Err(Cause::BlockLimit);
            };
            state = self
                .progress
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl Tap for Inbox {
    #[inline]
    fn admit(&self) -> Result<(), Cause> {
        match self.gate.load(Ordering::Relaxed) {
            OPEN => Ok(()),
            CLOSED => Err(Cause::Closed),
            _ => self.wait_for_room(),
        }
    }

    fn wait(&self, before: u32) -> bool {
        /// How long one wait for the drainer takes at most.
        const STEP: Duration = Duration::from_millis(1);
        let waited = STEP * before;
        if self.settings.full != Full::Block
            || waited >= BLOCK_LIMIT
            || internal::is_own_thread()
            || std::thread::panicking()
            || self.gate.load(Ordering::Relaxed) == CLOSED
        {
            return false;
        }
        std::thread::park_timeout(STEP);
        true
    }

    fn lost(&self, cause: Cause, records: u64) {
        self.losses.note(cause, records);
    }

    fn accept(&self, mut chunk: Chunk) {
        let mut state = self.lock();
        if let Some(successor) = state.successor.clone() {
            drop(state);
            return successor.accept(chunk);
        }
        if state.sealed || state.over {
            self.refuse(&chunk, Cause::Closed);
            return;
        }
        if let Some(spool) = &self.spool {
            self.accept_on_disk(&mut state, spool, chunk);
            self.keep_untold(&state);
            drop(state);
            self.attention.notify_one();
            return;
        }
        match self.settings.full {
            Full::DropNew => {
                let room = self.room(&state);
                if chunk.size() > room {
                    let fits = chunk.split_front(usize::MAX, room);
                    self.refuse(&chunk, Cause::QueueFull);
                    chunk = fits;
                }
                if !chunk.is_empty() {
                    self.put(&mut state, chunk);
                }
            }
            Full::DropOld => {
                self.put(&mut state, chunk);
                self.drop_old(&mut state);
            }
            Full::Block => {
                self.put(&mut state, chunk);
                self.watch_gate(&mut state);
            }
        }
        drop(state);
        self.attention.notify_one();
    }
}

/// Calls `count` for each run of records that came by the same route.
pub(crate) fn tally<'r>(
    routes: impl Iterator<Item = &'r Arc<Route>>,
    mut count: impl FnMut(&Route, u64),
) {
    let mut run: Option<(&Arc<Route>, u64)> = None;
    for route in routes {
        match &mut run {
            Some((current, records)) if Arc::ptr_eq(current, route) => *records += 1,
            _ => {
                if let Some((finished, records)) = run.replace((route, 1)) {
                    count(finished, records);
                }
            }
        }
    }
    if let Some((last, records)) = run {
        count(last, records);
    }
}

mod on_disk;
mod outgoing;
mod successor;
#[cfg(test)]
mod tests;

pub(crate) use outgoing::Look;
