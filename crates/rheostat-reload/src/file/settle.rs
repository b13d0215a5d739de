//! When a text counts as saved.
//!
//! Pure: it is told what happened and what time it is, and looks through an
//! [`Eye`]. A text is saved when its writer closed it or a rename put it in
//! place; without such a word, when two looks [`SETTLE`] apart saw the same.
//! While a writer is at work on the file itself, no look counts.

use std::io;
use std::time::{Duration, Instant};

use super::complete::may_be_whole;

/// At most one `stat` in this time, whatever happens beside the file.
const SPACING: Duration = Duration::from_millis(20);
/// Two looks this far apart that saw the same make a text saved.
const SETTLE: Duration = Duration::from_millis(50);
/// The bytes are compared this often without any reason.
const POLL: Duration = Duration::from_secs(2);
/// A text that cannot be a whole policy counts when it stayed this long.
const WHOLE: Duration = Duration::from_secs(1);
/// A writer that has not closed the file is waited for this long after its last write.
const WRITER: Duration = Duration::from_secs(10);
/// A missing file is looked for this often at first, and is a trouble when it was missing for `POLL`.
const RETRY: Duration = Duration::from_millis(100);

/// How the judgement sees the file.
pub(crate) trait Eye {
    /// What was noticed since the last call; never waits.
    fn noticed(&mut self) -> Noticed;
    /// What the path leads to now; `anew` if the way to it may have changed.
    fn stamp(&mut self, anew: bool) -> io::Result<Stamp>;
    /// The bytes of the file.
    fn bytes(&mut self) -> io::Result<Vec<u8>>;
}

/// What was noticed, in any order but for the last act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Noticed {
    /// Something changed in a watched folder.
    pub(crate) changed: bool,
    /// A name on the way to the file changed its meaning.
    pub(crate) moved: bool,
    /// Notices were lost: nothing is known of writers.
    pub(crate) lost: bool,
    /// The last thing known to have been done to the file itself.
    pub(crate) act: Option<Act>,
}

/// What is done to the file itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Bytes were written or cut off, by a writer that has it open.
    Written,
    /// A writer closed it, or something whole was renamed into its place.
    Saved,
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) file: (u64, u64),
    pub(crate) len: u64,
    pub(crate) modified: (i64, i64),
    pub(crate) changed: (i64, i64),
    /// Times are coarse: a file written just now can be written again without a new time.
    pub(crate) young: bool,
}

impl Stamp {
    fn same(&self, other: &Self) -> bool {
        Self {
            young: false,
            ..*self
        } == Self {
            young: false,
            ..*other
        }
    }
}

/// What a look came to.
#[derive(Debug)]
pub(crate) enum Finding {
    /// These bytes were saved.
    Saved(Vec<u8>),
    /// The file cannot be read, and has not been readable for a while. Told once.
    Unreadable(io::Error),
}

#[derive(Debug)]
pub(crate) struct Settle {
    /// The bytes told last, and the stamp they had.
    told: Option<(Vec<u8>, Stamp)>,
    /// What was seen but does not count yet.
    candidate: Option<Candidate>,
    /// The stamp of the last look at the bytes.
    seen: Option<Stamp>,
    /// A writer is at work since its last write at this time.
    writer: Option<Instant>,
    /// Its writer closed it, or a rename put it in place, since the last text told.
    saved: bool,
    /// There is a reason to look.
    reason: bool,
    /// The way to the file may have changed.
    anew: bool,
    next_stat: Instant,
    next_poll: Instant,
    missing: Option<Missing>,
}

#[derive(Debug)]
struct Candidate {
    bytes: Vec<u8>,
    stamp: Stamp,
    since: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Missing {
    since: Instant,
    told: bool,
}

impl Settle {
    /// Starts with a reason to look, and nothing told.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            told: None,
            candidate: None,
            seen: None,
            writer: None,
            saved: false,
            reason: true,
            anew: true,
            next_stat: now,
            next_poll: now + POLL,
            missing: None,
        }
    }

    /// These bytes are known already: they were read when the program started.
    pub(crate) fn known(&mut self, bytes: Vec<u8>, stamp: Stamp) {
        self.seen = Some(stamp);
        self.told = Some((bytes, stamp));
    }

    /// Until when there is nothing to do; and whether notices are a reason to come earlier.
    pub(crate) fn rest(&self, now: Instant) -> (Instant, bool) {
        if now < self.next_stat {
            return (self.next_stat, false);
        }
        let mut until = self.next_poll;
        if let Some(candidate) = &self.candidate {
            until = until.min(self.judged_again(candidate));
        }
        if let Some(missing) = self.missing
            && !missing.told
        {
            until = until.min(now + RETRY);
        }
        (until, true)
    }

    /// Looks, if there is a reason and it is time.
    pub(crate) fn step(&mut self, eye: &mut impl Eye, now: Instant) -> Option<Finding> {
        self.note(eye.noticed(), now);
        let poll = now >= self.next_poll;
        if poll {
            self.next_poll = now + POLL;
            self.anew = true;
        }
        let again = self
            .candidate
            .as_ref()
            .is_some_and(|held| now >= self.judged_again(held));
        let retry = self.missing.is_some();
        if !(self.reason || poll || again || retry) || now < self.next_stat {
            return None;
        }
        self.next_stat = now + SPACING;
        self.reason = false;
        let anew = std::mem::take(&mut self.anew) || retry;
        let stamp = match eye.stamp(anew) {
            Ok(stamp) => stamp,
            Err(error) => return self.unreadable(error, now),
        };
        let known = self
            .seen
            .is_some_and(|seen| seen.same(&stamp) && !seen.young);
        if known && !poll && self.candidate.is_none() && self.missing.is_none() {
            self.saved = false;
            return None;
        }
        let bytes = match eye.bytes() {
            Ok(bytes) => bytes,
            Err(error) => return self.unreadable(error, now),
        };
        self.missing = None;
        // What was written while we read shows in the notices, the stamp, or the length.
        self.note(eye.noticed(), now);
        let after = eye.stamp(false).ok();
        if !after.is_some_and(|after| after.same(&stamp)) || stamp.len != bytes.len() as u64 {
            self.reason = true;
            return None;
        }
        self.seen = Some(stamp);
        self.judge(bytes, stamp, now)
    }

    fn note(&mut self, noticed: Noticed, now: Instant) {
        self.reason |= noticed.changed || noticed.moved || noticed.lost || noticed.act.is_some();
        self.anew |= noticed.moved || noticed.lost;
        if noticed.lost {
            self.writer = None;
            self.saved = false;
        }
        match noticed.act {
            Some(Act::Written) => {
                self.writer = Some(now);
                self.saved = false;
            }
            Some(Act::Saved) => {
                self.writer = None;
                self.saved = true;
            }
            None => {}
        }
    }

    fn judge(&mut self, bytes: Vec<u8>, stamp: Stamp, now: Instant) -> Option<Finding> {
        let told = |told: &(Vec<u8>, Stamp)| told.0 == bytes && told.1.same(&stamp);
        if self.told.as_ref().is_some_and(told) {
            self.candidate = None;
            self.saved = false;
            return None;
        }
        let candidate = match self.candidate.take() {
            Some(held) if held.bytes == bytes && held.stamp.same(&stamp) => held,
            _ => Candidate {
                bytes,
                stamp,
                since: now,
            },
        };
        if now < self.counts_from(&candidate) {
            self.candidate = Some(candidate);
            return None;
        }
        self.saved = false;
        self.writer = None;
        self.told = Some((candidate.bytes.clone(), candidate.stamp));
        Some(Finding::Saved(candidate.bytes))
    }

    /// From when on a candidate that stays as it is counts as saved.
    fn counts_from(&self, candidate: &Candidate) -> Instant {
        let mut from = candidate.since;
        if !self.saved {
            from += SETTLE;
        }
        if !may_be_whole(&candidate.bytes) {
            from = from.max(candidate.since + WHOLE);
        }
        if let Some(written) = self.writer {
            from = from.max(written + WRITER);
        }
        from
    }

    fn judged_again(&self, candidate: &Candidate) -> Instant {
        self.counts_from(candidate).max(self.next_stat)
    }

    fn unreadable(&mut self, error: io::Error, now: Instant) -> Option<Finding> {
        self.candidate = None;
        self.writer = None;
        self.saved = false;
        self.seen = None;
        self.anew = true;
        self.next_stat = now + SPACING;
        let missing = self.missing.get_or_insert(Missing {
            since: now,
            told: false,
        });
        if missing.told || now < missing.since + POLL {
            return None;
        }
        missing.told = true;
        Some(Finding::Unreadable(error))
    }
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests;
