//! The open spans around a record, nearest first.
//!
//! The span store implements [`OpenSpan`]; programs and outputs read through
//! [`Scope`], which is as cheap to pass around as a reference.

use crate::callsite::Callsite;
use crate::capture::Blob;
use crate::clock::Stamp;
use crate::names::NameId;
use crate::value::Value;

/// One span that is kept, as programs and outputs see it.
///
/// What a reference gives stays while the reference does: a span that encloses a
/// record is held by it.
pub trait OpenSpan {
    /// The callsite that opened it.
    fn callsite(&self) -> &Callsite;

    /// Its number, unique in the process.
    fn id(&self) -> u64;

    /// The nearest kept span around it.
    fn parent(&self) -> Option<&dyn OpenSpan>;

    /// Its captured fields: 0 is what the last `record` brought, the last one what was given at open.
    fn blob(&self, nth: usize) -> Option<&Blob>;

    /// Takes something that goes when the span closes. A span that keeps nothing lets it go at once.
    fn leave(&self, what: Box<dyn Send>) {
        drop(what);
    }

    /// When it opened, where that was stamped.
    fn opened(&self) -> Option<Stamp>;

    /// What was measured of it so far.
    fn timings(&self) -> Timings;
}

/// What is measured of a span. What was not measured is `None`; nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// From open to close.
    pub duration: Option<u64>,
    /// From the first enter to the last exit; 0 for a span never entered.
    pub active: Option<u64>,
    /// While entered.
    pub busy: Option<u64>,
    /// While open and not entered.
    pub idle: Option<u64>,
    /// How often it was entered.
    pub polls: Option<u64>,
    /// Events in it, those in the spans inside it included.
    pub events: Option<u64>,
    /// Whether an event at ERROR was among those.
    pub error_event: Option<bool>,
}

/// The open spans around a record.
#[derive(Clone, Copy, Default)]
pub struct Scope<'a> {
    nearest: Option<&'a dyn OpenSpan>,
}

impl<'a> Scope<'a> {
    /// No span.
    pub fn none() -> Self {
        Self { nearest: None }
    }

    /// This span and those around it.
    pub fn of(nearest: &'a dyn OpenSpan) -> Self {
        Self {
            nearest: Some(nearest),
        }
    }

    /// The nearest one.
    pub fn nearest(self) -> Option<&'a dyn OpenSpan> {
        self.nearest
    }

    /// All of them, nearest first.
    pub fn spans(self) -> impl Iterator<Item = &'a dyn OpenSpan> {
        std::iter::successors(self.nearest, |span| span.parent())
    }

    /// A name in the nearest span of those that show it and have a value.
    #[inline]
    pub(crate) fn value_of(
        self,
        name: NameId,
        mut shows: impl FnMut(&dyn OpenSpan) -> bool,
    ) -> Value<'a> {
        for span in self.spans().filter(|span| shows(*span)) {
            let value = field_of(span, name);
            if value.is_some() {
                return value;
            }
        }
        Value::Missing
    }
}

impl std::fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.spans().map(|span| &span.callsite().name))
            .finish()
    }
}

/// The value of a field of a span, as last recorded; `Missing` where it was not captured.
pub fn field_of<'a>(span: &'a dyn OpenSpan, name: NameId) -> Value<'a> {
    let mut nth = 0;
    while let Some(blob) = span.blob(nth) {
        match blob.get(name) {
            Value::Missing => nth += 1,
            value => return value,
        }
    }
    Value::Missing
}
