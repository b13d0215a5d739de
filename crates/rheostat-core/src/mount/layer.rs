//! The layer: one `Filtered` among the layers of a program that builds its own Registry.
//!
//! The filter says yes to `enabled` always, because the answer travels to the
//! record through a cell of the thread that others leave stale. What is wanted
//! is decided per callsite, and again by the table when something arrives.

use std::any::TypeId;
use std::sync::Arc;

use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{Dispatch, Event, Interest, LevelFilter, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use crate::capture::Fields;
use crate::engine::{Around, Engine, Mark};
use crate::internal::Callback;
use crate::log_bridge;
use crate::output::Output;
use crate::spans::{InnerIds, Key};
use crate::table::InnerInterest;

/// Rheostat as a layer, for a subscriber `S` that keeps spans in a Registry.
pub type RheostatLayer<O, S> = Filtered<Watch<O>, Gate<O>, S>;

/// Rheostat as a layer.
///
/// It belongs into a stack directly, not into a `reload::Layer`: reloading it is
/// the policy's work.
pub fn layer<O, S>(engine: Arc<Engine<O>>) -> RheostatLayer<O, S>
where
    O: Output,
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    engine.stands_with_others();
    let gate = Gate {
        engine: engine.clone(),
    };
    let watch = Watch {
        engine,
        ids: InnerIds::ready(),
    };
    Filtered::new(watch, gate)
}

/// The filter: which callsites are wanted.
#[derive(Debug)]
pub struct Gate<O: Output> {
    engine: Arc<Engine<O>>,
}

impl<O: Output, S> Filter<S> for Gate<O> {
    fn enabled(&self, _metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        true
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self.engine.register(metadata, InnerInterest::Never) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.engine.level_hint())
    }
}

/// The layer: what arrives is judged by the table.
#[derive(Debug)]
pub struct Watch<O: Output> {
    engine: Arc<Engine<O>>,
    ids: InnerIds,
}

impl<O: Output> Watch<O> {
    fn key_of(&self, id: &Id) -> Option<Key> {
        let key = self.ids.get(id.into_u64())?;
        let slot = self.engine.mine(key)?;
        (slot.inner() == Some(id.into_u64())).then_some(key)
    }

    fn around(&self, contextual: bool, parent: Option<&Id>) -> Around {
        if contextual {
            return Around::Current;
        }
        parent
            .and_then(|parent| self.key_of(parent))
            .map_or(Around::Nothing, Around::Span)
    }

    fn event_once(&self, event: &Event<'_>) -> Option<InnerInterest> {
        let callback = Callback::begin()?;
        let around = || self.around(event.is_contextual(), event.parent());
        self.engine.event(&callback, event, around)
    }
}

impl<O: Output, S> Layer<S> for Watch<O>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.engine.registered(dispatch);
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if self.event_once(event).is_some() || self.engine.canaries.arrive(event.metadata()) {
            return;
        }
        // Not in the table: it stands for a `log` record, or registers elsewhere just now, or this
        // thread is deaf.
        if log_bridge::is_log_event(event.metadata()) {
            if !log_bridge::is_forwarding() {
                log_bridge::source_of(event, |source| {
                    self.engine.log(source, Fields::Event(event));
                });
            }
        } else if !crate::internal::is_deaf() {
            self.engine.register(event.metadata(), InnerInterest::Never);
            self.event_once(event);
        }
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _context: Context<'_, S>) {
        let Some(callback) = Callback::begin() else {
            return;
        };
        if self.engine.see(&callback, attributes.metadata()).is_none() {
            self.engine
                .register(attributes.metadata(), InnerInterest::Never);
        }
        let inner = id.into_u64();
        let around = || self.around(attributes.is_contextual(), attributes.parent());
        if let Some(key) = self.engine.open(&callback, attributes, inner, around)
            && !self.ids.insert(inner, key)
        {
            self.engine.forget(key, &mut |_, _| {});
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _context: Context<'_, S>) {
        if let Some(key) = self.key_of(id)
            && let Some(callback) = Callback::begin()
        {
            self.engine.record(&callback, key, values);
        }
    }

    fn on_enter(&self, id: &Id, _context: Context<'_, S>) {
        if let Some(key) = self.key_of(id) {
            self.engine.entered(id.into_u64(), Some(key));
        }
    }

    fn on_exit(&self, id: &Id, _context: Context<'_, S>) {
        self.engine.exited(id.into_u64(), || self.key_of(id));
    }

    fn on_close(&self, id: Id, _context: Context<'_, S>) {
        let Some(key) = self.key_of(&id) else { return };
        if let Some(slot) = self.engine.mine(key) {
            slot.inner_is_gone();
        }
        self.ids.remove(id.into_u64(), key);
        self.engine.release(key);
    }

    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            Some(std::ptr::from_ref(self).cast())
        } else if id == TypeId::of::<Mark>() {
            Some(std::ptr::from_ref(self.engine.mark()).cast())
        } else {
            None
        }
    }
}
