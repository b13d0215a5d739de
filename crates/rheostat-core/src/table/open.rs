//! What every callsite does now: one open-addressed table behind one pointer.
//!
//! A key is the address of a callsite's metadata. Idle callsites take a slot and
//! nothing else, and so do those that are wanted until they are asked for: then
//! they point at an entry. A late callsite claims a free slot by one exchange;
//! above half load the table is copied into a larger one. Whoever reads is inside
//! an announcement; whoever replaces frees after a grace period.
//!
//! ```text
//! slot:  key │ number of a callsite, idle or wanted, or address of an entry │ inner interest
//! ```

use std::sync::Arc;

use crate::callsite::CallsiteId;
use crate::sync::{AtomicPtr, AtomicUsize, Ordering};

/// What the inner subscriber thinks of a callsite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InnerInterest {
    /// It does not want it.
    Never,
    /// It has to be asked each time.
    Sometimes,
    /// It wants it.
    Always,
}

/// The value is a callsite's number.
const NUMBER: usize = 1;
const INNER_SHIFT: u32 = 1;
const INNER: usize = 0b110;
const ENTRY: usize = !0b111;
/// A number's: something of ours wants the callsite, and what that comes to is decided when it is asked for.
const WANTED: usize = 0b1000;
const NUMBER_SHIFT: u32 = 4;

impl InnerInterest {
    fn bits(self) -> usize {
        (match self {
            Self::Never => 0,
            Self::Sometimes => 1,
            Self::Always => 2,
        }) << INNER_SHIFT
    }

    #[inline]
    fn of(value: usize) -> Self {
        match (value & INNER) >> INNER_SHIFT {
            0 => Self::Never,
            1 => Self::Sometimes,
            _ => Self::Always,
        }
    }
}

fn number(id: CallsiteId) -> usize {
    (id.0 as usize) << NUMBER_SHIFT | NUMBER
}

/// What is kept per callsite that was asked for. Aligned so that three bits of its address are free.
#[derive(Debug)]
#[repr(align(8))]
pub(crate) struct Entry<P> {
    /// The callsite's number.
    pub(crate) id: CallsiteId,
    /// What it does.
    pub(crate) plan: P,
    key: usize,
    next: *mut Self,
}

/// All entries made under one policy, freed together with the last table that shows them.
#[derive(Debug)]
pub(crate) struct Arena<P> {
    newest: AtomicPtr<Entry<P>>,
}

// SAFETY: an arena owns its entries; they are shared, and sent when it is dropped.
unsafe impl<P: Send> Send for Arena<P> {}
// SAFETY: as above; pushing is atomic, and an entry does not change after it.
unsafe impl<P: Send + Sync> Sync for Arena<P> {}

impl<P> Arena<P> {
    fn new() -> Self {
        Self {
            newest: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    fn add(&self, key: usize, id: CallsiteId, plan: P) -> *mut Entry<P> {
        let entry = Box::into_raw(Box::new(Entry {
            id,
            plan,
            key,
            next: self.newest.load(Ordering::Relaxed),
        }));
        loop {
            // SAFETY: the entry is ours until the exchange below succeeds.
            let next = unsafe { (*entry).next };
            match self
                .newest
                // Relaxed: entries are found through slots; this list is followed only once all is over.
                .compare_exchange(next, entry, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return entry,
                // SAFETY: as above.
                Err(other) => unsafe { (*entry).next = other },
            }
        }
    }
}

impl<P> Drop for Arena<P> {
    fn drop(&mut self) {
        // Relaxed: `&mut self` comes after whatever anybody did through `&self`.
        let mut entry = self.newest.load(Ordering::Relaxed);
        while !entry.is_null() {
            // SAFETY: made by `Box::into_raw`, reached once, and no table shows it any more.
            entry = unsafe { Box::from_raw(entry) }.next;
        }
    }
}

#[derive(Debug)]
struct Slot {
    key: AtomicUsize,
    // 0: free. Else a number and NUMBER, or an entry's address; and the inner interest.
    value: AtomicUsize,
}

/// What a callsite does, for as long as the table is protected.
#[derive(Debug)]
pub(crate) enum Found<'t, P> {
    /// Nothing of ours.
    Idle(CallsiteId),
    /// Something, which is to be decided now: see [`Table::settle`].
    Wanted(CallsiteId),
    /// This.
    Planned(&'t Entry<P>),
}

impl<P> Found<'_, P> {
    /// Whether anything of ours wants it.
    #[inline]
    pub(crate) fn is_wanted(&self) -> bool {
        !matches!(self, Self::Idle(_))
    }
}

impl<P> Clone for Found<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Found<'_, P> {}

/// What came of an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inserted {
    /// It is there now.
    New,
    /// It was there already.
    Known,
    /// There is no room: the table must grow.
    Full,
}

/// One table.
#[derive(Debug)]
pub(crate) struct Table<P> {
    slots: Box<[Slot]>,
    // Invariant: the number of slots is two to the power of the bits that this leaves of a hash.
    shift: u32,
    taken: AtomicUsize,
    arena: Arc<Arena<P>>,
    /// The key of a callsite by its number, for a slot whose key is not written yet.
    keys: fn(CallsiteId) -> usize,
}

impl<P> Table<P> {
    /// An empty table with room for this many callsites below half load, and entries of its own.
    pub(crate) fn new(callsites: usize, keys: fn(CallsiteId) -> usize) -> Self {
        Self::with_arena(callsites, Arc::new(Arena::new()), keys)
    }

    fn with_arena(callsites: usize, arena: Arc<Arena<P>>, keys: fn(CallsiteId) -> usize) -> Self {
        let size = (callsites.max(16) * 2 + 1).next_power_of_two();
        Self {
            slots: (0..size)
                .map(|_| Slot {
                    key: AtomicUsize::new(0),
                    value: AtomicUsize::new(0),
                })
                .collect(),
            shift: usize::BITS - size.ilog2(),
            taken: AtomicUsize::new(0),
            arena,
            keys,
        }
    }

    /// A table of twice the room that shows the same, but for what is inserted meanwhile.
    pub(crate) fn grown(&self) -> Self {
        let larger = Self::with_arena(self.slots.len(), self.arena.clone(), self.keys);
        for slot in &self.slots {
            let value = slot.value.load(Ordering::Acquire);
            if value != 0 {
                let _unique = larger.claim(self.key_of(value), value);
            }
        }
        larger
    }

    /// How many callsites it shows.
    pub(crate) fn len(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether it should be replaced by a larger one.
    pub(crate) fn is_crowded(&self) -> bool {
        self.len() * 2 > self.slots.len()
    }

    #[inline]
    fn start(&self, key: usize) -> usize {
        // Metadata lies in static memory, aligned to words; the multiplication spreads it.
        let hash = (key >> 3).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize);
        hash >> self.shift
    }

    /// What a callsite does, and what the inner subscriber thinks of it.
    #[inline]
    pub(crate) fn find(&self, key: usize) -> Option<(Found<'_, P>, InnerInterest)> {
        let slot = self.slot(key)?;
        let value = slot.value.load(Ordering::Acquire);
        Some((self.found(value), InnerInterest::of(value)))
    }

    #[inline(always)]
    fn slot(&self, key: usize) -> Option<&Slot> {
        let start = self.start(key);
        // SAFETY: what the shift leaves of a hash is less than the number of slots (invariant).
        let slot = unsafe { self.slots.get_unchecked(start) };
        // Acquire: whoever sees the key sees the value.
        if slot.key.load(Ordering::Acquire) == key {
            return Some(slot);
        }
        self.slot_from(start, key)
    }

    #[inline(never)]
    fn slot_from(&self, start: usize, key: usize) -> Option<&Slot> {
        let mask = self.slots.len() - 1;
        for nth in 0..self.slots.len() {
            let slot = &self.slots[start.wrapping_add(nth) & mask];
            // Acquire: as above.
            let there = slot.key.load(Ordering::Acquire);
            if there == key {
                return Some(slot);
            }
            if there == 0 {
                // Free, or claimed a moment ago by one who has not written the key yet.
                let value = slot.value.load(Ordering::Acquire);
                if value == 0 {
                    return None;
                }
                if self.key_of(value) == key {
                    return Some(slot);
                }
            }
        }
        None
    }

    #[inline]
    fn found(&self, value: usize) -> Found<'_, P> {
        if value & NUMBER != 0 {
            #[expect(clippy::cast_possible_truncation, reason = "it was made of 32 bits")]
            let id = CallsiteId((value >> NUMBER_SHIFT) as u32);
            return match value & WANTED {
                0 => Found::Idle(id),
                _ => Found::Wanted(id),
            };
        }
        // SAFETY: a value without NUMBER is the address of an entry of this table's
        // arena, which lives as long as the table.
        Found::Planned(unsafe { &*((value & ENTRY) as *const Entry<P>) })
    }

    /// The key that belongs to a value, whether or not it has been written beside it.
    fn key_of(&self, value: usize) -> usize {
        match self.found(value) {
            Found::Planned(entry) => entry.key,
            Found::Idle(id) | Found::Wanted(id) => (self.keys)(id),
        }
    }

    /// Shows a callsite that does nothing of ours.
    pub(crate) fn insert_idle(&self, key: usize, id: CallsiteId, inner: InnerInterest) -> Inserted {
        self.claim(key, number(id) | inner.bits())
    }

    /// Shows a callsite of which is known that something of ours wants it, but not yet what that comes to.
    pub(crate) fn insert_wanted(
        &self,
        key: usize,
        id: CallsiteId,
        inner: InnerInterest,
    ) -> Inserted {
        self.claim(key, number(id) | WANTED | inner.bits())
    }

    /// Decides what a wanted callsite does: `None` where that comes to nothing. The plan is kept even where
    /// another thread was first; what is there then is what counts.
    pub(crate) fn settle(
        &self,
        key: usize,
        id: CallsiteId,
        plan: Option<P>,
    ) -> Option<Found<'_, P>> {
        let slot = self.slot(key)?;
        let settled = match plan {
            Some(plan) => self.arena.add(key, id, plan).addr(),
            None => number(id),
        };
        let undecided = number(id) | WANTED;
        let settle =
            |value: usize| (value & !INNER == undecided).then_some(settled | value & INNER);
        // Release: who sees the address sees the entry. Acquire: so do we, where another thread was first.
        let there = slot
            .value
            .fetch_update(Ordering::Release, Ordering::Acquire, settle);
        Some(self.found(there.map_or_else(|there| there, |_| settled)))
    }

    fn claim(&self, key: usize, value: usize) -> Inserted {
        let mask = self.slots.len() - 1;
        let start = self.start(key);
        for nth in 0..self.slots.len() {
            let slot = &self.slots[start.wrapping_add(nth) & mask];
            // Relaxed: a number says all by itself, and nobody else has the table yet in which entries are claimed.
            // Acquire: what is there may be an entry of another thread's.
            let claimed =
                slot.value
                    .compare_exchange(0, value, Ordering::Relaxed, Ordering::Acquire);
            match claimed {
                Ok(_) => {
                    slot.key.store(key, Ordering::Release);
                    self.taken.fetch_add(1, Ordering::Relaxed);
                    return Inserted::New;
                }
                Err(there) if self.key_of(there) == key => return Inserted::Known,
                Err(_) => {}
            }
        }
        Inserted::Full
    }

    /// Notes what the inner subscriber thinks of a callsite now.
    pub(crate) fn set_inner(&self, key: usize, inner: InnerInterest) {
        if let Some(slot) = self.slot(key) {
            let _same_callsite =
                // Relaxed: what the address stands for was released by whoever put it here, and an exchange
                // goes on where that left off.
                slot.value
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |value| {
                        Some(value & !INNER | inner.bits())
                    });
        }
    }
}
