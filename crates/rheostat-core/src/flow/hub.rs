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
use super::fork;
use super::producer::{Producer, label};
use super::registry::Registry;
use super::ring::{Full, Level, Reader, Writer, ring};
use super::route::Route;
use super::wake::Wake;

/// The bytes of one ring.
pub(crate) const RING_BYTES: usize = 1 << 20;
/// Rings per processor.
pub(crate) const RINGS_PER_CORE: usize = 4;

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
    fork::watch_forks();
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

/// Lends this thread's producer, made now if there is none yet. `None` where
/// the thread-locals are gone, or the producer is lent already further up.
#[inline]
pub(super) fn with_producer<R>(hub: &Hub, borrow: impl FnOnce(&mut Producer) -> R) -> Option<R> {
    LOCAL
        .try_with(|local| {
            let mut slot = local.0.try_borrow_mut().ok()?;
            Some(borrow(slot.get_or_insert_with(|| hub.producer())))
        })
        .ok()
        .flatten()
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

    pub(super) fn write_shared(
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

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
