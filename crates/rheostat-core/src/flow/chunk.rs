//! Records on their way from the rings to a sink: copied once, kept together.

use std::collections::HashMap;
use std::sync::Arc;

use super::entry::Numbers;
use super::route::Route;
use super::view::RecordView;
use crate::sink::RecordId;

/// A run of records for one sink, in order.
#[derive(Debug, Default)]
pub struct Chunk {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Those before it were taken out in front.
    first: usize,
    /// What the rest counts for.
    size: usize,
    routes: Vec<Arc<Route>>,
    threads: Vec<Arc<str>>,
    /// The queue that numbered its records; 0: none yet.
    origin: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u64,
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
        self.size
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
        .numbered(self.id(entry))
    }

    fn id(&self, entry: &Entry) -> RecordId {
        RecordId {
            origin: self.origin,
            number: entry.number,
        }
    }

    /// The numbers of its records, in their order.
    pub fn ids(&self) -> impl Iterator<Item = RecordId> {
        self.entries[self.first..]
            .iter()
            .map(|entry| self.id(entry))
    }

    /// Numbers its records, one by one from this number on.
    pub fn number(&mut self, first: RecordId) {
        self.origin = first.origin;
        for (entry, number) in self.entries[self.first..].iter_mut().zip(first.number..) {
            entry.number = number;
        }
    }

    /// Drops the records that are not wanted, which are told by their position.
    pub fn keep(&mut self, mut wanted: impl FnMut(usize) -> bool) {
        let mut at = 0;
        self.entries.drain(..std::mem::take(&mut self.first));
        self.entries.retain(|_| {
            at += 1;
            wanted(at - 1)
        });
        self.size = self.entries.iter().map(Entry::size).sum();
    }

    /// By which routes its records came, in their order.
    pub fn routes(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.entries[self.first..]
            .iter()
            .map(|entry| &self.routes[entry.route as usize])
    }

    /// The numbers of routes and threads in its own tables.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Numbers> {
        self.entries[self.first..].iter().map(|entry| Numbers {
            route: entry.route,
            thread: entry.thread,
        })
    }

    pub(super) fn all_routes(&self) -> &[Arc<Route>] {
        &self.routes
    }

    pub(super) fn thread_names(&self) -> &[Arc<str>] {
        &self.threads
    }

    /// An empty chunk that records come back into.
    pub(super) fn returning(routes: Vec<Arc<Route>>, threads: Vec<Arc<str>>) -> Self {
        Self {
            routes,
            threads,
            ..Self::default()
        }
    }

    /// Appends an entry that names routes and threads of this chunk.
    pub(super) fn push_returned(&mut self, numbers: Numbers, bytes: &[u8]) -> Option<()> {
        let known = (numbers.route as usize) < self.routes.len()
            && (numbers.thread as usize) < self.threads.len();
        let start = u32::try_from(self.bytes.len()).ok()?;
        self.bytes.extend_from_slice(bytes);
        let entry = Entry {
            number: 0,
            start,
            len: u32::try_from(bytes.len()).ok()?,
            route: numbers.route,
            thread: numbers.thread,
        };
        self.size += entry.size();
        self.entries.push(entry);
        known.then_some(())
    }

    /// Writes each record anew where `write` does, and leaves the others as they are.
    pub(super) fn rewrite(
        &mut self,
        mut write: impl FnMut(&RecordView<'_>, Numbers, &mut Vec<u8>) -> bool,
    ) {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut entries = self.entries.split_off(self.first);
        for entry in &mut entries {
            let start = bytes.len();
            let numbers = Numbers {
                route: entry.route,
                thread: entry.thread,
            };
            if !write(&self.view(entry), numbers, &mut bytes) {
                let range = entry.start as usize..(entry.start + entry.len) as usize;
                bytes.extend_from_slice(&self.bytes[range]);
            }
            (entry.start, entry.len) = (start as u32, (bytes.len() - start) as u32);
        }
        self.size = entries.iter().map(Entry::size).sum();
        (self.bytes, self.entries, self.first) = (bytes, entries, 0);
    }

    /// Takes the first records away: at most so many, of at most this size together.
    pub fn split_front(&mut self, records: usize, size: usize) -> Self {
        let mut taken = 0;
        let mut left = size;
        for entry in self.entries[self.first..].iter().take(records) {
            match left.checked_sub(entry.size()) {
                Some(rest) => left = rest,
                None => break,
            }
            taken += 1;
        }
        if taken == self.len() && self.first == 0 {
            return std::mem::take(self);
        }
        let front = self.copy(self.first..self.first + taken);
        self.first += taken;
        self.size -= front.size;
        front
    }

    /// Drops the oldest record and returns the route it came by.
    pub fn drop_front(&mut self) -> Option<Arc<Route>> {
        let entry = self.entries.get(self.first)?;
        self.first += 1;
        self.size -= entry.size();
        Some(self.routes[entry.route as usize].clone())
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
            size: entries.iter().map(Entry::size).sum(),
            routes: self.routes.clone(),
            threads: self.threads.clone(),
            origin: self.origin,
        }
    }
}

impl Entry {
    fn size(&self) -> usize {
        self.len as usize + OVERHEAD
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
        let entry = Entry {
            number: 0,
            start,
            len: chunk.bytes.len() as u32 - start,
            route,
            thread,
        };
        chunk.size += entry.size();
        chunk.entries.push(entry);
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
