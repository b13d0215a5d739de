//! One slot: what is known of one open span.

use std::ptr;

use super::late::{self, Node};
use crate::callsite::{Callsite, CallsiteId};
use crate::callsites;
use crate::capture::Blob;
use crate::clock::Stamp;
use crate::scope::{OpenSpan, Timings};
use crate::stack::Stack;
use crate::sync::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// Which span: the slot's position below, its generation above; never 0.
///
/// The top bit is free: mounts set it in the ids of spans that only we keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(pub(crate) u64);

/// As many as the ids that programs see have room for.
pub(crate) const GENERATIONS: u32 = (1 << 25) - 1;

impl Key {
    pub(super) fn new(generation: u32, position: u32) -> Self {
        Self(u64::from(generation) << 32 | u64::from(position))
    }

    /// The key in a number; `None` for 0.
    #[inline]
    pub(crate) fn from_u64(number: u64) -> Option<Self> {
        (number != 0).then_some(Self(number))
    }

    /// The key of these parts; `None` where there can be none.
    #[inline]
    pub(crate) fn from_parts(generation: u64, position: u64) -> Option<Self> {
        (generation != 0).then_some(Self(generation << 32 | position))
    }

    pub(super) fn position(self) -> u32 {
        self.0 as u32
    }

    pub(super) fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// What is measured of a span, besides when it opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measure(u32);

impl Measure {
    /// Enters and exits: busy, idle, active, polls.
    pub(crate) const ENTERS: Self = Self(1);
    /// Events in it and in the spans inside it.
    pub(crate) const EVENTS: Self = Self(2);
    /// Whether one of those was at ERROR.
    pub(crate) const ERRORS: Self = Self(4);
    /// An event at ERROR came.
    const ERROR_SEEN: Self = Self(8);
    /// The inner subscriber has closed it; we may not have.
    const INNER_GONE: Self = Self(16);
    /// Only we keep it; what the inner subscriber's Registry has under its id is empty.
    const STAND_IN: Self = Self(32);

    /// This and that.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This, if so.
    pub(crate) fn when(self, so: bool) -> Self {
        Self(if so { self.0 } else { 0 })
    }

    /// Whether that is measured.
    #[inline]
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// What a span starts with.
#[derive(Debug)]
pub(crate) struct Opening {
    /// Who keeps it.
    pub(crate) engine: u32,
    /// What made it.
    pub(crate) callsite: CallsiteId,
    /// The nearest kept span around it, which it holds from now on.
    pub(crate) parent: Option<Key>,
    /// The inner subscriber's id; 0 for a span that only we keep.
    pub(crate) inner: u64,
    /// When it opened, where somebody asks for it.
    pub(crate) opened: Option<Stamp>,
    /// What else is measured.
    pub(crate) measure: Measure,
}

/// Not stamped.
const NEVER: u64 = u64::MAX;

/// One span's place. Two cache lines: what every span needs comes first.
#[repr(C, align(128))]
pub(crate) struct Slot {
    // Generation above, holders below. No holders: free or being closed.
    pub(super) life: AtomicU64,
    parent: AtomicU64,
    inner: AtomicU64,
    opened: AtomicU64,
    pub(super) newest: AtomicPtr<Node>,
    /// What outputs left, to be dropped when it closes.
    pub(super) left: Stack<Box<dyn Send>>,
    /// While the slot is free: the position of the next free one, plus one.
    callsite: AtomicU32,
    engine: AtomicU32,
    measure: AtomicU32,
    pub(super) position: u32,
    pub(super) pins: AtomicU64,
    /// For a span that only we keep: what it stands in, in the inner subscriber's tree.
    place: AtomicU64,

    closed: AtomicU64,
    first_enter: AtomicU64,
    last_exit: AtomicU64,
    busy: AtomicU64,
    polls: AtomicU64,
    events: AtomicU64,
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Slot").field(&self.key()).finish()
    }
}

impl Slot {
    pub(super) fn new(position: u32) -> Self {
        Self {
            life: AtomicU64::new(1 << 32),
            parent: AtomicU64::new(0),
            inner: AtomicU64::new(0),
            opened: AtomicU64::new(NEVER),
            newest: AtomicPtr::new(ptr::null_mut()),
            left: Stack::new(),
            callsite: AtomicU32::new(0),
            engine: AtomicU32::new(0),
            measure: AtomicU32::new(0),
            position,
            pins: AtomicU64::new(0),
            place: AtomicU64::new(0),
            closed: AtomicU64::new(NEVER),
            first_enter: AtomicU64::new(NEVER),
            last_exit: AtomicU64::new(NEVER),
            busy: AtomicU64::new(0),
            polls: AtomicU64::new(0),
            events: AtomicU64::new(0),
        }
    }

    /// Writes a new span into a free slot and makes it findable, held once.
    pub(super) fn open(&self, opening: Opening) -> Key {
        let relaxed = Ordering::Relaxed;
        // Nobody finds the slot before the store of `life` below, which releases all of this.
        self.parent
            .store(opening.parent.map_or(0, |key| key.0), relaxed);
        self.inner.store(opening.inner, relaxed);
        self.opened
            .store(opening.opened.map_or(NEVER, |stamp| stamp.0), relaxed);
        self.callsite.store(opening.callsite.0, relaxed);
        self.engine.store(opening.engine, relaxed);
        self.measure.store(opening.measure.0, relaxed);
        self.pins.store(0, relaxed);
        self.place.store(0, relaxed);
        self.closed.store(NEVER, relaxed);
        if opening.measure != Measure::default() {
            self.first_enter.store(NEVER, relaxed);
            self.last_exit.store(NEVER, relaxed);
            self.busy.store(0, relaxed);
            self.polls.store(0, relaxed);
            self.events.store(0, relaxed);
        }
        let generation = (self.life.load(relaxed) >> 32) as u32;
        self.life
            .store(u64::from(generation) << 32 | 1, Ordering::Release);
        Key::new(generation, self.position)
    }

    /// The generation after this one, with no holders: nobody finds it until it is opened again.
    pub(super) fn retire_generation(&self) {
        let generation = (self.life.load(Ordering::Relaxed) >> 32) as u32;
        let next = if generation == GENERATIONS {
            1
        } else {
            generation + 1
        };
        // Relaxed: who opens it next takes it off the free list, and that comes after this.
        self.life.store(u64::from(next) << 32, Ordering::Relaxed);
    }

    /// Its key.
    pub(crate) fn key(&self) -> Key {
        let generation = (self.life.load(Ordering::Relaxed) >> 32) as u32;
        Key::new(generation, self.position)
    }

    /// Who keeps it.
    #[inline]
    pub(crate) fn engine(&self) -> u32 {
        self.engine.load(Ordering::Relaxed)
    }

    /// What made it.
    #[inline]
    pub(crate) fn callsite_id(&self) -> CallsiteId {
        CallsiteId(self.callsite.load(Ordering::Relaxed))
    }

    /// The free slot after this one, while it is free itself: its position plus one.
    pub(super) fn next_free(&self) -> u32 {
        self.callsite.load(Ordering::Relaxed)
    }

    pub(super) fn set_next_free(&self, next: u32) {
        self.callsite.store(next, Ordering::Relaxed);
    }

    /// The nearest kept span around it.
    #[inline]
    pub(crate) fn parent_key(&self) -> Option<Key> {
        Key::from_u64(self.parent.load(Ordering::Relaxed))
    }

    /// The inner subscriber's id, while the inner subscriber has it.
    pub(crate) fn inner(&self) -> Option<u64> {
        let inner = self.inner.load(Ordering::Relaxed);
        (inner != 0 && !self.measure().has(Measure::INNER_GONE)).then_some(inner)
    }

    /// The inner subscriber keeps it too, under this id; said before anybody else knows the span.
    pub(crate) fn set_inner(&self, inner: u64) {
        self.inner.store(inner, Ordering::Relaxed);
    }

    /// Only we keep it, and the program knows it by the id of an empty span in the inner subscriber's
    /// Registry; said before anybody else knows the span.
    pub(crate) fn set_stand_in(&self, id: u64) {
        self.set_inner(id);
        let measure = self.measure().and(Measure::STAND_IN);
        self.measure.store(measure.0, Ordering::Relaxed);
    }

    /// The id of the empty span that the inner subscriber's Registry has for it.
    #[inline]
    pub(crate) fn stand_in(&self) -> Option<u64> {
        self.measure()
            .has(Measure::STAND_IN)
            .then(|| self.inner.load(Ordering::Relaxed))
    }

    /// The inner subscriber closed it.
    pub(crate) fn inner_is_gone(&self) {
        self.measure
            .fetch_or(Measure::INNER_GONE.0, Ordering::Relaxed);
    }

    /// Whether it is here only for the inner subscriber's sake: nobody reads from it.
    #[inline]
    pub(crate) fn is_bare(&self) -> bool {
        self.callsite_id() == Self::BARE
    }

    /// The number that no callsite has.
    pub(crate) const BARE: CallsiteId = CallsiteId(u32::MAX);

    /// It stands in that span of the inner subscriber's, which the caller holds for it.
    pub(crate) fn stands_in(&self, place: Key) {
        // Relaxed, as all of a slot: its last holder sees what every other one did.
        self.place.store(place.0, Ordering::Relaxed);
    }

    /// The span of the inner subscriber's that it stands in, which it holds.
    pub(crate) fn place(&self) -> Option<Key> {
        Key::from_u64(self.place.load(Ordering::Relaxed))
    }

    /// What is measured of it.
    #[inline]
    pub(crate) fn measure(&self) -> Measure {
        Measure(self.measure.load(Ordering::Relaxed))
    }

    /// An enter is measured.
    pub(crate) fn entered(&self, at: Stamp) {
        self.polls.fetch_add(1, Ordering::Relaxed);
        self.first_enter.fetch_min(at.0, Ordering::Relaxed);
    }

    /// An exit is measured; `since` is its enter, where that is known.
    pub(crate) fn exited(&self, since: Option<Stamp>, at: Stamp) {
        if let Some(since) = since {
            self.busy.fetch_add(at.since(since), Ordering::Relaxed);
        }
        // A maximum would keep NEVER, so the latest of two threads may lose by the length of this line.
        self.last_exit.store(at.0, Ordering::Relaxed);
    }

    /// An event came in it or in a span inside it.
    pub(crate) fn saw_event(&self, error: bool) {
        let measure = self.measure();
        if measure.has(Measure::EVENTS) {
            self.events.fetch_add(1, Ordering::Relaxed);
        }
        if error && measure.has(Measure::ERRORS) && !measure.has(Measure::ERROR_SEEN) {
            self.measure
                .fetch_or(Measure::ERROR_SEEN.0, Ordering::Relaxed);
        }
    }

    /// Fields recorded later go before those recorded earlier.
    pub(crate) fn record(&self, blob: Blob) {
        late::push(&self.newest, blob);
    }

    /// It closes now.
    pub(crate) fn closes(&self, at: Stamp) {
        self.closed.store(at.0, Ordering::Relaxed);
    }
}

/// A stamp, unless it was never taken.
fn stamp(value: &AtomicU64) -> Option<Stamp> {
    let value = value.load(Ordering::Relaxed);
    (value != NEVER).then_some(Stamp(value))
}

/// What a span shows whose callsite cannot be found: none that was opened.
static UNKNOWN: std::sync::LazyLock<Callsite> = std::sync::LazyLock::new(|| Callsite {
    id: CallsiteId(u32::MAX),
    kind: crate::CallsiteKind::Span,
    name: "".into(),
    target: "".into(),
    module: None,
    file: None,
    line: None,
    level: rheostat_policy::model::Level::Trace,
    fields: Box::default(),
    metadata: None,
});

impl OpenSpan for Slot {
    fn callsite(&self) -> &Callsite {
        callsites::get(self.callsite_id()).map_or_else(|| &*UNKNOWN, |callsite| &**callsite)
    }

    fn id(&self) -> u64 {
        self.key().0
    }

    fn parent(&self) -> Option<&dyn OpenSpan> {
        let slot = super::all().find(self.parent_key()?)?;
        Some(slot)
    }

    fn blob(&self, nth: usize) -> Option<&Blob> {
        // SAFETY: whoever holds a `&dyn OpenSpan` is inside an announcement that
        // outlives it: mounts make them from an `Announced`'s borrow, and only
        // they can. A chain is freed only when every announcement made before
        // it was unlinked has ended.
        unsafe { late::nth(&self.newest, nth) }
    }

    fn leave(&self, what: Box<dyn Send>) {
        self.left.push(what);
    }

    fn opened(&self) -> Option<Stamp> {
        stamp(&self.opened)
    }

    fn timings(&self) -> Timings {
        let measure = self.measure();
        let closed = stamp(&self.closed);
        let duration = stamp(&self.opened)
            .zip(closed)
            .map(|(opened, closed)| closed.since(opened));
        let count =
            |of: &AtomicU64, what: Measure| measure.has(what).then(|| of.load(Ordering::Relaxed));
        let busy = count(&self.busy, Measure::ENTERS);
        let active = measure.has(Measure::ENTERS).then(|| {
            stamp(&self.last_exit)
                .zip(stamp(&self.first_enter))
                .map_or(0, |(last, first)| last.since(first))
        });
        Timings {
            duration,
            active,
            busy,
            idle: duration
                .zip(busy)
                .map(|(duration, busy)| duration.saturating_sub(busy)),
            polls: count(&self.polls, Measure::ENTERS),
            events: count(&self.events, Measure::EVENTS),
            error_event: measure
                .has(Measure::ERRORS)
                .then(|| measure.has(Measure::ERROR_SEEN)),
        }
    }
}

// As every span has one, a field more is not for nothing.
#[cfg(not(loom))]
const _: () = assert!(size_of::<Slot>() == 128);
