//! The Registry of the bridge, which can be asked about spans that it never had.
//!
//! `OpenTelemetrySpanExt` and its kin find the layer inside ours by a downcast
//! and look a span up by its id. The id of a span that only we keep is in no
//! Registry, and they panic where there is none. So such an id leads to the span
//! that would be meant without us, where the one that is asked for would not
//! exist: the nearest one around that is shipped, for the current span; none
//! with any data, for another one.

use std::any::TypeId;
use std::fmt;

use rheostat_core::mount::{KNOWS_OUR_IDS, KnowsOurIds, is_ours};
use tracing_core::callsite::{Callsite, Identifier};
use tracing_core::field::FieldSet;
use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::{Event, Interest, Kind, Level, LevelFilter, Metadata, Subscriber, dispatcher};
use tracing_subscriber::filter::FilterId;
use tracing_subscriber::registry::{LookupSpan, Registry};

/// A Registry that knows some span for every id that the program can have.
pub struct BridgeSpans {
    inner: Registry,
    /// A span without data, always open.
    nobody: Id,
}

impl BridgeSpans {
    pub(crate) fn new() -> Self {
        let inner = Registry::default();
        let nobody = inner.new_span(&Attributes::new_root(
            &METADATA,
            &METADATA.fields().value_set(&[]),
        ));
        Self { inner, nobody }
    }

    /// The span to look at when the program asks about one that only we keep.
    fn instead_of(&self, id: &Id) -> Id {
        let is_current =
            dispatcher::get_default(|dispatch| dispatch.current_span().id() == Some(id));
        let around = is_current.then(|| self.inner.current_span().id().cloned());
        around.flatten().unwrap_or_else(|| self.nobody.clone())
    }
}

impl<'a> LookupSpan<'a> for BridgeSpans {
    type Data = <Registry as LookupSpan<'a>>::Data;

    fn span_data(&'a self, id: &Id) -> Option<Self::Data> {
        if is_ours(id) {
            self.inner.span_data(&self.instead_of(id))
        } else {
            self.inner.span_data(id)
        }
    }

    fn register_filter(&mut self) -> FilterId {
        self.inner.register_filter()
    }
}

impl Subscriber for BridgeSpans {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.inner.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.enabled(metadata)
    }

    /// A Registry asks for nothing; it says so by a special case that is not ours to have.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::OFF)
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.inner.new_span(attributes)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.inner.record(id, values);
    }

    fn record_follows_from(&self, id: &Id, follows: &Id) {
        self.inner.record_follows_from(id, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.inner.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        self.inner.event(event);
    }

    fn enter(&self, id: &Id) {
        self.inner.enter(id);
    }

    fn exit(&self, id: &Id) {
        self.inner.exit(id);
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.inner.clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        self.inner.try_close(id)
    }

    fn current_span(&self) -> Current {
        self.inner.current_span()
    }

    // SAFETY: the pointers are to a static, to `self` and to what it owns, and live as long as it does.
    #[expect(
        unsafe_code,
        reason = "a layer finds the Registry that closes its spans by no other way"
    )]
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            return Some(std::ptr::from_ref(self).cast());
        }
        if id == TypeId::of::<KnowsOurIds>() {
            return Some(std::ptr::from_ref(&KNOWS_OUR_IDS).cast());
        }
        // SAFETY: the caller's promise is passed on.
        unsafe { self.inner.downcast_raw(id) }
    }
}

impl fmt::Debug for BridgeSpans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BridgeSpans")
    }
}

/// The callsite of the span without data; it is never registered and never fires.
struct NobodyCallsite;

static CALLSITE: NobodyCallsite = NobodyCallsite;

static METADATA: Metadata<'static> = Metadata::new(
    "rheostat.nobody",
    "rheostat",
    Level::ERROR,
    None,
    None,
    None,
    FieldSet::new(&[], Identifier(&CALLSITE)),
    Kind::SPAN,
);

impl Callsite for NobodyCallsite {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        &METADATA
    }
}
