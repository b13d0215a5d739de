//! The ids of OpenTelemetry spans, for whoever records something inside one.

use std::sync::{Mutex, OnceLock, PoisonError};

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use rheostat_core::record::{TraceIdSource, TraceIds};
use rheostat_core::scope::OpenSpan;

/// How many spans' ids are remembered; a later span takes the place of an earlier one.
const PLACES: usize = 1 << 16;

/// The ids of a span, by the engine's number for it.
///
/// Numbers are unique, so what a closed span left behind is never taken for
/// another's and need not be removed. A place is locked for the length of a
/// copy, with nothing called inside.
struct Table(Box<[Mutex<Place>]>);

#[derive(Clone, Copy, Default)]
struct Place {
    number: u64,
    trace_id: u128,
    span_id: u64,
}

/// Made when the first span is shipped.
static TABLE: OnceLock<Table> = OnceLock::new();

/// Knows the trace of a span that the bridge ships: hand it to [`rheostat_core::record::set_trace_ids`].
///
/// A span has ids from the moment it is entered, asked for, or closed.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenTelemetryIds;

impl TraceIdSource for OpenTelemetryIds {
    fn trace_ids(&self, span: Option<&dyn OpenSpan>) -> Option<TraceIds> {
        let table = TABLE.get()?;
        let mut next = span;
        while let Some(span) = next {
            if let Some(ids) = table.get(span.id()) {
                return Some(ids);
            }
            next = span.parent();
        }
        let (trace_id, span_id) = current_trace_ids()?;
        Some(TraceIds { trace_id, span_id })
    }
}

/// The OpenTelemetry span of the span with this number began.
pub(crate) fn began(number: u64, context: &SpanContext) {
    if context.is_valid() {
        let table = TABLE.get_or_init(|| Table((0..PLACES).map(|_| Mutex::default()).collect()));
        table.set(Place {
            number,
            trace_id: u128::from_be_bytes(context.trace_id().to_bytes()),
            span_id: u64::from_be_bytes(context.span_id().to_bytes()),
        });
    }
}

/// The trace id and span id of the OpenTelemetry span that is current on this thread.
///
/// `None` where there is none: ids are never invented. It takes no lock.
pub fn current_trace_ids() -> Option<(u128, u64)> {
    Context::map_current(|context| {
        if !context.has_active_span() {
            return None;
        }
        let span = context.span();
        let ids = span.span_context();
        ids.is_valid().then(|| {
            (
                u128::from_be_bytes(ids.trace_id().to_bytes()),
                u64::from_be_bytes(ids.span_id().to_bytes()),
            )
        })
    })
}

impl Table {
    fn get(&self, number: u64) -> Option<TraceIds> {
        let place = *self.lock(number);
        (place.number == number).then_some(TraceIds {
            trace_id: place.trace_id,
            span_id: place.span_id,
        })
    }

    fn set(&self, place: Place) {
        *self.lock(place.number) = place;
    }

    fn lock(&self, number: u64) -> std::sync::MutexGuard<'_, Place> {
        // Numbers count up in their lower half and seldom differ in the upper one: a product spreads them.
        let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
        let at = usize::try_from(spread).unwrap_or_default() % PLACES;
        self.0[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_the_number_or_none() {
        let table = Table((0..PLACES).map(|_| Mutex::default()).collect());
        let place = Place {
            number: 5,
            trace_id: 1,
            span_id: 2,
        };
        table.set(place);
        assert_eq!(
            table.get(5),
            Some(TraceIds {
                trace_id: 1,
                span_id: 2
            })
        );
        assert_eq!(table.get(6), None);
    }
}
