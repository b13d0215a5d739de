//! An event fires.

use super::core::Engine;
use super::snapshot::{Seen, key_of};
use crate::announce::Protection;
use crate::capture::Fields;
use crate::current;
use crate::internal::Callback;
use crate::output::Output;
use crate::plan::CallsitePlan;
use crate::scope::Scope;
use crate::spans::{self, Key, Slot};
use crate::table::{Entry, Found, InnerInterest};

/// What encloses something that fires, as the program says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Around {
    /// The spans that the thread is inside of.
    Current,
    /// Nothing: `parent: None`.
    Nothing,
    /// This span.
    Span(Key),
}

impl<O: Output> Engine<O> {
    /// What a callsite does, and its inner interest; `None` where it is not known yet.
    #[inline(always)]
    pub(crate) fn find<'a>(
        &'a self,
        protection: &'a impl Protection,
        metadata: &tracing_core::Metadata<'_>,
    ) -> Option<(Found<'a, CallsitePlan<O::Plan>>, InnerInterest)> {
        self.now.get(protection).find(key_of(metadata))
    }

    /// An event of `tracing` fires. The inner interest of its callsite; `None` where the callsite is not known yet.
    #[inline]
    pub(crate) fn event(
        &self,
        callback: &Callback,
        event: &tracing_core::Event<'_>,
        around: impl Fn() -> Around,
    ) -> Option<InnerInterest> {
        let snapshot = self.now.get(callback);
        let (found, inner) = snapshot.find(key_of(event.metadata()))?;
        if let Some(entry) = snapshot.planned(found, &self.outputs) {
            self.run_event(entry, event, around);
        }
        Some(inner)
    }

    /// Runs the plan of an event of `tracing`: in the short way, if there is one and it will do.
    #[inline]
    pub(crate) fn run_event(
        &self,
        entry: &Entry<CallsitePlan<O::Plan>>,
        event: &tracing_core::Event<'_>,
        around: impl Fn() -> Around,
    ) {
        let scope = || scope_of(self.enclosing(around()));
        let short = entry.plan.short.as_ref();
        if !short.is_some_and(|short| short.event(event, scope)) {
            self.run(entry, Fields::Event(event), around);
        }
    }

    /// What the present table says of a callsite, and its inner interest; `None` where it is not known yet.
    #[inline]
    pub(crate) fn see<'a>(
        &'a self,
        callback: &'a impl Protection,
        metadata: &tracing_core::Metadata<'_>,
    ) -> Option<(Seen<'a, O>, InnerInterest)> {
        let snapshot = self.now.get(callback);
        let (found, inner) = snapshot.find(key_of(metadata))?;
        Some((Seen { snapshot, found }, inner))
    }

    /// Runs the plan of something that is no span.
    #[inline(never)]
    pub(crate) fn run(
        &self,
        entry: &Entry<CallsitePlan<O::Plan>>,
        fields: Fields<'_>,
        around: impl FnOnce() -> Around,
    ) {
        let wants = entry.plan.wants();
        let nearest = if wants.is_nothing() {
            None
        } else {
            self.enclosing(around())
        };
        if wants.counted || wants.marks_error {
            count_in(nearest, wants.marks_error);
        }
        entry.plan.event(&self.outputs, fields, scope_of(nearest));
    }

    /// The nearest kept span around something.
    #[inline]
    pub(super) fn enclosing(&self, around: Around) -> Option<&'static Slot> {
        match around {
            Around::Current => current::nearest(self.number()),
            Around::Nothing => None,
            Around::Span(key) => spans::all().find(key),
        }
    }
}

/// The scope that starts at a span.
#[inline]
pub(super) fn scope_of<'a>(nearest: Option<&'a Slot>) -> Scope<'a> {
    nearest.map_or_else(Scope::none, |slot| Scope::of(slot))
}

/// An event came in these spans.
pub(super) fn count_in(nearest: Option<&'static Slot>, error: bool) {
    let around = |slot: &&'static Slot| spans::all().find(slot.parent_key()?);
    for slot in std::iter::successors(nearest, around) {
        slot.saw_event(error);
    }
}
