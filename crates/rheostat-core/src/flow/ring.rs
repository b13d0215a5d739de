//! One thread's bounded ring of entries: one writer, one reader, no lock.
//!
//! ```text
//!        tail (reader)          head (writer)
//!          ▼                      ▼
//!  ────────[entry][entry][entry]──────────[skip]
//! ```
//!
//! Positions only grow; a position's place is its remainder by the capacity.
//! An entry is never split: where the end of the memory is too near, a skip
//! mark sends the reader to the start. Who holds the [`Writer`] may write, who
//! holds the [`Reader`] may read, so handing one over hands over the right.

use std::sync::Arc;

use super::memory::Memory;
use crate::sync::{AtomicUsize, Ordering};

/// What an entry starts with: its length, this header included.
const HEADER: usize = 4;
/// Entries start at multiples of this.
const ALIGN: usize = 8;
/// Set in a length: nothing more before the end of the memory.
const SKIP: u32 = 1 << 31;

#[derive(Debug)]
struct Shared {
    memory: Memory,
    /// One past the last committed entry. The writer stores it with `Release`
    /// after the bytes, so a reader that loads it with `Acquire` sees them.
    head: Apart<AtomicUsize>,
    /// The first entry not given back. The reader stores it with `Release`
    /// after its last look at the bytes, so a writer that loads it with
    /// `Acquire` may overwrite them.
    tail: Apart<AtomicUsize>,
    /// How many entries were ever committed; for statistics only.
    written: AtomicUsize,
}

/// Keeps the two positions in cache lines of their own.
#[repr(align(128))]
#[derive(Debug)]
struct Apart<T>(T);

/// Makes a ring of `capacity` bytes, rounded up to a power of two.
pub(crate) fn ring(capacity: usize) -> (Writer, Reader) {
    let shared = Arc::new(Shared {
        memory: Memory::new(capacity.next_power_of_two().max(2 * ALIGN)),
        head: Apart(AtomicUsize::new(0)),
        tail: Apart(AtomicUsize::new(0)),
        written: AtomicUsize::new(0),
    });
    let writer = Writer {
        shared: shared.clone(),
        head: 0,
        tail_seen: 0,
        written: 0,
    };
    let reader = Reader {
        shared,
        tail: 0,
        head_seen: 0,
        read: 0,
    };
    (writer, reader)
}

/// The only end that writes.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    head: usize,
    /// Where the reader was when we last looked; it can only be further now.
    tail_seen: usize,
    written: usize,
}

/// How full the ring is after a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Under half.
    Fine,
    /// Half or more: the reader should come.
    High,
}

/// Why nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// There is no room now.
    Now,
    /// There never will be: the entry is larger than half the ring.
    Ever,
}

impl Writer {
    /// Writes one entry: `encode` fills the front of the slice and says how
    /// much, or `None` when the slice is too small; it may be called twice.
    #[inline]
    pub(crate) fn write(
        &mut self,
        mut encode: impl FnMut(&mut [u8]) -> Option<usize>,
    ) -> Result<Level, Full> {
        if self.try_write(&mut encode) {
            return Ok(self.level());
        }
        self.tail_seen = self.shared.tail.0.load(Ordering::Acquire);
        if self.try_write(&mut encode) {
            return Ok(self.level());
        }
        if self.head == self.tail_seen {
            return Err(Full::Ever);
        }
        Err(Full::Now)
    }

    fn capacity(&self) -> usize {
        self.shared.memory.len()
    }

    #[inline]
    fn try_write(&mut self, encode: &mut impl FnMut(&mut [u8]) -> Option<usize>) -> bool {
        let capacity = self.capacity();
        let at = self.head & (capacity - 1);
        let free = capacity - (self.head - self.tail_seen);
        let to_end = capacity - at;
        if self.try_at(at, free.min(to_end), encode) {
            return true;
        }
        if free <= to_end {
            return false;
        }
        // The rest of the memory is ours, so the mark may be written even
        // where the entry then does not fit behind it.
        if !self.try_at_start(free - to_end, to_end, encode) {
            return false;
        }
        true
    }

    #[inline]
    fn try_at(
        &mut self,
        at: usize,
        room: usize,
        encode: &mut impl FnMut(&mut [u8]) -> Option<usize>,
    ) -> bool {
        let Some(step) = self.fill(at, room, encode) else {
            return false;
        };
        self.commit(self.head + step);
        true
    }

    #[cold]
    fn try_at_start(
        &mut self,
        room: usize,
        to_end: usize,
        encode: &mut impl FnMut(&mut [u8]) -> Option<usize>,
    ) -> bool {
        let Some(step) = self.fill(0, room, encode) else {
            return false;
        };
        let at = self.capacity() - to_end;
        self.shared.memory.written(at..at + HEADER);
        // SAFETY: from the head to the end of the memory all is free, which
        // means the writer's; `to_end` is at least ALIGN since entries are aligned.
        let mark = unsafe { self.shared.memory.slice_mut(at..at + HEADER) };
        mark.copy_from_slice(&SKIP.to_le_bytes());
        self.commit(self.head + to_end + step);
        true
    }

    /// Writes header and entry at a place, and returns the space they take.
    #[inline]
    fn fill(
        &self,
        at: usize,
        room: usize,
        encode: &mut impl FnMut(&mut [u8]) -> Option<usize>,
    ) -> Option<usize> {
        if room < HEADER {
            return None;
        }
        // SAFETY: `room` bytes from `at` lie in the free part, which is the
        // writer's until it commits, and there is one writer.
        let slice = unsafe { self.shared.memory.slice_mut(at..at + room) };
        let (header, body) = slice.split_at_mut(HEADER);
        let len = HEADER + encode(body)?;
        let step = len.next_multiple_of(ALIGN);
        // The room is a multiple of ALIGN, as capacity and every step are.
        header.copy_from_slice(&u32::try_from(len).ok()?.to_le_bytes());
        self.shared.memory.written(at..at + len);
        Some(step)
    }

    #[inline]
    fn commit(&mut self, head: usize) {
        self.written = self.written.wrapping_add(1);
        self.shared.written.store(self.written, Ordering::Relaxed);
        self.head = head;
        self.shared.head.0.store(head, Ordering::Release);
    }

    #[inline]
    fn level(&mut self) -> Level {
        let half = self.capacity() / 2;
        if self.head - self.tail_seen < half {
            return Level::Fine;
        }
        self.tail_seen = self.shared.tail.0.load(Ordering::Acquire);
        if self.head - self.tail_seen < half {
            Level::Fine
        } else {
            Level::High
        }
    }
}

/// The only end that reads.
#[derive(Debug)]
pub(crate) struct Reader {
    shared: Arc<Shared>,
    tail: usize,
    head_seen: usize,
    read: usize,
}

impl Reader {
    /// Looks how far the writer has come: what follows reads up to there.
    pub(crate) fn look(&mut self) {
        self.head_seen = self.shared.head.0.load(Ordering::Acquire);
    }

    /// The next entry of those seen by [`look`](Self::look).
    pub(crate) fn peek(&mut self) -> Option<&[u8]> {
        let capacity = self.shared.memory.len();
        loop {
            if self.tail == self.head_seen {
                return None;
            }
            let at = self.tail & (capacity - 1);
            let len = self.length_at(at);
            if len & SKIP == 0 {
                // SAFETY: from `tail` to `head_seen` all was committed before
                // the head was loaded, and the writer keeps off until the
                // tail is given back, which takes `&mut self`.
                return Some(unsafe { self.shared.memory.slice(at + HEADER..at + len as usize) });
            }
            self.tail += capacity - at;
        }
    }

    /// Goes past the entry that [`peek`](Self::peek) showed.
    pub(crate) fn pop(&mut self) {
        if self.peek().is_some() {
            self.read = self.read.wrapping_add(1);
            let at = self.tail & (self.shared.memory.len() - 1);
            self.tail += (self.length_at(at) as usize).next_multiple_of(ALIGN);
        }
    }

    /// Gives the room of everything popped back to the writer.
    pub(crate) fn release(&mut self) {
        self.shared.tail.0.store(self.tail, Ordering::Release);
    }

    /// Entries written and not read.
    pub(crate) fn waiting(&self) -> usize {
        self.shared
            .written
            .load(Ordering::Relaxed)
            .wrapping_sub(self.read)
    }

    fn length_at(&self, at: usize) -> u32 {
        // SAFETY: as in `peek`; a header is committed with its entry.
        let header = unsafe { self.shared.memory.slice(at..at + HEADER) };
        u32::from_le_bytes([header[0], header[1], header[2], header[3]])
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
