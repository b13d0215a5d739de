//! Which cells belong to which series.

use std::collections::BTreeMap;

/// How many segments a bank can have; each is twice the size of the one before.
pub(crate) const SEGMENTS: usize = if cfg!(loom) { 3 } else { 22 };

const FIRST: usize = if cfg!(loom) { 4 } else { 1024 };

/// How many cells a segment holds.
pub(crate) fn segment_size(segment: u8) -> usize {
    FIRST << segment
}

/// A run of cells, at the same place in every bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cells {
    // Invariant: `start + len` is at most the size of the segment.
    pub(super) segment: u8,
    start: u32,
    pub(crate) len: u32,
}

/// One cell, at the same place in every bank.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    // Invariant: a place in a segment that there is.
    pub(super) segment: u8,
    pub(super) at: u32,
}

impl Cells {
    /// One of them.
    pub(crate) fn cell(self, index: u32) -> Cell {
        assert!(index < self.len);
        Cell {
            segment: self.segment,
            at: self.start + index,
        }
    }

    /// The place of the cell `index` in the segment.
    #[inline]
    pub(super) fn at(self, index: u32) -> usize {
        // Not only in debug builds: this is what keeps the banks' pointers inside their segments.
        assert!(index < self.len);
        (self.start + index) as usize
    }

    /// Where the run begins in its segment.
    #[inline]
    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    /// A number of at most 40 bits that says the place.
    pub(crate) fn pack(self) -> u64 {
        u64::from(self.start) << 8 | u64::from(self.segment)
    }

    /// The run of `len` cells that was packed.
    #[inline]
    pub(crate) fn unpack(packed: u64, len: u32) -> Self {
        let run = Self {
            segment: packed as u8,
            start: (packed >> 8) as u32,
            len,
        };
        assert!(
            usize::from(run.segment) < SEGMENTS
                && run.start as usize + len as usize <= segment_size(run.segment)
        );
        run
    }

    /// A part of the run.
    pub(crate) fn part(self, from: u32, len: u32) -> Self {
        assert!(from + len <= self.len);
        Self {
            segment: self.segment,
            start: self.start + from,
            len,
        }
    }
}

/// The free cells. Runs that were given back are zero in every bank.
#[derive(Debug, Default)]
pub(crate) struct Space {
    segment: u8,
    used: usize,
    free: BTreeMap<u32, Vec<Cells>>,
    taken: u64,
}

impl Space {
    /// A run of `len` cells; `None` when all segments are full.
    pub(crate) fn take(&mut self, len: u32) -> Option<Cells> {
        let run = self.reuse(len).or_else(|| self.extend(len))?;
        self.taken += u64::from(len);
        Some(run)
    }

    /// Gives a run back. It must be zero in every bank, and nobody may write to it any more.
    pub(crate) fn give_back(&mut self, run: Cells) {
        self.taken -= u64::from(run.len);
        self.keep(run);
    }

    /// How many cells are in use.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    fn keep(&mut self, run: Cells) {
        if run.len > 0 {
            self.free.entry(run.len).or_default().push(run);
        }
    }

    fn reuse(&mut self, len: u32) -> Option<Cells> {
        let (&size, _) = self.free.range(len..).next()?;
        let runs = self.free.get_mut(&size)?;
        let run = runs.pop();
        if runs.is_empty() {
            self.free.remove(&size);
        }
        let run = run?;
        self.keep(run.part(len, run.len - len));
        Some(run.part(0, len))
    }

    fn extend(&mut self, len: u32) -> Option<Cells> {
        while self.used + len as usize > segment_size(self.segment) {
            if usize::from(self.segment) + 1 == SEGMENTS {
                return None;
            }
            let rest = segment_size(self.segment) - self.used;
            self.keep(Cells {
                segment: self.segment,
                start: self.used as u32,
                len: rest as u32,
            });
            self.segment += 1;
            self.used = 0;
        }
        let start = self.used as u32;
        self.used += len as usize;
        Some(Cells {
            segment: self.segment,
            start,
            len,
        })
    }
}
