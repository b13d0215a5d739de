//! Another layer of the stack, which writes down what it sees.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// What a neighbour saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    /// The lines since this was asked before.
    pub(crate) fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tell(&self, line: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
}

/// Writes a line for each span that opens or closes and for each event, with the spans around it.
#[derive(Debug, Default)]
pub(crate) struct Neighbour {
    told: Told,
}

impl Neighbour {
    /// A neighbour, and what it tells.
    pub(crate) fn new() -> (Self, Told) {
        let told = Told::default();
        (Self { told: told.clone() }, told)
    }
}

/// The message, or else all fields.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        if field.name() == "message" {
            self.0 += &format!("{value:?}");
        } else {
            self.0 += &format!("{}={value:?}", field.name());
        }
    }
}

impl<S> Layer<S> for Neighbour
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = context.span(id).and_then(|span| span.parent());
        let parent = parent.map_or_else(|| "-".to_owned(), |parent| parent.name().to_owned());
        self.told
            .tell(format!("open {} in {parent}", attributes.metadata().name()));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        // As one layer among others we cannot hide our test records from them.
        if event.metadata().target() == "rheostat::canary" {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        let around = context.event_span(event);
        let around = around.map_or_else(|| "-".to_owned(), |span| span.name().to_owned());
        self.told.tell(format!("event {} in {around}", text.0));
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        let name = |id| context.span(id).map_or("?", |span| span.name());
        self.told
            .tell(format!("{} follows {}", name(id), name(follows)));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let name = context.span(&id).map_or("?", |span| span.name());
        self.told.tell(format!("close {name}"));
    }
}
