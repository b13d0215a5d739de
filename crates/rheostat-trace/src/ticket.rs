//! How the tracer learns which of our spans it begins.
//!
//! The layer of `tracing-opentelemetry` begins a span late, from a builder that
//! nobody outside it can reach. So our layer records one more attribute, the
//! number of a ticket, by a field of a callsite of our own; the tracer takes the
//! attribute out of the builder again and finds the span behind the ticket.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::{KeyValue, Value};
use rheostat_core::flow::in_child;
use tracing_core::callsite::{Callsite, Identifier};
use tracing_core::field::FieldSet;
use tracing_core::{Interest, Kind, Level, Metadata};

use crate::shipped::Shipped;

const NAME: &str = "rheostat.ticket";

/// The spans that have a ticket, by number.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    taken: Vec<Option<Arc<Shipped>>>,
    free: Vec<usize>,
}

impl Tickets {
    /// A ticket for this span.
    pub(crate) fn issue(&self, shipped: Arc<Shipped>) -> i64 {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = match slots.free.pop() {
            Some(slot) => {
                slots.taken[slot] = Some(shipped);
                slot
            }
            None => {
                slots.taken.push(Some(shipped));
                slots.taken.len() - 1
            }
        };
        i64::try_from(slot).unwrap_or(i64::MAX)
    }

    /// Takes the ticket out of a builder's attributes, and gives the span behind it.
    pub(crate) fn redeem(&self, attributes: Option<&mut Vec<KeyValue>>) -> Option<Arc<Shipped>> {
        if in_child() {
            return None;
        }
        let attributes = attributes?;
        let at = attributes
            .iter()
            .rposition(|attribute| attribute.key.as_str() == NAME)?;
        let Value::I64(ticket) = attributes.remove(at).value else {
            return None;
        };
        self.take(ticket)
    }

    fn take(&self, ticket: i64) -> Option<Arc<Shipped>> {
        let slot = usize::try_from(ticket).ok()?;
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let shipped = slots.taken.get_mut(slot)?.take()?;
        slots.free.push(slot);
        Some(shipped)
    }
}

/// The fields of the callsite by which a ticket is recorded; it is never registered and never fires.
pub(crate) fn fields() -> &'static FieldSet {
    METADATA.fields()
}

struct TicketCallsite;

static CALLSITE: TicketCallsite = TicketCallsite;

static METADATA: Metadata<'static> = Metadata::new(
    NAME,
    "rheostat",
    Level::ERROR,
    None,
    None,
    None,
    FieldSet::new(&[NAME], Identifier(&CALLSITE)),
    Kind::SPAN,
);

impl Callsite for TicketCallsite {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        &METADATA
    }
}
