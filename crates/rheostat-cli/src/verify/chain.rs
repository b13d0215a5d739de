//! One chain as it was read so far: which records were seen, which are missing.

use std::collections::BTreeMap;

use super::finding::{Place, What};
use super::line::{Hash, Link};
use super::window::Window;

/// The records of one name.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) window: Window,
    /// Records that came, each counted once.
    pub(super) records: u64,
    /// Missing records, by the first of each run.
    holes: BTreeMap<u64, Hole>,
    /// Another chain goes on from its last record.
    pub(super) is_continued: bool,
    /// Where its first record was to be looked for.
    pub(super) began: Place,
    /// Where its last record stands.
    pub(super) last: Place,
}

/// A run of missing records.
#[derive(Clone, Debug)]
struct Hole {
    /// Behind the last one.
    end: u64,
    /// The hash of the last one, as the record behind it says.
    hash: Option<Hash>,
    /// The record behind it.
    before: Place,
}

/// More runs of missing records than this are reported at once, and records of them that come late are then unknown.
const MOST_HOLES: usize = 100_000;

impl Chain {
    pub(super) fn new(at: &Place) -> Self {
        Self {
            window: Window::default(),
            records: 0,
            holes: BTreeMap::new(),
            is_continued: false,
            began: at.clone(),
            last: at.clone(),
        }
    }

    /// One of which only the records from this one on are here.
    pub(super) fn from(seq: u64, at: &Place) -> Self {
        Self {
            window: Window::from(seq),
            ..Self::new(at)
        }
    }

    /// The last record's hash, where it is known.
    pub(super) fn tip(&self) -> Option<Hash> {
        self.window.get(self.window.next().checked_sub(1)?)?
    }

    /// Whether its first record did not come yet.
    pub(super) fn lacks_first(&self) -> bool {
        self.hole_of(0).is_some() || matches!(self.window.get(0), Some(None))
    }

    /// Another chain says what the last record's hash was.
    pub(super) fn learn_tip(&mut self, hash: Hash) {
        if let Some(last) = self.window.next().checked_sub(1) {
            self.window.learn(last, hash);
        }
    }

    /// Takes a record that comes next, or later than next.
    pub(super) fn advance(&mut self, link: &Link, at: &Place, most: usize) -> Option<What> {
        let seq = link.seq;
        let mut wrong = None;
        if seq > self.window.next() {
            let hole = Hole {
                end: seq,
                hash: Some(link.prev),
                before: at.clone(),
            };
            self.holes.insert(self.window.next(), hole);
        } else if let Some(before) = seq.checked_sub(1) {
            match self.window.get(before).flatten() {
                Some(hash) if hash != link.prev => wrong = Some(What::Replaced { seq }),
                Some(_) => {}
                // The one before was altered; this one says what it was.
                None => self.window.learn(before, link.prev),
            }
        }
        self.window.push(seq, Some(link.hash), most);
        self.arrived(at);
        wrong
    }

    /// Leaves the next place to a record that is not as it was written.
    pub(super) fn advance_unknown(&mut self, seq: u64, at: &Place, most: usize) {
        self.window.push(seq, None, most);
        self.arrived(at);
    }

    fn arrived(&mut self, at: &Place) {
        self.records += 1;
        self.last = at.clone();
    }

    /// Takes a record whose place was passed; `Ok` where it comes again.
    pub(super) fn late(&mut self, link: &Link) -> Result<(), What> {
        let seq = link.seq;
        if let Some(start) = self.hole_of(seq) {
            let fits = self.fill(start, link);
            self.records += 1;
            return Err(if fits {
                What::OutOfOrder { seq }
            } else {
                What::Replaced { seq }
            });
        }
        match self.window.get(seq) {
            Some(Some(hash)) if hash == link.hash => Ok(()),
            Some(Some(_)) => Err(What::Second { seq }),
            // Its first copy was altered, and that was said.
            Some(None) => {
                self.window.learn(seq, link.hash);
                Ok(())
            }
            None => Err(What::TooLate { seq }),
        }
    }

    /// Takes the place of a missing record; where the line is altered that is said already.
    pub(super) fn occupy(&mut self, seq: u64) {
        if let Some(start) = self.hole_of(seq) {
            self.split(start, seq, None);
            self.records += 1;
        }
    }

    fn hole_of(&self, seq: u64) -> Option<u64> {
        let (start, hole) = self.holes.range(..=seq).next_back()?;
        (seq < hole.end).then_some(*start)
    }

    /// Fills a place in a hole; false where the record does not fit to those around it.
    fn fill(&mut self, start: u64, link: &Link) -> bool {
        let seq = link.seq;
        let before = seq
            .checked_sub(1)
            .and_then(|before| self.window.get(before)?);
        let after = self.split(start, seq, Some(link.prev));
        self.window.learn(seq, link.hash);
        before.is_none_or(|hash| hash == link.prev) && after.is_none_or(|hash| hash == link.hash)
    }

    /// Makes two holes of one, and gives what the record behind the place says of its hash.
    fn split(&mut self, start: u64, seq: u64, prev: Option<Hash>) -> Option<Hash> {
        let hole = self.holes.remove(&start)?;
        let said = if seq + 1 == hole.end { hole.hash } else { None };
        if start < seq {
            let front = Hole {
                end: seq,
                hash: prev,
                before: hole.before.clone(),
            };
            self.holes.insert(start, front);
        }
        if seq + 1 < hole.end {
            self.holes.insert(seq + 1, hole);
        }
        said
    }

    /// Runs of missing records, where they were missed; all of them at the end.
    pub(super) fn missing(&mut self, at_the_end: bool) -> Vec<(Place, What)> {
        if !at_the_end && self.holes.len() < MOST_HOLES {
            return Vec::new();
        }
        let holes = std::mem::take(&mut self.holes).into_iter();
        let missing = holes.map(|(from, hole)| {
            let to = hole.end - 1;
            let hash = hole.hash.filter(|_| from == 0);
            (hole.before, What::Missing { from, to, hash })
        });
        missing.collect()
    }
}
