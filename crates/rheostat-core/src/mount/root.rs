//! The root: our own subscriber, alone or around a complete one.

use std::any::TypeId;
use std::sync::Arc;

use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::NoSubscriber;
use tracing_core::{Dispatch, Event, Interest, LevelFilter, Metadata, Subscriber};

use super::{ids, repair};
use crate::announce::{Plain, Protection};
use crate::callsites;
use crate::capture::Fields;
use crate::current;
use crate::engine::{Around, Engine, Mark};
use crate::internal::{self, Callback};
use crate::log_bridge;
use crate::output::{Direct, Output};
use crate::plan::CallsitePlan;
use crate::scope::OpenSpan as _;
use crate::spans::{InnerIds, Key};
use crate::table::{Entry, Found, InnerInterest};

/// A subscriber that brings what fires to an engine, and to the inner subscriber what that one wants.
#[derive(Debug)]
pub struct Root<O: Output, S = NoSubscriber> {
    pub(super) engine: Arc<Engine<O>>,
    pub(super) inner: S,
    pub(super) ids: InnerIds,
}

impl<O: Output> Root<O> {
    /// The only subscriber: no Registry, no layers.
    pub fn subscriber(engine: Arc<Engine<O>>) -> Self {
        Self::over(engine, NoSubscriber::new())
    }
}

impl<O: Output, S: Subscriber + Send + Sync> Root<O, S> {
    /// Around a complete subscriber, which keeps working as it did.
    pub fn over(engine: Arc<Engine<O>>, inner: S) -> Self {
        if Self::has_inner() {
            engine.stands_with_others();
        }
        Self {
            engine,
            inner,
            ids: match Self::has_inner() {
                true => InnerIds::ready(),
                false => InnerIds::default(),
            },
        }
    }

    /// The subscriber inside.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Whether there is one; known when compiled.
    #[inline]
    pub(super) fn has_inner() -> bool {
        TypeId::of::<S>() != TypeId::of::<NoSubscriber>()
    }

    /// The key of a span that we keep, by the id that the program knows.
    #[inline]
    pub(super) fn key_of(&self, id: &Id) -> Option<Key> {
        if ids::is_ours(id) {
            return ids::key_of(id);
        }
        self.any_key_of(id)
            .filter(|key| self.engine.mine(*key).is_some_and(|slot| !slot.is_bare()))
    }

    /// The same for a span of the inner subscriber's, kept or bare.
    #[inline]
    pub(super) fn any_key_of(&self, id: &Id) -> Option<Key> {
        if !Self::has_inner() {
            return None;
        }
        let key = self.ids.get(id.into_u64())?;
        // A pair of ids may be taken over while it is read; the slot knows better.
        let slot = self.engine.mine(key)?;
        (slot.inner() == Some(id.into_u64())).then_some(key)
    }

    /// What encloses something with this parent.
    #[inline]
    pub(super) fn around(&self, contextual: bool, parent: Option<&Id>) -> Around {
        if contextual {
            return Around::Current;
        }
        parent
            .and_then(|parent| self.key_of(parent))
            .map_or(Around::Nothing, Around::Span)
    }

    /// Something fired that is not in the table: a canary, or a callsite that registers elsewhere just now.
    #[cold]
    fn unknown_event(&self, event: &Event<'_>) {
        if self.engine.canaries.arrive(event.metadata()) {
            return;
        }
        if log_bridge::is_log_event(event.metadata()) {
            return self.log_event(event);
        }
        self.register_callsite(event.metadata());
        let Some(callback) = Callback::begin() else {
            return;
        };
        let inner = self
            .engine
            .event(&callback, event, || self.around_event(event));
        drop(callback);
        self.hand_event(event, inner.unwrap_or(InnerInterest::Never));
    }

    /// A `log` record, as a `LogTracer` or our own logger hands it to all subscribers.
    #[cold]
    fn log_event(&self, event: &Event<'_>) {
        let heard = log_bridge::is_forwarding()
            || log_bridge::source_of(event, |source| {
                self.engine.log(source, Fields::Event(event))
            });
        // It was asked about under its real target; the event bears that of the bridge.
        if heard && Self::has_inner() && repair::last_answer() {
            self.deliver(event);
        }
    }

    /// As `event`, wherever it comes.
    #[cold]
    fn event_at_length(&self, event: &Event<'_>) {
        let Some(callback) = Callback::begin() else {
            self.engine.canaries.arrive(event.metadata());
            return;
        };
        let inner = self
            .engine
            .event(&callback, event, || self.around_event(event));
        drop(callback);
        self.event_is_done(event, inner);
    }

    /// Our part of an event is done; this is what our table says of the inner subscriber.
    #[inline(always)]
    fn event_is_done(&self, event: &Event<'_>, inner: Option<InnerInterest>) {
        match inner {
            None => self.unknown_event(event),
            Some(InnerInterest::Never) => {}
            Some(_) if !Self::has_inner() => {}
            Some(inner) => self.hand_event(event, inner),
        }
    }

    #[inline(never)]
    fn run_event(&self, entry: &Entry<CallsitePlan<O::Plan>>, event: &Event<'_>) {
        self.engine
            .run(entry, Fields::Event(event), || self.around_event(event));
    }

    #[inline]
    fn around_event(&self, event: &Event<'_>) -> Around {
        self.around(event.is_contextual(), event.parent())
    }

    /// A span opens and nobody has heard of its callsite yet.
    #[cold]
    fn unknown_span(&self, attributes: &Attributes<'_>) -> Id {
        self.register_callsite(attributes.metadata());
        self.open(attributes).unwrap_or_else(ids::nobody)
    }

    /// `None` where the callsite is not known.
    #[inline]
    fn open(&self, attributes: &Attributes<'_>) -> Option<Id> {
        match Plain::begin() {
            Some(plain) => self.open_in(plain, attributes),
            None => match Callback::begin() {
                Some(callback) => self.open_in(callback, attributes),
                None => Some(ids::nobody()),
            },
        }
    }

    fn open_in(&self, callback: impl Protection, attributes: &Attributes<'_>) -> Option<Id> {
        let (wanted, inner) = self.engine.look_up(&callback, attributes.metadata())?;
        if Self::has_inner() && inner != InnerInterest::Never {
            drop(callback);
            return Some(self.open_inside(attributes, inner, wanted));
        }
        if !wanted {
            return Some(ids::nobody());
        }
        let around = || self.around(attributes.is_contextual(), attributes.parent());
        let key = self.engine.open(&callback, attributes, 0, around);
        drop(callback);
        Some(key.map_or_else(ids::nobody, |key| {
            if Self::has_inner() {
                self.place_inside(key, attributes);
            }
            ids::of_key(key)
        }))
    }
}

impl<O: Output, S: Subscriber + Send + Sync> Subscriber for Root<O, S> {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.engine.registered(dispatch);
        self.inner.on_register_dispatch(dispatch);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.engine.canaries.level_of(metadata).is_some() {
            return match self.engine.register(metadata, InnerInterest::Never) {
                true => Interest::always(),
                false => Interest::never(),
            };
        }
        let inner = if Self::has_inner() {
            interest_of(&self.inner.register_callsite(metadata))
        } else {
            InnerInterest::Never
        };
        match (self.engine.register(metadata, inner), inner) {
            (true, _) | (false, InnerInterest::Always) => Interest::always(),
            (false, InnerInterest::Sometimes) => Interest::sometimes(),
            (false, InnerInterest::Never) => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let (mut ours, inner) = self.engine.enabled(metadata);
        if inner.is_none() && log_bridge::is_forwarding() {
            // A `log` record that we have judged already.
            ours = false;
        }
        if !Self::has_inner() || inner == Some(InnerInterest::Never) || internal::is_deaf() {
            return ours;
        }
        let inside = self.inner.enabled(metadata);
        repair::asked(metadata, inside);
        ours || inside
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let ours = self.engine.level_hint();
        if !Self::has_inner() {
            return Some(ours);
        }
        // Without a hint the inner subscriber may want everything.
        let inner = self.inner.max_level_hint()?;
        Some(ours.max(inner))
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.open(attributes)
            .unwrap_or_else(|| self.unknown_span(attributes))
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        if let Some(key) = self.key_of(id)
            && let Some(callback) = Callback::begin()
        {
            self.engine.record(&callback, key, values);
        }
        if Self::has_inner() && !ids::is_ours(id) {
            self.inner.record(id, values);
        }
    }

    fn record_follows_from(&self, id: &Id, follows: &Id) {
        if Self::has_inner() {
            self.follows_inside(id, follows);
        }
    }

    fn event_enabled(&self, _event: &Event<'_>) -> bool {
        // Our plans and the inner subscriber are asked in `event`, each for itself.
        true
    }

    #[inline]
    fn event(&self, event: &Event<'_>) {
        // The frequent case is kept so small that nothing of it is saved across a call.
        let Some(plain) = Plain::begin() else {
            return self.event_at_length(event);
        };
        let found = self.engine.find(&plain, event.metadata());
        if let Some((Found::Planned(entry), _)) = found {
            match &entry.plan.short {
                Some(Direct::Tick(tick)) => tick.tick(),
                Some(Direct::Look(look)) if look.look(event) => {}
                _ => self.run_event(entry, event),
            }
        }
        let inner = found.map(|(_, inner)| inner);
        drop(plain);
        self.event_is_done(event, inner);
    }

    fn enter(&self, id: &Id) {
        if Self::has_inner() && !ids::is_ours(id) {
            self.inner.enter(id);
        }
        let key = self.key_of(id);
        if key.is_some() || Self::has_inner() {
            self.engine.entered(id.into_u64(), key);
        }
    }

    fn exit(&self, id: &Id) {
        self.engine.exited(id.into_u64(), || self.key_of(id));
        if Self::has_inner() && !ids::is_ours(id) {
            self.inner.exit(id);
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        if ids::is_ours(id) {
            if let Some(key) = ids::key_of(id) {
                self.engine.hold(key);
            }
            return id.clone();
        }
        if Self::has_inner() {
            self.inner.clone_span(id)
        } else {
            id.clone()
        }
    }

    fn try_close(&self, id: Id) -> bool {
        if ids::is_ours(&id) {
            return ids::key_of(&id).is_some_and(|key| self.engine.release(key));
        }
        Self::has_inner() && self.close_inside(id)
    }

    fn current_span(&self) -> Current {
        let alive = |entered: &current::Entered| {
            Self::has_inner() && !ids::is_ours(&Id::from_u64(entered.outer))
                || entered
                    .key
                    .is_some_and(|key| self.engine.mine(key).is_some())
        };
        let Some(innermost) = current::innermost(self.engine.number(), alive) else {
            return if Self::has_inner() {
                self.inner.current_span()
            } else {
                Current::none()
            };
        };
        let id = Id::from_u64(innermost.outer);
        if !ids::is_ours(&id) {
            return self.inner.current_span();
        }
        innermost
            .key
            .and_then(|key| self.engine.mine(key))
            .and_then(|slot| callsites::get(slot.callsite().id)?.metadata)
            .map_or_else(Current::none, |metadata| Current::new(id, metadata))
    }

    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            Some(std::ptr::from_ref(self).cast())
        } else if id == TypeId::of::<Mark>() {
            Some(std::ptr::from_ref(self.engine.mark()).cast())
        } else {
            // SAFETY: the caller treats the answer as what the inner subscriber says it is.
            unsafe { self.inner.downcast_raw(id) }
        }
    }
}

/// The inner subscriber's interest in our words.
fn interest_of(interest: &Interest) -> InnerInterest {
    if interest.is_never() {
        InnerInterest::Never
    } else if interest.is_sometimes() {
        InnerInterest::Sometimes
    } else {
        InnerInterest::Always
    }
}
