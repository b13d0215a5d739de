//! What a spool knows of its segments.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rheostat_core::flow::{Chunk, Home};
use rheostat_core::ledger::Entry;

use super::cursor::Cursor;
use super::frame;
use super::head::{Head, Known};
use super::segment::{START, Segment};
use super::untold::Untold;
use super::walk::{Step, Walk};
use crate::chain::Chain;
use crate::inbox::tally;

/// The log, its end and what of it is settled or still to be read.
pub(super) struct State {
    pub(super) origin: u64,
    /// The number of the record that is accepted next.
    pub(super) next: u64,
    pub(super) segments: VecDeque<Segment>,
    /// The last segment, open; none before the first record.
    pub(super) active: Option<Arc<File>>,
    pub(super) cursor: Cursor,
    /// Where the chain of records that are not to be lost goes on, and what of it is written down.
    pub(super) chain: Chain,
    pub(super) head: Head,
    /// What the sink was not told of.
    pub(super) untold: Untold,
    /// Room for one record's line.
    pub(super) line: Vec<u8>,
    pub(super) settled: u64,
    /// Where what is not in memory begins, if there is anything such.
    pub(super) unread: Option<Walk>,
    /// Records that are not in memory.
    pub(super) waiting: u64,
    /// Those of them that this process accepted, by account.
    pub(super) accounts: Vec<(Arc<Entry>, u64)>,
    /// Records below this number came from an earlier process.
    pub(super) recovered: u64,
    /// Numbers that were removed on purpose and are not to be missed.
    pub(super) holes: Vec<Range<u64>>,
    pub(super) bytes: u64,
    pub(super) frame: Vec<u8>,
}

impl State {
    /// Sees what an earlier process left.
    pub(super) fn look_back(&mut self) {
        let (mut waiting, mut end) = (0, self.settled);
        let mut start = None;
        for segment in &mut self.segments {
            self.bytes += segment.bytes;
            for (_, head) in segment.frames() {
                let (first, after) = (head.first, head.first + u64::from(head.count));
                end = end.max(after);
                segment.dropped |= head.dropped;
                if after > self.settled && !head.dropped {
                    start.get_or_insert(segment.first);
                    waiting += after - first.max(self.settled);
                }
            }
        }
        self.next = end;
        self.recovered = end;
        self.waiting = waiting;
        self.unread = start.map(|segment| Walk::at(segment, 0, self.settled));
    }

    /// Gives the records their places in the chain that are to have one, and says whether there are such.
    pub(super) fn link(&mut self, chunk: &mut Chunk) -> bool {
        if !chunk.routes().any(|route| route.durable) {
            return false;
        }
        let (chain, line) = (&mut self.chain, &mut self.line);
        chunk.link(|record| record.route().durable.then(|| chain.link(record, line)));
        true
    }

    /// Writes down how the chain ends.
    pub(super) fn keep_head(&mut self) -> io::Result<()> {
        let known = Known {
            number: self.next,
            hash: self.chain.head(),
        };
        self.head.write(known)
    }

    /// Finds out how the chain of the process before ended: it may have come no further than to its records.
    pub(super) fn look_for_head(&mut self, home: &Home) {
        let known = self.head.known();
        let linked = |segment: &Segment| {
            let frames = segment.frames().into_iter().rev();
            let last = frames.into_iter().find(|(_, head)| head.linked)?;
            Some((segment.read(&last)?, last.1.first))
        };
        let last = self.segments.iter().rev().find_map(linked);
        let hash = last
            .filter(|(_, first)| *first >= known.number)
            .and_then(|(payload, _)| {
                let chunk = Chunk::read_portable(&payload, home)?;
                let hashes = chunk.records().filter_map(|record| record.link());
                hashes.last().map(|link| link.hash)
            });
        self.chain = Chain::after(hash.unwrap_or(known.hash));
    }

    /// Writes a frame, into a new segment where the last one is long enough.
    pub(super) fn write(
        &mut self,
        folder: &Path,
        (chunk, linked): (&Chunk, bool),
        size: u64,
    ) -> io::Result<Walk> {
        frame::write(chunk, self.next, linked, &mut self.frame);
        let full = self.segments.back().is_none_or(|last| last.bytes >= size);
        if self.active.is_none() || full {
            self.begin_segment(folder)?;
        }
        let begun = self.segments.back().map_or(0, |last| last.bytes);
        match self.append() {
            // The system takes no longer file: a new one is shorter.
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge && begun > START => {
                self.begin_segment(folder)?;
                self.append()
            }
            written => written,
        }
    }

    fn begin_segment(&mut self, folder: &Path) -> io::Result<()> {
        // One that was begun and never filled makes room for itself.
        let next = self.next;
        if self.segments.back().is_some_and(|last| last.first == next)
            && let Some(empty) = self.segments.pop_back()
        {
            self.bytes -= empty.bytes;
        }
        let (segment, file) = Segment::create(folder, self.origin, self.next)?;
        self.bytes += segment.bytes;
        self.segments.push_back(segment);
        self.active = Some(Arc::new(file));
        Ok(())
    }

    fn append(&mut self) -> io::Result<Walk> {
        let (Some(file), Some(segment)) = (&self.active, self.segments.back_mut()) else {
            return Err(io::Error::other("a spool without a segment"));
        };
        let at = Walk::at(segment.first, segment.bytes, self.next);
        if let Err(error) = segment.append(file, &self.frame) {
            // What was written in part must not stand before what comes next.
            self.active = None;
            return Err(error);
        }
        self.bytes += self.frame.len() as u64;
        Ok(at)
    }

    /// Reads those of a segment's records that are not in memory.
    pub(super) fn read_part(&mut self, numbers: &Range<u64>, home: &Home) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        let Some(unread) = self.unread.filter(|walk| walk.expected() < numbers.end) else {
            return chunks;
        };
        let mut walk = Walk::at(numbers.start, 0, unread.expected().max(numbers.start));
        while walk.is_in(numbers.start) {
            if let Step::Frame { first, payload } = walk.step(&self.segments)
                && let Some(mut chunk) = Chunk::read_portable(&payload.bytes, home)
            {
                self.came_back(&mut chunk, first);
                chunks.push(chunk);
            } else if walk.is_at_end(&self.segments) {
                break;
            }
        }
        chunks
    }

    /// Gives the room of a segment back; its numbers are not missed, neither now nor after a restart.
    pub(super) fn drop_segment(&mut self, at: usize, numbers: Range<u64>) {
        let State {
            segments, frame, ..
        } = self;
        let before = segments[at].bytes;
        // Dropped ones in a row are one: what is left of each is little, but they may be many.
        let joins = at > 0 && segments[at - 1].dropped;
        let joined = joins && segments[at - 1].drop_records(numbers.end, frame).is_ok();
        if joined || segments[at].drop_records(numbers.end, frame).is_err() {
            // One that stays is found at the next start, and delivered then.
            let _gone = fs::remove_file(&segments[at].path);
            segments.remove(at);
            self.bytes -= before;
        } else {
            self.bytes -= before - segments[at].bytes;
        }
        self.holes.push(numbers);
    }

    /// How many of these numbers are missing that were not removed on purpose.
    pub(super) fn missed(&mut self, numbers: &Range<u64>) -> u64 {
        let on_purpose = |hole: &Range<u64>| {
            let (start, end) = (hole.start.max(numbers.start), hole.end.min(numbers.end));
            end.saturating_sub(start)
        };
        let missing = numbers.end - numbers.start;
        let removed: u64 = self.holes.iter().map(on_purpose).sum();
        self.holes.retain(|hole| hole.end > numbers.end);
        missing.saturating_sub(removed)
    }

    /// Takes records out of what waits.
    pub(super) fn came_back(&mut self, chunk: &mut Chunk, first: u64) {
        self.waiting = self.waiting.saturating_sub(chunk.len() as u64);
        if first < self.settled {
            let settled = usize::try_from(self.settled - first).unwrap_or(usize::MAX);
            self.waiting += settled.min(chunk.len()) as u64;
            chunk.keep(|at| at >= settled);
        }
        if first < self.recovered {
            tally(chunk.routes(), |route, records| {
                route.account.recover(records);
            });
        } else {
            let accounts = &mut self.accounts;
            tally(chunk.routes(), |route, records| {
                subtract(accounts, &route.account, records);
            });
        }
    }

    /// Removes segments of which everything is settled.
    pub(super) fn forget_settled(&mut self) {
        // The last one knows how the chain ends. Where that cannot be written down it stays.
        let head_is_kept = self.keep_head().is_ok();
        loop {
            let done = match (self.segments.front(), self.segments.get(1)) {
                (Some(_), Some(next)) => next.first <= self.settled,
                (Some(_), None) => head_is_kept && self.settled >= self.next,
                (None, _) => false,
            };
            if !done {
                return;
            }
            let Some(segment) = self.segments.pop_front() else {
                return;
            };
            if self.segments.is_empty() {
                self.active = None;
            }
            self.bytes -= segment.bytes;
            // One that stays is settled by its numbers and goes at the next start.
            let _gone = fs::remove_file(&segment.path);
        }
    }
}

pub(super) fn add(accounts: &mut Vec<(Arc<Entry>, u64)>, account: &Arc<Entry>, records: u64) {
    match accounts
        .iter_mut()
        .find(|(known, _)| Arc::ptr_eq(known, account))
    {
        Some((_, count)) => *count += records,
        None => accounts.push((account.clone(), records)),
    }
}

/// A record that came back has its account by name, which in one ledger is the same.
fn subtract(accounts: &mut Vec<(Arc<Entry>, u64)>, account: &Arc<Entry>, records: u64) {
    let known = accounts
        .iter_mut()
        .find(|(known, _)| known.rule() == account.rule() && known.sink() == account.sink());
    if let Some((_, count)) = known {
        *count = count.saturating_sub(records);
    }
    accounts.retain(|(_, count)| *count > 0);
}
