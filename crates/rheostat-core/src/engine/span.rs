//! A span opens, is recorded on, entered, exited, and closes.

use std::sync::atomic::Ordering;

use tracing_core::span;

use super::core::Engine;
use super::fire::{Around, scope_of};
use super::snapshot::{Seen, key_of_callsite};
use crate::announce::{Plain, Protection};
use crate::callsites;
use crate::capture::Fields;
use crate::clock::Stamp;
use crate::current;
use crate::internal::Callback;
use crate::output::Output;
use crate::scope::OpenSpan as _;
use crate::spans::{self, Key, Measure, Opening, Released, Slab, Slot};

impl<O: Output> Engine<O> {
    /// A span opens. Its key, if we keep it; `inner` is the id the inner subscriber gave it, or 0.
    #[inline]
    pub(crate) fn open(
        &self,
        callback: &impl Protection,
        attributes: &span::Attributes<'_>,
        inner: u64,
        around: impl FnOnce() -> Around,
    ) -> Option<Key> {
        let (seen, _) = self.see(callback, attributes.metadata())?;
        self.open_seen(seen, attributes, inner, around)
    }

    /// The same of a callsite that was looked up just now.
    #[inline]
    pub(crate) fn open_seen(
        &self,
        Seen { snapshot, found }: Seen<'_, O>,
        attributes: &span::Attributes<'_>,
        inner: u64,
        around: impl FnOnce() -> Around,
    ) -> Option<Key> {
        let entry = snapshot.planned(found, &self.outputs)?;
        let era = snapshot.era.as_ref()?;
        if !entry.plan.keeps_span() {
            return None;
        }
        let measures = era.measures;
        let parent = self.enclosing(around());
        let opened = spans::all().open_slot(Opening {
            engine: self.number(),
            callsite: entry.id,
            parent: parent.map(Slot::key),
            inner,
            opened: measures.opened.then(|| self.clock().now()),
            measure: Measure::ENTERS
                .when(measures.enters)
                .and(Measure::EVENTS.when(measures.events))
                .and(Measure::ERRORS.when(measures.errors)),
        });
        let Some((slot, key)) = opened else {
            self.unkept.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        let opened = entry.plan.span_open(
            &self.outputs,
            Fields::Attributes(attributes),
            slot,
            scope_of(parent),
        );
        if let Some(blob) = opened.blob {
            self.remember(slot, blob);
        }
        Some(key)
    }

    /// A bare slot for a span that only the inner subscriber keeps, so that spans of ours inside it know it.
    pub(crate) fn track(&self, inner: u64) -> Option<Key> {
        spans::all().open(Opening {
            engine: self.number(),
            callsite: Slot::BARE,
            parent: None,
            inner,
            opened: None,
            measure: Measure::default(),
        })
    }

    /// One holder of a span more; `false` if it is not open.
    pub(crate) fn hold(&self, key: Key) -> bool {
        self.mine(key).is_some() && spans::all().hold(key)
    }

    /// Gives up a span that was opened a moment ago and cannot be found again. It is not judged.
    pub(crate) fn forget(&self, key: Key, gone: &mut impl FnMut(u64, Key)) {
        self.unkept.fetch_add(1, Ordering::Relaxed);
        let parent = self.mine(key).and_then(Slot::parent_key);
        if let Released::Last(slot) = spans::all().release(key) {
            let deaf = Callback::begin_always();
            spans::all().free(slot);
            drop(deaf);
            if let Some(parent) = parent {
                self.release_telling(parent, gone);
            }
        }
    }

    /// A span records fields.
    pub(crate) fn record(&self, callback: &Callback, key: Key, values: &span::Record<'_>) {
        let Some(slot) = self.mine(key) else { return };
        let snapshot = self.now.get(callback);
        let Some(entry) = callsites::get(slot.callsite_id())
            .and_then(|of| snapshot.entry(key_of_callsite(of), &self.outputs))
        else {
            return;
        };
        if let Some(blob) = entry.plan.span_record(Fields::Record(values)) {
            self.remember(slot, blob);
        }
    }

    fn remember(&self, slot: &Slot, blob: crate::capture::Blob) {
        if !spans::all().record(slot, blob) {
            self.unkept.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A span is entered on this thread.
    #[inline]
    pub(crate) fn entered(&self, outer: u64, key: Option<Key>) {
        let since = if self.has_measured_enters.load(Ordering::Relaxed) {
            self.entered_at(key)
        } else {
            None
        };
        current::push(self.number(), outer, key, since);
    }

    /// Measures an enter, where this span's are.
    fn entered_at(&self, key: Option<Key>) -> Option<Stamp> {
        let slot = self.mine(key?)?;
        slot.measure().has(Measure::ENTERS).then(|| {
            let now = self.clock().now();
            slot.entered(now);
            now
        })
    }

    /// A span is exited on this thread.
    #[inline]
    pub(crate) fn exited(&self, outer: u64, key: impl FnOnce() -> Option<Key>) {
        let entered = current::pop(self.number(), outer);
        if !self.has_measured_enters.load(Ordering::Relaxed) {
            return;
        }
        let (key, since) = match entered {
            Some(entered) => (entered.key, entered.since),
            None => (key(), None),
        };
        let slot = key.and_then(|key| self.mine(key));
        if let Some(slot) = slot
            && slot.measure().has(Measure::ENTERS)
        {
            slot.exited(since, self.clock().now());
        }
    }

    /// One holder of a span less; whether that closed it. Ancestors that nothing else holds close too.
    pub(crate) fn release(&self, key: Key) -> bool {
        self.release_telling(key, &mut |_, _| {})
    }

    /// The same; it tells of every span that closes by it and has a stand-in: the stand-in's id, the span's key.
    pub(crate) fn release_telling<F: FnMut(u64, Key)>(&self, key: Key, gone: &mut F) -> bool {
        let Some(slot) = self.mine(key) else {
            return false;
        };
        let Released::Last(slot) = Slab::release_slot(slot, key) else {
            return false;
        };
        let mut next = self.close(slot, gone);
        // Each closed span lets go of its parent; a loop, because chains can be long.
        while let Some(parent) = next {
            next = match spans::all().release(parent) {
                Released::Last(slot) => self.close(slot, gone),
                Released::Still => None,
            };
        }
        true
    }

    /// Judges a span whose last holder has gone, and frees it. Its parent is still held for it.
    #[inline]
    fn close<F: FnMut(u64, Key)>(&self, slot: &'static Slot, gone: &mut F) -> Option<Key> {
        let stand_in = slot.stand_in().map(|id| (id, slot.key()));
        let (parent, place) = match Plain::begin() {
            Some(plain) => self.close_in(&plain, slot),
            None => self.close_in(&Callback::begin_always(), slot),
        };
        if let Some((id, key)) = stand_in {
            gone(id, key);
        }
        if let Some(place) = place {
            self.release_telling(place, gone);
        }
        parent
    }

    /// Its parent and its place, which are still held for it.
    fn close_in(
        &self,
        callback: &impl Protection,
        slot: &'static Slot,
    ) -> (Option<Key>, Option<Key>) {
        let parent = slot.parent_key();
        let snapshot = self.now.get(callback);
        let entry = callsites::get(slot.callsite_id())
            .and_then(|callsite| snapshot.entry(key_of_callsite(callsite), &self.outputs));
        if let Some(entry) = entry {
            let opened = slot.opened();
            let closed = opened.map(|_| self.clock().now());
            match (&entry.plan.timed, opened, closed) {
                (Some(timed), Some(opened), Some(closed)) => timed.closed(closed.since(opened)),
                _ => {
                    if let Some(closed) = closed {
                        slot.closes(closed);
                    }
                    let around = parent.and_then(|parent| spans::all().find(parent));
                    entry.plan.span_close(&self.outputs, slot, scope_of(around));
                }
            }
        }
        let place = slot.place();
        spans::all().free(slot);
        (parent, place)
    }

    /// The open span of that key, if it is one of this engine's.
    #[inline]
    pub(crate) fn mine(&self, key: Key) -> Option<&'static Slot> {
        spans::all()
            .find(key)
            .filter(|slot| slot.engine() == self.number())
    }
}
