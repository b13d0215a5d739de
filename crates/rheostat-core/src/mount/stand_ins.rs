//! Empty spans in the inner subscriber's Registry, one for each span that only we keep.
//!
//! `OpenTelemetrySpanExt`, `SpanTrace` and their kin look a span up in the
//! Registry by the id that the program has, and panic where there is none. So
//! where the inner subscriber has a Registry, a span that only we keep goes by
//! the id of an empty one, made and closed in the Registry itself: no layer
//! hears of it, it is never entered, and it is nobody's parent. What is looked
//! up in it is not there, as in a span that a layer's own filter refused.

use std::any::TypeId;
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing_core::callsite::{Callsite, Identifier};
use tracing_core::field::FieldSet;
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{Event, Interest, Kind, Level, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Identity, Layer as _};

use crate::stack::Stack;

/// What an inner subscriber downcasts to that finds some span under every id: it needs no stand-ins.
#[derive(Debug)]
pub struct KnowsOurIds;

/// What an inner subscriber that knows our ids downcasts to [`KnowsOurIds`].
pub static KNOWS_OUR_IDS: KnowsOurIds = KnowsOurIds;

/// The stand-ins in one inner subscriber.
#[derive(Debug)]
pub(super) struct StandIns {
    /// The one for spans that nobody keeps, always open; none where there is no Registry.
    nobody: Option<Id>,
    /// Whether the program has ever had an id of one.
    any: AtomicBool,
    /// Those that closed while a layer was being told of the close of another span.
    later: Stack<u64>,
}

impl StandIns {
    pub(super) fn none() -> Self {
        Self {
            nobody: None,
            any: AtomicBool::new(false),
            later: Stack::new(),
        }
    }

    /// Those in an inner subscriber: none, if it has no Registry or knows our ids.
    pub(super) fn of<S: Subscriber>(inner: &S) -> Self {
        let inner: &dyn Subscriber = inner;
        let registry = match inner.is::<KnowsOurIds>() {
            true => None,
            false => inner.downcast_ref::<Registry>(),
        };
        Self {
            nobody: registry.map(|registry| make(registry, &NOBODY)),
            ..Self::none()
        }
    }

    /// The id of a span that nobody keeps.
    pub(super) fn nobody(&self) -> Option<Id> {
        self.hand_out();
        self.nobody.clone()
    }

    pub(super) fn is_nobody(&self, id: &Id) -> bool {
        self.nobody.as_ref() == Some(id)
    }

    /// Whether any id can be that of a stand-in.
    #[inline]
    pub(super) fn any(&self) -> bool {
        // A thread that has such an id has it from one that said so before.
        self.any.load(Ordering::Relaxed)
    }

    fn hand_out(&self) {
        if !self.any() {
            self.any.store(true, Ordering::Relaxed);
        }
    }

    /// Whether spans that only we keep need one.
    #[inline]
    pub(super) fn are_needed(&self) -> bool {
        self.nobody.is_some()
    }

    /// Opens one. `None` while the thread ends: the Registry would panic.
    pub(super) fn open<S: Subscriber>(
        &self,
        inner: &S,
        metadata: &'static Metadata<'static>,
    ) -> Option<Id> {
        if is_ending() {
            return None;
        }
        let registry = (inner as &dyn Subscriber).downcast_ref::<Registry>()?;
        self.hand_out();
        let id = make(registry, metadata);
        used_here();
        Some(id)
    }

    /// Closes one, or leaves it to who is closing another.
    pub(super) fn close<S: Subscriber>(&self, inner: &S, id: u64) {
        // While a layer is told of a close, the Registry takes all that closes for the same span's.
        if CLOSING.try_with(Cell::get).unwrap_or(0) > 0 {
            self.later.push(id);
        } else if let Some(registry) = (inner as &dyn Subscriber).downcast_ref::<Registry>() {
            clear(registry, Id::from_u64(id));
        }
    }

    /// Runs a close in the inner subscriber.
    pub(super) fn while_closing<S: Subscriber>(
        &self,
        inner: &S,
        close: impl FnOnce() -> bool,
    ) -> bool {
        if !self.are_needed() {
            return close();
        }
        let closing = Closing::begin();
        let closed = close();
        if closing.end() {
            for id in self.later.take() {
                self.close(inner, id);
            }
        }
        closed
    }
}

thread_local! {
    /// How many closes of the inner subscriber's the thread is inside of.
    static CLOSING: Cell<usize> = const { Cell::new(0) };
    /// The thread's cells are being dropped, maybe already those by which a Registry makes spans.
    static ENDING: Cell<bool> = const { Cell::new(false) };
    /// Made after those, so dropped before.
    static USED: Used = const { Used };
}

struct Used;

impl Drop for Used {
    fn drop(&mut self) {
        ENDING.set(true);
    }
}

/// The thread has made a span in a Registry.
#[inline]
pub(super) fn used_here() {
    // Refused while the thread ends, which is known by then.
    let _ending = USED.try_with(|_| ());
}

fn is_ending() -> bool {
    ENDING.get()
}

/// One close of the inner subscriber's, from its begin to its drop.
struct Closing;

impl Closing {
    fn begin() -> Self {
        CLOSING.set(CLOSING.get() + 1);
        Self
    }

    /// Whether that was the outermost.
    fn end(self) -> bool {
        drop(self);
        CLOSING.get() == 0
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        CLOSING.set(CLOSING.get() - 1);
    }
}

fn make(registry: &Registry, metadata: &'static Metadata<'static>) -> Id {
    registry.new_span(&Attributes::new_root(
        metadata,
        &metadata.fields().value_set(&[]),
    ))
}

/// Closes a span of the Registry's, unheard.
///
/// A Registry lets go of a span only for a layer that stands on it. So one does,
/// for the moment: it does nothing.
fn clear(registry: &Registry, id: Id) {
    let door = Door(ptr::from_ref(registry));
    Identity::new().with_subscriber(door).try_close(id);
}

/// The way of a close to a Registry.
///
/// Invariant: it is gone before the Registry is.
struct Door(*const Registry);

impl Subscriber for Door {
    fn try_close(&self, id: Id) -> bool {
        // SAFETY: the Registry is there (invariant).
        unsafe { &*self.0 }.try_close(id)
    }

    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        (id == TypeId::of::<Registry>()).then_some(self.0.cast())
    }

    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::never()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        super::ids::nobody()
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The callsite of the span that nobody keeps; it is never registered and never fires.
struct NobodyCallsite;

static CALLSITE: NobodyCallsite = NobodyCallsite;

static NOBODY: Metadata<'static> = Metadata::new(
    "rheostat.nobody",
    "rheostat",
    Level::ERROR,
    None,
    None,
    None,
    FieldSet::new(&[], Identifier(&CALLSITE)),
    Kind::SPAN,
);

impl Callsite for NobodyCallsite {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        &NOBODY
    }
}
