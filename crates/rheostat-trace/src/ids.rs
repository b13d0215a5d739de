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
    use opentelemetry::trace::{SpanId, TraceFlags, TraceId, TraceState};
    use rheostat_core::capture::Blob;
    use rheostat_core::clock::Stamp;
    use rheostat_core::scope::Timings;
    use rheostat_core::{Callsite, CallsiteId, CallsiteKind};
    use rheostat_policy::model::Level;

    use super::*;

    struct Open<'a> {
        number: u64,
        parent: Option<&'a Open<'a>>,
        callsite: Callsite,
    }

    impl<'a> Open<'a> {
        fn new(number: u64, parent: Option<&'a Self>) -> Self {
            let callsite = Callsite {
                id: CallsiteId(0),
                kind: CallsiteKind::Span,
                name: "span".into(),
                target: "test".into(),
                module: None,
                file: None,
                line: None,
                level: Level::Info,
                fields: Box::default(),
                metadata: None,
            };
            Self {
                number,
                parent,
                callsite,
            }
        }
    }

    impl OpenSpan for Open<'_> {
        fn callsite(&self) -> &Callsite {
            &self.callsite
        }

        fn id(&self) -> u64 {
            self.number
        }

        fn parent(&self) -> Option<&dyn OpenSpan> {
            self.parent.map(|parent| parent as &dyn OpenSpan)
        }

        fn blob(&self, _: usize) -> Option<&Blob> {
            None
        }

        fn opened(&self) -> Option<Stamp> {
            None
        }

        fn timings(&self) -> Timings {
            Timings::default()
        }
    }

    #[test]
    fn a_record_has_the_ids_of_the_nearest_span_that_is_shipped() {
        let outer = Open::new(u64::MAX - 1, None);
        let inner = Open::new(u64::MAX - 2, Some(&outer));
        assert_eq!(OpenTelemetryIds.trace_ids(Some(&inner)), None);
        let context = SpanContext::new(
            TraceId::from(1),
            SpanId::from(2),
            TraceFlags::SAMPLED,
            false,
            TraceState::default(),
        );
        began(outer.number, &context);
        let ids = TraceIds {
            trace_id: 1,
            span_id: 2,
        };
        assert_eq!(OpenTelemetryIds.trace_ids(Some(&outer)), Some(ids));
        assert_eq!(OpenTelemetryIds.trace_ids(Some(&inner)), Some(ids));
        assert_eq!(OpenTelemetryIds.trace_ids(None), None);
    }
}
