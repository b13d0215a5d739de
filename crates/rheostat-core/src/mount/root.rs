//! The root: our own subscriber, alone or around a complete one.

use std::any::TypeId;
use std::sync::Arc;

use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::NoSubscriber;
use tracing_core::{Dispatch, Event, Interest, LevelFilter, Metadata, Subscriber};

use super::stand_ins::StandIns;
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
use crate::spans::{InnerIds, Key, Slot};
use crate::table::{Entry, Found, InnerInterest};

/// A subscriber that brings what fires to an engine, and to the inner subscriber what that one wants.
#[derive(Debug)]
pub struct Root<O: Output, S = NoSubscriber> {
    pub(super) engine: Arc<Engine<O>>,
    pub(super) inner: S,
    pub(super) ids: InnerIds,
    pub(super) stand_ins: StandIns,
}

/// A span, by the id that the program has.
pub(super) struct Known {
    /// The id that it has among us: one of [`ids`] where the inner subscriber does not keep the span.
    pub(super) id: Id,
    /// Our key, where we keep it.
    pub(super) key: Option<Key>,
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
            stand_ins: match Self::has_inner() {
                true => StandIns::of(&inner),
                false => StandIns::none(),
            },
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

    /// The span that the program means by an id.
    #[inline]
    pub(super) fn known(&self, id: &Id) -> Known {
        let known = |id: Id, key| Known { id, key };
        if ids::is_ours(id) {
            return known(id.clone(), ids::key_of(id));
        }
        if self.stand_ins.is_nobody(id) {
            return known(ids::nobody(), None);
        }
        match self.slot_of(id) {
            None => known(id.clone(), None),
            Some((key, slot)) if slot.stand_in().is_some() => known(ids::of_key(key), Some(key)),
            Some((key, slot)) => known(id.clone(), (!slot.is_bare()).then_some(key)),
        }
    }

    /// Its id among us alone, which costs nothing as long as there are no stand-ins.
    #[inline]
    pub(super) fn among_us(&self, id: &Id) -> Id {
        if Self::has_inner() && self.stand_ins.any() {
            self.known(id).id
        } else {
            id.clone()
        }
    }

    /// The slot under an id that the inner subscriber gave: the span's, a bare one, or that behind a stand-in.
    #[inline]
    pub(super) fn slot_of(&self, id: &Id) -> Option<(Key, &'static Slot)> {
        if !Self::has_inner() {
            return None;
        }
        let key = self.ids.get(id.into_u64())?;
        // A pair of ids may be taken over while it is read; the slot knows better.
        let slot = self.engine.mine(key)?;
        (slot.inner() == Some(id.into_u64())).then_some((key, slot))
    }

    /// What the program gets for a span that nobody keeps.
    pub(super) fn nobody(&self) -> Id {
        self.stand_ins.nobody().unwrap_or_else(ids::nobody)
    }

    /// What encloses something with this parent.
    #[inline]
    pub(super) fn around(&self, contextual: bool, parent: Option<&Id>) -> Around {
        if contextual {
            return Around::Current;
        }
        parent
            .and_then(|parent| self.known(parent).key)
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

    #[inline(never)]
    fn look_around(&self, entry: &Entry<CallsitePlan<O::Plan>>, event: &Event<'_>) {
        self.engine
            .run_event(entry, event, || self.around_event(event));
    }

    #[inline]
    fn around_event(&self, event: &Event<'_>) -> Around {
        self.around(event.is_contextual(), event.parent())
    }

    /// A span opens and nobody has heard of its callsite yet.
    #[cold]
    fn unknown_span(&self, attributes: &Attributes<'_>) -> Id {
        self.register_callsite(attributes.metadata());
        self.open(attributes).unwrap_or_else(|| self.nobody())
    }

    /// `None` where the callsite is not known.
    #[inline]
    fn open(&self, attributes: &Attributes<'_>) -> Option<Id> {
        match Plain::begin() {
            Some(plain) => self.open_in(plain, attributes),
            None => match Callback::begin() {
                Some(callback) => self.open_in(callback, attributes),
                None => Some(self.nobody()),
            },
        }
    }

    fn open_in(&self, callback: impl Protection, attributes: &Attributes<'_>) -> Option<Id> {
        let (seen, inner) = self.engine.see(&callback, attributes.metadata())?;
        let wanted = seen.is_wanted();
        if Self::has_inner() && inner != InnerInterest::Never {
            drop(callback);
            return Some(self.open_inside(attributes, inner, wanted));
        }
        if !wanted {
            return Some(self.nobody());
        }
        let around = || self.around(attributes.is_contextual(), attributes.parent());
        let key = self.engine.open_seen(seen, attributes, 0, around);
        drop(callback);
        Some(match key {
            None => self.nobody(),
            Some(key) if Self::has_inner() => self.keep_alone(key, attributes),
            Some(key) => ids::of_key(key),
        })
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
        let known = self.known(id);
        if let Some(key) = known.key
            && let Some(callback) = Callback::begin()
        {
            self.engine.record(&callback, key, values);
        }
        if Self::has_inner() && !ids::is_ours(&known.id) {
            self.inner.record(id, values);
        }
    }

    fn record_follows_from(&self, id: &Id, follows: &Id) {
        if Self::has_inner() {
            self.follows_inside(&self.among_us(id), &self.among_us(follows));
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
        match found {
            Some((Found::Planned(entry), _)) => match &entry.plan.short {
                Some(Direct::Tick(tick)) => tick.tick(),
                Some(Direct::Look(look)) if look.look(event) => {}
                Some(Direct::LookAround(_)) => self.look_around(entry, event),
                _ => self.run_event(entry, event),
            },
            Some((Found::Wanted(_), _)) => {
                drop(plain);
                return self.event_at_length(event);
            }
            _ => {}
        }
        let inner = found.map(|(_, inner)| inner);
        drop(plain);
        self.event_is_done(event, inner);
    }

    fn enter(&self, id: &Id) {
        // Looked up before the inner subscriber, whose layers may do anything.
        let known = self.known(id);
        if Self::has_inner() && !ids::is_ours(&known.id) {
            self.inner.enter(id);
        }
        if known.key.is_some() || Self::has_inner() {
            self.engine.entered(known.id.into_u64(), known.key);
        }
    }

    fn exit(&self, id: &Id) {
        // What is entered here under the inner subscriber's own id is no stand-in.
        let is_theirs = || current::is_innermost(self.engine.number(), id.into_u64());
        let among_us = match Self::has_inner() && self.stand_ins.any() && !is_theirs() {
            true => self.known(id).id,
            false => id.clone(),
        };
        self.engine
            .exited(among_us.into_u64(), || self.known(id).key);
        if Self::has_inner() && !ids::is_ours(&among_us) {
            self.inner.exit(id);
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        let among_us = self.among_us(id);
        if ids::is_ours(&among_us) {
            if let Some(key) = ids::key_of(&among_us) {
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
            return ids::key_of(&id).is_some_and(|key| self.release(key));
        }
        if !Self::has_inner() || self.stand_ins.is_nobody(&id) {
            return false;
        }
        let found = self.slot_of(&id);
        match found {
            Some((key, slot)) if slot.stand_in().is_some() => self.release(key),
            _ => self.close_inside(id, found),
        }
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
            .and_then(|slot| {
                let id = slot.stand_in().map_or(id, Id::from_u64);
                Some(Current::new(
                    id,
                    callsites::get(slot.callsite().id)?.metadata?,
                ))
            })
            .unwrap_or_else(Current::none)
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
