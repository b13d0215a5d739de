//! What the root does for the subscriber inside it.
//!
//! It sees only what it wants. Its own spans keep its ids; a span that only we
//! keep is never shown to it, and where one is named as a parent it is given the
//! nearest ancestor that it knows.

use tracing_core::span::{Attributes, Id};
use tracing_core::{Event, Subscriber};

use super::handed;
use super::ids;
use super::repair;
use super::root::Root;
use super::stand_ins;
use crate::internal::Callback;
use crate::output::Output;
use crate::spans::{Key, Slot};
use crate::table::InnerInterest;

/// A parent for the inner subscriber, held open while it is used.
struct Pinned<'r, O: Output, S: Subscriber + Send + Sync> {
    root: &'r Root<O, S>,
    slot: &'static Slot,
    id: Id,
}

impl<O: Output, S: Subscriber + Send + Sync> Drop for Pinned<'_, O, S> {
    fn drop(&mut self) {
        for _ in 0..self.slot.unpin() {
            let found = self.root.slot_of(&self.id);
            self.root.close_inside(self.id.clone(), found);
        }
    }
}

impl<O: Output, S: Subscriber + Send + Sync> Root<O, S> {
    /// Hands an event inside, if it is wanted there.
    pub(super) fn hand_event(&self, event: &Event<'_>, interest: InnerInterest) {
        if !Self::has_inner() || interest == InnerInterest::Never {
            return;
        }
        let metadata = event.metadata();
        let must_ask = interest == InnerInterest::Sometimes;
        if !repair::wants(metadata, must_ask, || self.inner.enabled(metadata)) {
            return;
        }
        match event.parent().map(|parent| self.among_us(parent)) {
            Some(parent) if ids::is_ours(&parent) => {
                let pinned = self.pin_ancestor(&parent);
                let parent = pinned.as_ref().map(|pinned| pinned.id.clone());
                handed::with_parent(event, parent, |event| self.deliver(event));
            }
            _ => self.deliver(event),
        }
    }

    pub(super) fn deliver(&self, event: &Event<'_>) {
        if self.inner.event_enabled(event) {
            self.inner.event(event);
        } else {
            repair::stale();
        }
    }

    /// A span opens that the inner subscriber may want.
    ///
    /// Our outputs judge it first: one of them may be what the inner subscriber
    /// asks whether it wants the span (`trace` does, with the span's values).
    pub(super) fn open_inside(
        &self,
        attributes: &Attributes<'_>,
        interest: InnerInterest,
        ours: bool,
    ) -> Id {
        let metadata = attributes.metadata();
        // What encloses it for us is asked before the inner subscriber has made it.
        let around = self.around(attributes.is_contextual(), attributes.parent());
        let callback = ours.then(Callback::begin).flatten();
        let key = callback
            .as_ref()
            .and_then(|callback| self.engine.open(callback, attributes, 0, || around));
        drop(callback);
        if key.is_some() {
            // What the inner subscriber answered before our outputs judged the span may be otherwise now.
            repair::stale();
        }
        let must_ask = interest == InnerInterest::Sometimes;
        let wanted = repair::wants(metadata, must_ask, || self.inner.enabled(metadata));
        let id = wanted.then(|| {
            let id = self.new_inside(attributes);
            stand_ins::used_here();
            id
        });
        match (key, id) {
            (Some(key), Some(id)) => {
                if let Some(slot) = self.engine.mine(key) {
                    slot.set_inner(id.into_u64());
                }
                if !self.ids.insert(id.into_u64(), key) {
                    self.forget(key);
                }
                id
            }
            (Some(key), None) => self.keep_alone(key, attributes),
            (None, id) => id.unwrap_or_else(|| self.nobody()),
        }
    }

    fn new_inside(&self, attributes: &Attributes<'_>) -> Id {
        match attributes.parent().map(|parent| self.among_us(parent)) {
            Some(parent) if ids::is_ours(&parent) => {
                let pinned = self.pin_ancestor(&parent);
                let (metadata, values) = (attributes.metadata(), attributes.values());
                let rewritten = match &pinned {
                    Some(pinned) => Attributes::child_of(pinned.id.clone(), metadata, values),
                    None => Attributes::new_root(metadata, values),
                };
                self.inner.new_span(&rewritten)
            }
            _ => self.inner.new_span(attributes),
        }
    }

    /// The id of a span that only we keep.
    pub(super) fn keep_alone(&self, key: Key, attributes: &Attributes<'_>) -> Id {
        if !self.stand_ins.are_needed() {
            self.place_inside(key, attributes);
            return ids::of_key(key);
        }
        let Some(id) = self.stand_ins.open(&self.inner, attributes.metadata()) else {
            self.forget(key);
            return self.nobody();
        };
        if let Some(slot) = self.engine.mine(key) {
            slot.set_stand_in(id.into_u64());
        }
        if !self.ids.insert(id.into_u64(), key) {
            self.forget(key);
            self.stand_ins.close(&self.inner, id.into_u64());
            return self.nobody();
        }
        self.place_inside(key, attributes);
        id
    }

    /// A holder less of a span that we keep; whether that closed it.
    pub(super) fn release(&self, key: Key) -> bool {
        if !Self::has_inner() {
            return self.engine.release(key);
        }
        self.engine
            .release_telling(key, &mut |id, key| self.stand_in_is_gone(id, key))
    }

    /// Gives up a span that was opened a moment ago and cannot be found again.
    fn forget(&self, key: Key) {
        self.engine
            .forget(key, &mut |id, key| self.stand_in_is_gone(id, key));
    }

    fn stand_in_is_gone(&self, id: u64, key: Key) {
        // First here, because the Registry may give the id away again.
        self.ids.remove(id, key);
        self.stand_ins.close(&self.inner, id);
    }

    /// Notes where in the inner subscriber's tree a span that only we keep has its place.
    fn place_inside(&self, key: Key, attributes: &Attributes<'_>) {
        let place = if attributes.is_contextual() {
            self.inner.current_span().id().cloned()
        } else {
            // Where the parent is ours alone, it knows its place, and is held.
            let parent = attributes.parent().map(|parent| self.among_us(parent));
            parent.filter(|parent| !ids::is_ours(parent))
        };
        let Some(place) = place else { return };
        let known = match self.slot_of(&place) {
            Some((key, _)) => Some(key),
            None => self.track(&place),
        };
        if let Some(slot) = self.engine.mine(key)
            && let Some(known) = known
            && self.engine.hold(known)
        {
            slot.stands_in(known);
        }
    }

    /// A bare slot for a span of the inner subscriber's that we do not keep.
    fn track(&self, id: &Id) -> Option<Key> {
        let key = self.engine.track(id.into_u64())?;
        if self.ids.insert(id.into_u64(), key) {
            return Some(key);
        }
        self.forget(key);
        None
    }

    /// The nearest ancestor of a span of ours that the inner subscriber has, held open.
    fn pin_ancestor(&self, id: &Id) -> Option<Pinned<'_, O, S>> {
        let mut next = ids::key_of(id);
        while let Some(slot) = next.and_then(|key| self.engine.mine(key)) {
            if let Some(inner) = slot.pin() {
                return Some(Pinned {
                    root: self,
                    slot,
                    id: Id::from_u64(inner),
                });
            }
            next = slot.place().or_else(|| slot.parent_key());
        }
        None
    }

    /// A handle less on a span that the inner subscriber keeps, and what is known of it; whether that closed it.
    pub(super) fn close_inside(&self, id: Id, known: Option<(Key, &'static Slot)>) -> bool {
        let close = |id: Id| {
            self.stand_ins
                .while_closing(&self.inner, || self.inner.try_close(id))
        };
        let Some((key, slot)) = known else {
            return close(id);
        };
        // Held while a close is under way: another thread may carry out the last close meanwhile, and the
        // slot must not be another span's by the time this close is taken back.
        if !self.engine.hold(key) {
            return close(id);
        }
        let closed = slot.begin_close() && {
            let closed = close(id.clone());
            if closed {
                slot.inner_is_gone();
                self.ids.remove(id.into_u64(), key);
            }
            slot.end_close();
            closed
        };
        self.release(key);
        if closed {
            self.release(key);
        }
        closed
    }

    /// One span follows from another; each stands for its nearest ancestor that is known inside.
    pub(super) fn follows_inside(&self, id: &Id, follows: &Id) {
        let pin = |id: &Id| ids::is_ours(id).then(|| self.pin_ancestor(id));
        let (pinned, pinned_follows) = (pin(id), pin(follows));
        let of = |id: &Id, pinned: &Option<Option<Pinned<'_, O, S>>>| match pinned {
            None => Some(id.clone()),
            Some(pinned) => pinned.as_ref().map(|pinned| pinned.id.clone()),
        };
        if let (Some(id), Some(follows)) = (of(id, &pinned), of(follows, &pinned_follows))
            && id != follows
        {
            self.inner.record_follows_from(&id, &follows);
        }
    }
}
