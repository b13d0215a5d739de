//! What waits on disk: a log in segments, one folder a sink.
//!
//! ```text
//!  accept ──▶ append ──▶ segment, segment, segment     cursor: settled up to here
//!                  └───▶ memory, while there is room ──▶ courier
//!                          ▲ read back, once there is room again
//! ```
//!
//! Every accepted record is written before it is accepted; as long as memory
//! has room it also stays there, so a sink that keeps up never reads a disk.
//! Writing is one `write` to the system, so what is accepted survives the end
//! of the process, however it comes; `fsync` says what survives the machine.
//! A segment goes when all in it is settled. The cursor is written after each
//! settlement: what was settled and not written down comes once more.
//!
//! A record that cannot be read back is skipped and counted: frames carry
//! checksums and the numbers of their records, so that a gap shows.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rheostat_core::flow::{Chunk, Home};
use rheostat_core::ledger::Entry;
use rheostat_core::sink::{Gap, RecordId};

use crate::backoff::random;
use crate::chain::Chain;
use crate::inbox::tally;

mod cursor;
mod folder;
mod frame;
mod head;
mod places;
mod segment;
mod state;
mod sync;
#[cfg(unix)]
#[cfg(test)]
mod tests;
mod untold;
mod walk;

use cursor::{Cursor, Settled};
use head::Head;
use segment::Segment;
use state::{State, add};
pub(crate) use sync::Fsync;
use sync::Syncer;
use untold::Untold;
use walk::{Step, Walk};

/// Segments are a part of the whole, so that room comes free in parts.
const SEGMENTS: u64 = 8;
const SMALLEST: u64 = 64 << 10;
const LARGEST: u64 = 16 << 20;

/// The log of one sink.
pub(crate) struct Spool {
    folder: PathBuf,
    home: Home,
    state: Mutex<State>,
    syncer: Mutex<(Fsync, Option<Syncer>)>,
    /// Keeps others out, until it is let go.
    lock: Mutex<Claimed>,
    /// What an earlier process lost and did not tell.
    gap: Mutex<Option<Gap>>,
}

/// Who uses a spool.
struct Claimed {
    /// The lock that keeps other processes out, until nobody here uses it.
    file: Option<File>,
    /// How many queues of this process do.
    claims: usize,
}

/// What was read back.
#[derive(Debug)]
pub(crate) struct Back {
    /// Records, in order.
    pub(crate) chunk: Chunk,
    /// How many before them should have been there and were not.
    pub(crate) missing: u64,
    /// How many were there and could not be read.
    pub(crate) damaged: u64,
}

/// A segment that made room.
#[derive(Debug)]
pub(crate) struct Removed {
    /// The numbers of its records.
    pub(crate) numbers: Range<u64>,
    /// Those of its records that were not in memory.
    pub(crate) unread: Vec<Chunk>,
}

/// How much waits on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OnDisk {
    /// Records that are not in memory too.
    pub(crate) records: u64,
    /// The size of all segments.
    pub(crate) bytes: u64,
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Spool {
    /// Opens a sink's folder, made if there is none, with what an earlier process left there.
    pub(crate) fn open(dir: &Path, fsync: Fsync, home: Home) -> io::Result<Self> {
        let folder = folder::of_sink(dir, &home.sink);
        folder::make(&folder)?;
        let lock = folder::lock(&folder)?;
        let (cursor, settled) = Cursor::open(&folder)?;
        let head = Head::open(&folder)?;
        let (untold, gap) = Untold::open(&folder, &home.sink)?;
        let segments = segment::list(&folder)?;
        let origin = settled
            .map(|settled| settled.origin)
            .or(segments.last().map(|segment| segment.origin))
            .unwrap_or_else(random);
        let oldest = segments.first().map_or(0, |segment| segment.first);
        let mut state = State {
            origin,
            next: 0,
            segments: segments.into(),
            active: None,
            cursor,
            chain: Chain::after(head.known().hash),
            head,
            untold,
            line: Vec::new(),
            // Without a cursor, what is there is all there was.
            settled: settled.map_or(oldest, |settled| settled.number),
            unread: None,
            waiting: 0,
            accounts: Vec::new(),
            recovered: 0,
            holes: Vec::new(),
            bytes: 0,
            frame: Vec::new(),
        };
        state.look_back();
        state.look_for_head(&home);
        state.forget_settled();
        Ok(Self {
            syncer: Mutex::new((fsync, Syncer::start(fsync, &home.sink)?)),
            folder,
            home,
            state: Mutex::new(state),
            lock: Mutex::new(Claimed {
                file: Some(lock),
                claims: 1,
            }),
            gap: Mutex::new(gap),
        })
    }

    /// Where a sink's spool lies in `buffer.dir`.
    pub(crate) fn folder_of(dir: &Path, sink: &str) -> PathBuf {
        folder::of_sink(dir, sink)
    }

    /// Nobody has it in memory any more: all of it is to be read, as if another process had left it.
    pub(crate) fn rewind(&self) {
        let mut state = self.lock();
        state.recovered = state.next;
        state.waiting = state.next - state.settled;
        state.accounts.clear();
        let first = state.segments.front().map(|segment| segment.first);
        state.unread = first.map(|first| Walk::at(first, 0, state.settled));
    }

    /// One more queue uses it; false where the last one has let go of it.
    pub(crate) fn claim(&self) -> bool {
        let mut lock = self.lock_file();
        lock.claims += usize::from(lock.file.is_some());
        lock.file.is_some()
    }

    /// One queue uses it no more; the last one lets other processes have the folder.
    ///
    /// Routes may hold a queue for long after its work is done, so dropping is not enough.
    pub(crate) fn release(&self) {
        let mut lock = self.lock_file();
        lock.claims = lock.claims.saturating_sub(1);
        if lock.claims == 0 {
            lock.file = None;
        }
    }

    fn lock_file(&self) -> MutexGuard<'_, Claimed> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes what is written survive the machine in another way from now on.
    pub(crate) fn adopt(&self, fsync: Fsync) -> io::Result<()> {
        let mut syncer = self.syncer.lock().unwrap_or_else(PoisonError::into_inner);
        if syncer.0 != fsync {
            *syncer = (fsync, Syncer::start(fsync, &self.home.sink)?);
        }
        Ok(())
    }

    /// How much waits.
    pub(crate) fn on_disk(&self) -> OnDisk {
        let state = self.lock();
        OnDisk {
            records: state.waiting,
            bytes: state.bytes,
        }
    }

    /// Where records are accounted for that cannot be told whose they were.
    pub(crate) fn account_of_nobody(&self) -> Arc<Entry> {
        self.home
            .ledger
            .entry(&Arc::from("unknown"), &self.home.sink)
    }

    /// Which queue gives the numbers of its records.
    pub(crate) fn origin(&self) -> u64 {
        self.lock().origin
    }

    /// Whether some of it is not in memory: then nothing newer may be there either.
    pub(crate) fn has_unread(&self) -> bool {
        self.lock().unread.is_some()
    }

    /// Numbers and writes records; `keeps` says whether they stay in memory too.
    pub(crate) fn append(&self, chunk: &mut Chunk, keeps: bool, limit: u64) -> io::Result<()> {
        let mut state = self.lock();
        let first = RecordId {
            origin: state.origin,
            number: state.next,
        };
        chunk.number(first);
        let chain = state.chain;
        let linked = state.link(chunk);
        let written = state.write(&self.folder, (chunk, linked), segment_size(limit));
        let at = written.inspect_err(|_| state.chain = chain)?;
        state.next += chunk.len() as u64;
        if linked {
            // Where it fails it is tried again with the next, and before a segment goes.
            let _later = state.keep_head();
        }
        if !keeps {
            state.unread.get_or_insert(at);
            state.waiting += chunk.len() as u64;
            let State { accounts, .. } = &mut *state;
            tally(chunk.routes(), |route, records| {
                add(accounts, &route.account, records);
            });
        }
        let file = state.active.clone();
        drop(state);
        let syncer = self.syncer.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(syncer), Some(file)) = (&syncer.1, &file) {
            syncer.dirty(file);
        }
        Ok(())
    }

    /// Reads the oldest records back that are not in memory.
    pub(crate) fn read_back(&self) -> Option<Back> {
        let mut state = self.lock();
        let (mut missing, mut damaged) = (0, 0);
        loop {
            let mut walk = state.unread?;
            let step = walk.step(&state.segments);
            state.unread = Some(walk);
            match step {
                Step::On => {}
                Step::Missing(numbers) => missing += state.missed(&numbers),
                Step::Damaged(records) => {
                    state.waiting = state.waiting.saturating_sub(records);
                    damaged += records;
                }
                Step::Frame { first, payload } => {
                    let Some(mut chunk) = Chunk::read_portable(&payload.bytes, &self.home) else {
                        state.waiting = state.waiting.saturating_sub(payload.count);
                        damaged += payload.count;
                        continue;
                    };
                    chunk.number(RecordId {
                        origin: walk.origin(&state.segments),
                        number: first,
                    });
                    state.came_back(&mut chunk, first);
                    return Some(Back {
                        chunk,
                        missing,
                        damaged,
                    });
                }
                Step::End => {
                    state.unread = None;
                    state.waiting = 0;
                    return (missing + damaged > 0).then(|| Back {
                        chunk: Chunk::default(),
                        missing,
                        damaged,
                    });
                }
            }
        }
    }

    /// Removes the oldest segment that begins at this number or behind it, but never the last.
    pub(crate) fn remove_oldest(&self, from: u64) -> Option<Removed> {
        let mut state = self.lock();
        let from = from.max(state.settled);
        let fits = |segment: &Segment| segment.first >= from && !segment.dropped;
        let at = state.segments.iter().position(fits)?;
        let numbers = state.segments[at].first..state.segments.get(at + 1)?.first;
        let unread = state.read_part(&numbers, &self.home);
        state.drop_segment(at, numbers.clone());
        Some(Removed { numbers, unread })
    }

    /// Everything below this number is settled.
    pub(crate) fn settled(&self) -> u64 {
        self.lock().settled
    }

    /// What an earlier process lost and did not tell, once.
    pub(crate) fn take_gap(&self) -> Option<Gap> {
        let mut gap = self.gap.lock().unwrap_or_else(PoisonError::into_inner);
        gap.take()
    }

    /// Writes down what the sink is not told of, for the case that this process tells it no more.
    pub(crate) fn keep_untold<'g>(&self, gaps: impl Iterator<Item = &'g Gap>) {
        // Where it cannot be written, what is told may be too little after a kill; the ledger is not wrong.
        let _less_told = self.lock().untold.write(gaps);
    }

    /// The number of the record that is accepted next.
    pub(crate) fn next(&self) -> u64 {
        self.lock().next
    }

    /// Settles everything that is neither in memory nor still to be read, or all below the oldest in memory.
    pub(crate) fn settle_below(&self, oldest: Option<u64>) {
        let number = {
            let state = self.lock();
            let unread = state.unread.map_or(state.next, |walk| walk.expected());
            oldest.unwrap_or(unread)
        };
        self.settle(number);
    }

    fn settle(&self, number: u64) {
        let mut state = self.lock();
        if number <= state.settled {
            return;
        }
        state.settled = number;
        state.holes.retain(|hole| hole.end > number);
        let settled = Settled {
            origin: state.origin,
            number,
        };
        let written = state.cursor.write(settled);
        state.forget_settled();
        if written.is_err() {
            // There is room now. If that was not it, records come once more after a restart.
            let _told_by_append = state.cursor.write(settled);
        }
    }

    /// The accounts of records that this process accepted and that are on disk alone; they are forgotten.
    pub(crate) fn take_accounts(&self) -> Vec<(Arc<Entry>, u64)> {
        std::mem::take(&mut self.lock().accounts)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn segment_size(limit: u64) -> u64 {
    (limit / SEGMENTS).clamp(SMALLEST, LARGEST)
}
