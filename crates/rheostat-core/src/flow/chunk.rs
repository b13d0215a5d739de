//! Records on their way from the rings to a sink: copied once, kept together.

use std::collections::HashMap;
use std::sync::Arc;

use super::entry::Numbers;
use super::route::Route;
use super::view::RecordView;

/// A run of records for one sink, in order.
#[derive(Debug, Default)]
pub struct Chunk {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Those before it were taken out in front.
    first: usize,
    routes: Vec<Arc<Route>>,
    threads: Vec<Arc<str>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    len: u32,
    route: u32,
    thread: u32,
}

/// What an entry costs besides its bytes.
const OVERHEAD: usize = size_of::<Entry>();

impl Chunk {
    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.entries.len() - self.first
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it counts for in a queue's memory.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.entries.len() * OVERHEAD
    }

    /// Its records.
    pub fn records(&self) -> impl Iterator<Item = RecordView<'_>> {
        self.entries[self.first..]
            .iter()
            .map(|entry| self.view(entry))
    }

    fn view(&self, entry: &Entry) -> RecordView<'_> {
        let range = entry.start as usize..(entry.start + entry.len) as usize;
        RecordView::new(
            &self.routes[entry.route as usize],
            &self.threads[entry.thread as usize],
            &self.bytes[range],
        )
    }

    /// Takes the first records away, at most `records` and at most about `bytes` of them, but one at least.
    pub fn split_front(&mut self, records: usize, bytes: usize) -> Self {
        let mut taken = 0;
        let mut size = 0;
        for entry in self.entries[self.first..].iter().take(records.max(1)) {
            size += entry.len as usize + OVERHEAD;
            if taken > 0 && size > bytes {
                break;
            }
            taken += 1;
        }
        if taken == self.len() && self.first == 0 {
            return std::mem::take(self);
        }
        let front = self.copy(self.first..self.first + taken);
        self.first += taken;
        front
    }

    /// Drops the oldest record and returns the route it came by.
    pub fn drop_front(&mut self) -> Option<Arc<Route>> {
        let entry = self.entries.get(self.first)?;
        self.first += 1;
        Some(self.routes[entry.route as usize].clone())
    }

    /// The record at a position.
    pub fn get(&self, at: usize) -> Option<RecordView<'_>> {
        self.entries
            .get(self.first + at)
            .map(|entry| self.view(entry))
    }

    fn copy(&self, range: std::ops::Range<usize>) -> Self {
        let entries = &self.entries[range];
        let start = entries.first().map_or(0, |entry| entry.start);
        let end = entries.last().map_or(0, |entry| entry.start + entry.len);
        Self {
            bytes: self.bytes[start as usize..end as usize].to_vec(),
            entries: entries
                .iter()
                .map(|entry| Entry {
                    start: entry.start - start,
                    ..*entry
                })
                .collect(),
            first: 0,
            routes: self.routes.clone(),
            threads: self.threads.clone(),
        }
    }
}

/// A chunk while the drainer fills it.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    chunk: Chunk,
    routes: HashMap<u32, u32, foldhash::fast::FixedState>,
    threads: HashMap<u32, u32, foldhash::fast::FixedState>,
}

impl Filling {
    pub(crate) fn push(
        &mut self,
        numbers: Numbers,
        route: &Arc<Route>,
        thread: &Arc<str>,
        entry: &[u8],
    ) {
        let chunk = &mut self.chunk;
        let rewritten = route.scrub.rewrite(route, entry);
        let route = *self.routes.entry(numbers.route).or_insert_with(|| {
            chunk.routes.push(route.clone());
            (chunk.routes.len() - 1) as u32
        });
        let thread = *self.threads.entry(numbers.thread).or_insert_with(|| {
            chunk.threads.push(thread.clone());
            (chunk.threads.len() - 1) as u32
        });
        let start = chunk.bytes.len() as u32;
        match rewritten {
            Some(rewritten) => chunk.bytes.extend_from_slice(&rewritten),
            None => chunk.bytes.extend_from_slice(entry),
        }
        chunk.entries.push(Entry {
            start,
            len: chunk.bytes.len() as u32 - start,
            route,
            thread,
        });
    }

    pub(crate) fn size(&self) -> usize {
        self.chunk.bytes.len()
    }

    pub(crate) fn finish(&mut self) -> Chunk {
        self.routes.clear();
        self.threads.clear();
        std::mem::take(&mut self.chunk)
    }
}
