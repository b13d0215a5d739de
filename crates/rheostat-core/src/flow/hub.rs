//! Where threads and the drainer meet: the rings, who leases them, who empties them.
//!
//! There is one hub in a process. A thread leases a ring with its first record
//! and gives it back, with whatever is still in it, when it ends; threads
//! beyond the number of rings, and those whose thread-locals are gone, share a
//! locked one. So the memory is bounded whatever the number of threads, and
//! nothing that was written is lost with its thread.

use std::cell::RefCell;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::drain::Drainer;
use super::entry::{Caps, Draft, Numbers};
use super::fork;
use super::producer::{Producer, label};
use super::registry::Registry;
use super::ring::{Full, Level, Reader, Writer, ring};
use super::route::{Route, RouteHandle};
use super::wake::Wake;
use crate::ledger::Cause;

/// The bytes of one ring.
pub(super) const RING_BYTES: usize = 1 << 20;
/// Rings per processor.
const RINGS_PER_CORE: usize = 4;

/// The rings of a process.
#[derive(Debug)]
pub struct Hub {
    max_rings: usize,
    ring_bytes: usize,
    leases: Mutex<Leases>,
    shared: Mutex<Producer>,
    /// Readers of rings that the drainer has not seen yet.
    arrivals: Mutex<Vec<Reader>>,
    pub(super) routes: Registry<Route>,
    pub(super) threads: Registry<str>,
    pub(super) drainer: Mutex<Drainer>,
    pub(super) wake: Wake,
}

#[derive(Debug)]
struct Leases {
    free: Vec<Writer>,
    made: usize,
}

static GLOBAL: LazyLock<Hub> = LazyLock::new(|| {
    fork::arm();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Hub::new(cores * RINGS_PER_CORE, RING_BYTES)
});

thread_local! {
    static LOCAL: Local = const { Local(RefCell::new(None)) };
}

struct Local(RefCell<Option<Producer>>);

impl Drop for Local {
    fn drop(&mut self) {
        if let Some(producer) = self.0.get_mut().take() {
            GLOBAL.give_back(producer);
        }
    }
}

impl Hub {
    /// The hub of this process.
    pub fn global() -> &'static Self {
        &GLOBAL
    }

    pub(crate) fn new(max_rings: usize, ring_bytes: usize) -> Self {
        let (writer, reader) = ring(ring_bytes);
        let threads = Registry::new();
        let nobody = threads.insert("#0".into());
        Self {
            max_rings,
            ring_bytes,
            leases: Mutex::new(Leases {
                free: Vec::new(),
                made: 0,
            }),
            shared: Mutex::new(Producer::new(Some(writer), nobody)),
            arrivals: Mutex::new(vec![reader]),
            routes: Registry::new(),
            threads,
            drainer: Mutex::default(),
            wake: Wake::default(),
        }
    }

    /// The memory of all rings that were ever leased, in bytes.
    pub fn memory(&self) -> usize {
        (lock(&self.leases).made + 1) * self.ring_bytes
    }

    pub(crate) fn routes(&self) -> &Registry<Route> {
        &self.routes
    }

    pub(super) fn arrivals(&self) -> Vec<Reader> {
        std::mem::take(&mut lock(&self.arrivals))
    }

    /// What this thread writes with from now on; cold.
    #[cold]
    pub(crate) fn producer(&self) -> Producer {
        let thread = self.threads.insert(label());
        Producer::new(self.lease(), thread)
    }

    fn lease(&self) -> Option<Writer> {
        let mut leases = lock(&self.leases);
        if let Some(writer) = leases.free.pop() {
            return Some(writer);
        }
        if leases.made == self.max_rings {
            return None;
        }
        leases.made += 1;
        let (writer, reader) = ring(self.ring_bytes);
        lock(&self.arrivals).push(reader);
        Some(writer)
    }

    /// Takes over what a thread that ends wrote with.
    pub(crate) fn give_back(&self, mut producer: Producer) {
        if fork::in_child() {
            return;
        }
        // The number goes after the ring, so that the drainer still knows the
        // name when it reads the last entries.
        if let Some(writer) = producer.writer.take() {
            lock(&self.leases).free.push(writer);
        }
        self.threads.retire(producer.thread);
    }

    fn write_shared(
        &self,
        as_thread: Option<(u32, u64)>,
        encode: &mut impl FnMut(&mut [u8], u32, u64) -> Option<usize>,
    ) -> Result<Level, Full> {
        let mut shared = lock(&self.shared);
        let (thread, seq) = match as_thread {
            Some(known) => known,
            None => (shared.thread, shared.next()),
        };
        shared
            .write(|room| encode(room, thread, seq))
            .unwrap_or(Err(Full::Now))
    }
}

impl RouteHandle {
    /// Hands one record over: `encode` writes it in place and may be called twice.
    ///
    /// Never blocks, unless the sink says `full = "block"`; a refusal is counted here.
    ///
    /// # Errors
    ///
    /// Why it was not taken. It is never retried.
    #[inline]
    pub fn offer(&self, encode: impl FnMut(&mut Draft<'_>, u64)) -> Result<(), Cause> {
        let outcome = self.try_offer(encode);
        if let Err(cause) = outcome {
            self.count_refusal(cause);
        }
        outcome
    }

    #[cold]
    fn count_refusal(&self, cause: Cause) {
        let route = self.route();
        route.account.count(cause, 1);
        if !fork::in_child() {
            route.tap.lost(cause, 1);
        }
    }

    #[inline]
    fn try_offer(&self, encode: impl FnMut(&mut Draft<'_>, u64)) -> Result<(), Cause> {
        // Before anything that takes a lock: in a child it may never come free.
        if fork::in_child() {
            return Err(Cause::Forked);
        }
        self.route().tap.admit()?;
        let mut offering = Offering {
            handle: self,
            encode,
        };
        let hub = self.hub();
        LOCAL
            .try_with(|local| {
                let mut slot = local.0.try_borrow_mut().ok()?;
                let producer = slot.get_or_insert_with(|| hub.producer());
                Some(offering.through(producer))
            })
            .ok()
            .flatten()
            .unwrap_or_else(|| offering.through_shared())
    }

    /// The same through a producer that the caller holds.
    #[cfg(test)]
    pub(crate) fn offer_by(
        &self,
        producer: &mut Producer,
        encode: impl FnMut(&mut Draft<'_>, u64),
    ) -> Result<(), Cause> {
        let outcome = self.route().tap.admit().and_then(|()| {
            Offering {
                handle: self,
                encode,
            }
            .through(producer)
        });
        if let Err(cause) = outcome {
            self.count_refusal(cause);
        }
        outcome
    }
}

struct Offering<'h, E> {
    handle: &'h RouteHandle,
    encode: E,
}

impl<E: FnMut(&mut Draft<'_>, u64)> Offering<'_, E> {
    #[inline]
    fn through(&mut self, producer: &mut Producer) -> Result<(), Cause> {
        let (thread, seq) = (producer.thread, producer.next());
        match producer.write(|room| self.write(room, thread, seq)) {
            Some(Ok(Level::Fine)) => Ok(()),
            Some(outcome) => self.settle(outcome, true, |offering| {
                producer
                    .write(|room| offering.write(room, thread, seq))
                    .unwrap_or(Err(Full::Now))
            }),
            None => {
                let hub = self.handle.hub();
                let outcome = hub.write_shared(Some((thread, seq)), &mut |room, thread, seq| {
                    self.write(room, thread, seq)
                });
                self.settle(outcome, true, |offering| {
                    hub.write_shared(Some((thread, seq)), &mut |room, thread, seq| {
                        offering.write(room, thread, seq)
                    })
                })
            }
        }
    }

    /// For a thread whose thread-locals are gone: it never waits.
    #[cold]
    fn through_shared(&mut self) -> Result<(), Cause> {
        let hub = self.handle.hub();
        let outcome =
            hub.write_shared(None, &mut |room, thread, seq| self.write(room, thread, seq));
        self.settle(outcome, false, |_| Err(Full::Now))
    }

    #[inline]
    fn write(&mut self, room: &mut [u8], thread: u32, seq: u64) -> Option<usize> {
        let route = self.handle.route();
        let caps = Caps {
            value: route.raw_value_cap,
            record: route.max_record,
        };
        let numbers = Numbers {
            route: self.handle.number(),
            thread,
        };
        let mut draft = Draft::new(room, numbers, caps);
        (self.encode)(&mut draft, seq);
        draft.finish()
    }

    #[cold]
    fn settle(
        &mut self,
        mut outcome: Result<Level, Full>,
        may_wait: bool,
        mut again: impl FnMut(&mut Self) -> Result<Level, Full>,
    ) -> Result<(), Cause> {
        let hub = self.handle.hub();
        let mut waits = 0;
        loop {
            match outcome {
                Ok(Level::Fine) => return Ok(()),
                Ok(Level::High) => {
                    hub.wake.call();
                    return Ok(());
                }
                Err(Full::Ever) => return Err(Cause::TooLarge),
                Err(Full::Now) => {
                    hub.wake.call();
                    // Where a page cannot be wiped, a child learns of itself here.
                    if fork::in_child_by_id() {
                        return Err(Cause::Forked);
                    }
                    if !may_wait || !self.handle.route().tap.wait(waits) {
                        return Err(Cause::RingFull);
                    }
                    waits += 1;
                    outcome = again(self);
                }
            }
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
