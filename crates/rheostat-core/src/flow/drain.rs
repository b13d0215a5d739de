//! Emptying the rings: one pass reads what was written before it began, in
//! order of time, and hands each sink its part.

use std::sync::Arc;

use super::chunk::Filling;
use super::entry::Numbers;
use super::hub::{Hub, lock};
use super::registry::Registry;
use super::ring::Reader;
use super::route::Route;
use crate::sink::Tap;

/// A chunk is handed over at this size, so that no single one grows without bound.
const CHUNK_BYTES: usize = 256 << 10;
/// Room is given back to the writers after this much was read.
const RELEASE_BYTES: usize = 64 << 10;

/// What the drainer remembers from one pass to the next.
#[derive(Debug, Default)]
pub(crate) struct Drainer {
    readers: Vec<Reader>,
    routes: Known<Route>,
    threads: Known<str>,
    filling: Vec<Sending>,
}

#[derive(Debug)]
struct Known<T: ?Sized>(Vec<Option<Arc<T>>>);

impl<T: ?Sized> Default for Known<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

struct Sending {
    tap: Arc<dyn Tap>,
    chunk: Filling,
}

impl std::fmt::Debug for Sending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sending")
            .field("chunk", &self.chunk)
            .finish_non_exhaustive()
    }
}

impl Hub {
    /// Hands everything that was written before the call to its sinks' queues,
    /// and returns how many records that were. Any thread may call it; two at
    /// once take turns.
    pub fn drain(&self) -> usize {
        let mut drainer = lock(&self.drainer);
        drainer.readers.extend(self.arrivals());
        // What was given back before the readers look is named by nothing that
        // is written after they looked.
        let routes = self.routes.take_retired();
        let threads = self.threads.take_retired();
        drainer.readers.iter_mut().for_each(Reader::look);
        let records = drainer.pass(self);
        drainer.routes.forget(&routes);
        drainer.threads.forget(&threads);
        self.routes.free(&routes);
        self.threads.free(&threads);
        records
    }

    /// How many records are in the rings.
    pub fn waiting(&self) -> usize {
        let mut drainer = lock(&self.drainer);
        drainer.readers.extend(self.arrivals());
        drainer.readers.iter().map(Reader::waiting).sum()
    }
}

impl Drainer {
    fn pass(&mut self, hub: &Hub) -> usize {
        let mut records = 0;
        let mut unreleased = 0;
        let mut times: Vec<u64> = self.readers.iter_mut().map(next_time).collect();
        while let Some(at) = earliest(&times) {
            let size = self.take(hub, at);
            times[at] = next_time(&mut self.readers[at]);
            records += 1;
            unreleased += size;
            if unreleased >= RELEASE_BYTES {
                unreleased = 0;
                self.readers.iter_mut().for_each(Reader::release);
            }
        }
        self.readers.iter_mut().for_each(Reader::release);
        hand_over(&mut self.filling);
        // Taps of sinks that are gone must not be kept.
        self.filling.clear();
        records
    }

    /// Moves one entry from a ring to the chunk of its sink, and returns its size.
    fn take(&mut self, hub: &Hub, at: usize) -> usize {
        let reader = &mut self.readers[at];
        let Some(entry) = reader.peek() else { return 0 };
        let size = entry.len();
        let (numbers, _) = Numbers::read(entry);
        let route = self.routes.get(numbers.route, &hub.routes);
        let thread = self.threads.get(numbers.thread, &hub.threads);
        if let (Some(route), Some(thread)) = (route, thread) {
            let sending = sending(&mut self.filling, &route.tap);
            sending.chunk.push(numbers, route, thread, entry);
            if sending.chunk.size() >= CHUNK_BYTES {
                hand_over(&mut self.filling);
            }
        } else {
            debug_assert!(false, "an entry names a route or thread that was freed");
        }
        reader.pop();
        size
    }
}

/// Hands over what there is, to older entrances first: where a sink changed, a
/// thread wrote to the old entrance before it wrote to the new one.
fn hand_over(filling: &mut [Sending]) {
    filling.sort_by_key(|sending| sending.tap.age());
    filling.iter_mut().for_each(Sending::hand_over);
}

impl Sending {
    fn hand_over(&mut self) {
        let chunk = self.chunk.finish();
        if !chunk.is_empty() {
            self.tap.accept(chunk);
        }
    }
}

impl<T: ?Sized> Known<T> {
    fn get(&mut self, number: u32, all: &Registry<T>) -> Option<&Arc<T>> {
        let at = number as usize;
        if at >= self.0.len() {
            self.0.resize(at + 1, None);
        }
        if self.0[at].is_none() {
            self.0[at] = all.get(number);
        }
        self.0[at].as_ref()
    }

    fn forget(&mut self, numbers: &[u32]) {
        for number in numbers {
            if let Some(known) = self.0.get_mut(*number as usize) {
                *known = None;
            }
        }
    }
}

fn sending<'f>(filling: &'f mut Vec<Sending>, tap: &Arc<dyn Tap>) -> &'f mut Sending {
    let known = filling
        .iter()
        .position(|sending| Arc::ptr_eq(&sending.tap, tap));
    let at = known.unwrap_or_else(|| {
        filling.push(Sending {
            tap: tap.clone(),
            chunk: Filling::default(),
        });
        filling.len() - 1
    });
    &mut filling[at]
}

fn next_time(reader: &mut Reader) -> u64 {
    reader
        .peek()
        .map_or(u64::MAX, |entry| Numbers::read(entry).1.min(u64::MAX - 1))
}

fn earliest(times: &[u64]) -> Option<usize> {
    let (at, time) = times.iter().enumerate().min_by_key(|(_, time)| **time)?;
    (*time != u64::MAX).then_some(at)
}
