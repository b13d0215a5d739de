//! Taking, finding, holding and giving back slots.

use std::sync::Mutex;

use super::Magazines;
use super::late::{self, Limbo};
use super::page::Pages;
use super::slot::{Key, Opening, Slot};
use crate::stack::Stack;
use crate::sync::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// Open spans at most, unless set otherwise.
const OPEN_SPANS: u32 = 1 << 17;
/// Captured bytes at most, unless set otherwise.
const CAPTURED_BYTES: usize = 64 << 20;
/// Holders of one span at most; beyond it further ones are not counted and the span stays.
const HOLDERS: u64 = u32::MAX as u64;

/// The most memory of all open spans, unless the caps are set otherwise.
pub(crate) fn most_bytes() -> u64 {
    // Pages double, so that as much again may be made and not used.
    2 * u64::from(OPEN_SPANS) * size_of::<Slot>() as u64 + CAPTURED_BYTES as u64
}

/// All slots, and what is known of them together.
#[derive(Debug)]
pub(crate) struct Slab {
    pub(super) pages: Pages,
    /// The first free slot's position plus one, below a tag that changes with every exchange.
    free: AtomicU64,
    made: AtomicU32,
    /// What threads that have ended left behind.
    limbo: Mutex<Limbo>,
    /// The same, of those that ended while the lock was taken.
    orphans: Stack<Limbo>,
    cap: AtomicU32,
    bytes_cap: AtomicUsize,
    /// Captured bytes; threads add their own in lumps.
    pub(super) bytes: AtomicUsize,
}

/// What giving up a hold came to.
#[derive(Debug)]
pub(crate) enum Released {
    /// No such span, or others hold it still.
    Still,
    /// It was the last one: the caller closes the span, then calls [`Slab::free`].
    Last(&'static Slot),
}

impl Slab {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self {
            pages: Pages::new(),
            free: AtomicU64::new(0),
            made: AtomicU32::new(0),
            limbo: Mutex::new(Limbo::new()),
            orphans: Stack::new(),
            cap: AtomicU32::new(OPEN_SPANS),
            bytes_cap: AtomicUsize::new(CAPTURED_BYTES),
            bytes: AtomicUsize::new(0),
        }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self {
            pages: Pages::new(),
            free: AtomicU64::new(0),
            made: AtomicU32::new(0),
            limbo: Mutex::new(Limbo::new()),
            orphans: Stack::new(),
            cap: AtomicU32::new(OPEN_SPANS),
            bytes_cap: AtomicUsize::new(CAPTURED_BYTES),
            bytes: AtomicUsize::new(0),
        }
    }

    /// Sets how many spans may be open and how many bytes captured, in the whole process.
    pub(crate) fn set_caps(&self, open_spans: u32, captured_bytes: usize) {
        self.cap.store(open_spans, Ordering::Relaxed);
        self.bytes_cap.store(captured_bytes, Ordering::Relaxed);
    }

    /// Opens a span, held once; its parent is held by it. `None` over the cap.
    pub(crate) fn open(&self, opening: Opening) -> Option<Key> {
        self.open_slot(opening).map(|(_, key)| key)
    }

    /// The same, with the slot at hand.
    #[inline]
    pub(crate) fn open_slot(&self, mut opening: Opening) -> Option<(&'static Slot, Key)> {
        let slot = Magazines::take(self)?;
        // The parent may have closed meanwhile: then there is none.
        opening.parent = opening.parent.filter(|parent| self.hold(*parent));
        let key = slot.open(opening);
        Some((slot, key))
    }

    /// Accounts for captured bytes; `false` over the cap: then they must not be kept.
    pub(crate) fn admit(&self, bytes: usize) -> bool {
        if self.captured_bytes() >= self.bytes_cap.load(Ordering::Relaxed) {
            return false;
        }
        Magazines::add_bytes(self, isize::try_from(bytes).unwrap_or(isize::MAX));
        true
    }

    /// Prepends fields that an open span recorded; `false` over the cap on captured bytes.
    pub(crate) fn record(&self, slot: &Slot, blob: crate::capture::Blob) -> bool {
        let admitted = self.admit(late::cost(&blob));
        if admitted {
            slot.record(blob);
        }
        admitted
    }

    /// The open span of that key.
    #[inline]
    pub(crate) fn find(&self, key: Key) -> Option<&'static Slot> {
        let slot = self.pages.get(key.position())?;
        // Acquire pairs with the release in `Slot::open`.
        let life = slot.life.load(Ordering::Acquire);
        let open = (life >> 32) as u32 == key.generation() && life & HOLDERS != 0;
        open.then_some(slot)
    }

    /// One holder more. `false` if no such span is open.
    pub(crate) fn hold(&self, key: Key) -> bool {
        let Some(slot) = self.pages.get(key.position()) else {
            return false;
        };
        let mut life = slot.life.load(Ordering::Relaxed);
        loop {
            if (life >> 32) as u32 != key.generation() || life & HOLDERS == 0 {
                return false;
            }
            if life & HOLDERS == HOLDERS {
                return true;
            }
            match slot.life.compare_exchange_weak(
                life,
                life + 1,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => life = now,
            }
        }
    }

    /// One holder less.
    pub(crate) fn release(&self, key: Key) -> Released {
        match self.pages.get(key.position()) {
            Some(slot) => Self::release_slot(slot, key),
            None => Released::Still,
        }
    }

    /// The same, with the key's slot at hand.
    #[inline]
    pub(crate) fn release_slot(slot: &'static Slot, key: Key) -> Released {
        let mut life = slot.life.load(Ordering::Relaxed);
        loop {
            if (life >> 32) as u32 != key.generation() || life & HOLDERS == 0 {
                return Released::Still;
            }
            if life & HOLDERS == HOLDERS {
                // Holders beyond the counter went uncounted, so it can no longer be trusted.
                return Released::Still;
            }
            // Release: what this holder did to the span is done before the last one
            // closes it. Acquire: the last one sees what all others did.
            match slot.life.compare_exchange_weak(
                life,
                life - 1,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) if life & HOLDERS == 1 => return Released::Last(slot),
                Ok(_) => return Released::Still,
                Err(now) => life = now,
            }
        }
    }

    /// Gives back the slot of a span that was closed, inside a callback: what outputs left with it is dropped.
    pub(crate) fn free(&self, slot: &'static Slot) {
        drop(slot.left.take());
        if let Some(chain) = late::take(&slot.newest) {
            let bytes = chain.bytes();
            Magazines::let_go(self, chain, bytes);
        }
        slot.retire_generation();
        Magazines::give(self, slot);
    }

    /// Takes over chains that wait, from a thread that ends.
    pub(super) fn adopt(&self, limbo: &mut Limbo) {
        // Never waits: the lock may be taken for ever, by a thread that a `fork` left behind.
        match self.limbo.try_lock() {
            Ok(mut all) => all.adopt(limbo),
            Err(_) => self.orphans.push(std::mem::replace(limbo, Limbo::new())),
        }
    }

    /// Frees what has waited long enough; for the engine's own thread.
    pub(crate) fn sweep(&self) {
        if let Ok(mut all) = self.limbo.try_lock() {
            for mut orphan in self.orphans.take() {
                all.adopt(&mut orphan);
            }
            all.sweep();
        }
    }

    /// How many slots were made so far.
    #[cfg(all(test, loom))]
    pub(super) fn made(&self) -> u32 {
        self.made.load(Ordering::Relaxed)
    }

    /// How many spans of an engine are open. Looks at every slot.
    pub(crate) fn count_open(&self, engine: u32) -> usize {
        self.pages
            .all()
            .filter(|slot| slot.life.load(Ordering::Relaxed) & HOLDERS != 0)
            .filter(|slot| slot.engine() == engine)
            .count()
    }

    /// The bytes captured by open spans, but for what threads have not told yet.
    pub(crate) fn captured_bytes(&self) -> usize {
        let bytes = self.bytes.load(Ordering::Relaxed).cast_signed();
        usize::try_from(bytes).unwrap_or(0)
    }

    /// Takes up to `want` free slots, made now if none is free; fewer near the cap.
    pub(super) fn take_free(&self, want: usize, mut got: impl FnMut(u32)) {
        let mut head = self.free.load(Ordering::Acquire);
        while head & HOLDERS != 0 {
            let mut next = (head & HOLDERS) as u32;
            let mut taken = [0_u32; Magazines::LOT];
            let mut count = 0;
            while count < want.min(Magazines::LOT) && next != 0 {
                let position = next - 1;
                taken[count] = position;
                count += 1;
                // A slot taken meanwhile shows a wrong successor; then the tag has changed too.
                next = self.pages.get(position).map_or(0, Slot::next_free);
            }
            // Acquire, here and above: successors are read. An exchange that succeeds releases nothing of its own,
            // and goes on where those left off that gave slots back.
            match self.free.compare_exchange_weak(
                head,
                tagged(head, next),
                Ordering::Relaxed,
                Ordering::Acquire,
            ) {
                Ok(_) => return taken[..count].iter().copied().for_each(got),
                Err(now) => head = now,
            }
        }
        let want = u32::try_from(want).unwrap_or(u32::MAX);
        let cap = self.cap.load(Ordering::Relaxed);
        if self.made.load(Ordering::Relaxed) >= cap {
            return;
        }
        let first = self.made.fetch_add(want, Ordering::Relaxed);
        (first..first.saturating_add(want).min(cap))
            .filter(|position| self.pages.get_or_make(*position).is_some())
            .for_each(&mut got);
    }

    /// Gives back free slots, all at once.
    pub(super) fn give_free(&self, positions: &[u32]) {
        let slot = |position: u32| self.pages.get(position);
        let Some((&last, _)) = positions.split_last() else {
            return;
        };
        for pair in positions.windows(2) {
            if let Some(slot) = slot(pair[0]) {
                slot.set_next_free(pair[1] + 1);
            }
        }
        let Some(last) = slot(last) else { return };
        let mut head = self.free.load(Ordering::Relaxed);
        loop {
            last.set_next_free((head & HOLDERS) as u32);
            // Release: whoever takes these sees their successors, and that nobody finds them any more.
            match self.free.compare_exchange_weak(
                head,
                tagged(head, positions[0] + 1),
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }
}

/// The head of the free list after an exchange.
fn tagged(before: u64, next: u32) -> u64 {
    ((before >> 32).wrapping_add(1) << 32) | u64::from(next)
}
