//! One record as a sink's encoder sees it.

use std::cell::RefCell;

use rheostat_policy::model::{Level, RedactionWith};

use super::entry::{Counted, Head, Moment, Parsed, Timings, Trace};
use super::link::Link;
use super::route::Route;
use crate::callsite::CallsiteKind;
use crate::names::NameId;
use crate::sink::RecordId;
use crate::value::Value;

/// One record, redacted and cut to size already.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'a> {
    route: &'a Route,
    thread: &'a str,
    entry: Parsed<'a>,
    id: RecordId,
}

impl<'a> RecordView<'a> {
    pub(crate) fn new(route: &'a Route, thread: &'a str, entry: &'a [u8]) -> Self {
        Self {
            route,
            thread,
            entry: Parsed::read(entry),
            id: RecordId::default(),
        }
    }

    pub(crate) fn numbered(mut self, id: RecordId) -> Self {
        self.id = id;
        self
    }

    pub(crate) fn parsed(&self) -> &Parsed<'a> {
        &self.entry
    }

    /// What all records of its callsite and action have in common.
    pub fn route(&self) -> &'a Route {
        self.route
    }

    /// Nanoseconds since the Unix epoch.
    pub fn time(&self) -> u64 {
        self.entry.head.time
    }

    /// Its level, as the action wants it shown.
    pub fn level(&self) -> Level {
        self.route.level
    }

    /// The target.
    pub fn target(&self) -> &'a str {
        &self.route.callsite.target
    }

    /// Its class where the action gives one, else the callsite's name.
    pub fn name(&self) -> &'a str {
        self.route
            .class
            .as_deref()
            .unwrap_or(&self.route.callsite.name)
    }

    /// Whether it is of a span.
    pub fn is_span(&self) -> bool {
        self.route.callsite.kind == CallsiteKind::Span
    }

    /// When it came about.
    pub fn moment(&self) -> Moment {
        self.entry.head.moment
    }

    /// The message.
    pub fn message(&self) -> Option<Value<'a>> {
        self.entry.message
    }

    /// The own fields under the names shown, then the constant labels.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
        let route = self.route;
        let labels = route
            .labels
            .iter()
            .filter(|(name, _)| !route.fields.iter().any(|field| field.name == *name))
            .map(|(name, value)| (&**name, Value::Text(value)));
        Fields {
            route,
            fields: self.entry.fields,
        }
        .chain(labels)
    }

    /// The enclosing spans, outermost first.
    pub fn spans(&self) -> Spans<'a> {
        Spans(self.entry.spans)
    }

    /// The rule that brought it here.
    pub fn rule(&self) -> &'a str {
        &self.route.rule
    }

    /// How many records it stands for.
    pub fn weight(&self) -> f64 {
        self.entry.head.weight
    }

    /// Its number among the records of its thread.
    pub fn seq(&self) -> u64 {
        self.entry.head.seq
    }

    /// Its number in the queue of its sink, for destinations that deduplicate.
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// The thread it fired on.
    pub fn thread(&self) -> &'a str {
        self.thread
    }

    /// The file of its callsite.
    pub fn file(&self) -> Option<&'a str> {
        self.route.callsite.file.as_deref()
    }

    /// The line of its callsite.
    pub fn line(&self) -> Option<u32> {
        self.route.callsite.line
    }

    /// The ids of the OpenTelemetry span, where one exists.
    pub fn trace(&self) -> Option<Trace> {
        self.entry.head.trace
    }

    /// How long the span took, where it was measured.
    pub fn timings(&self) -> Option<Timings> {
        self.entry.head.timings
    }

    /// Where it stands in a chain, if it is one of those that are not to be lost.
    pub fn link(&self) -> Option<Link> {
        Link::from_bytes(self.entry.link?)
    }

    /// All that stands before the values.
    pub fn head(&self) -> &Head {
        &self.entry.head
    }
}

struct Fields<'a> {
    route: &'a Route,
    fields: Counted<'a>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (slot, value) = self.fields.field()?;
            let Some(field) = self.route.fields.get(usize::from(slot)) else {
                debug_assert!(false, "a slot that the route does not have");
                continue;
            };
            return Some(match &field.hide {
                Some(RedactionWith::Text(text)) => (&field.name, Value::Text(text)),
                _ => (&field.name, value),
            });
        }
    }
}

/// The enclosing spans of a record, outermost first.
#[derive(Clone, Debug)]
pub struct Spans<'a>(Counted<'a>);

/// One enclosing span.
#[derive(Clone, Copy, Debug)]
pub struct SpanView<'a> {
    /// Unique in the process.
    pub id: u64,
    /// Its name.
    pub name: &'a str,
    fields: Counted<'a>,
}

impl<'a> Iterator for Spans<'a> {
    type Item = SpanView<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.left = self.0.left.checked_sub(1)?;
        let take = &mut self.0.take;
        let (id, name, left) = (take.u64(), take.name(), take.u16());
        let fields = Counted { left, take: *take };
        for _ in 0..left {
            take.u32();
            take.value();
        }
        Some(SpanView { id, name, fields })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.0.left);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Spans<'_> {}

impl<'a> SpanView<'a> {
    /// Its fields.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
        self.numbered().map(|(name, value)| (shown(name), value))
    }

    /// Its fields by the numbers of their names.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (NameId, Value<'a>)> + use<'a> {
        let mut fields = self.fields;
        std::iter::from_fn(move || {
            fields.left = fields.left.checked_sub(1)?;
            Some((NameId(fields.take.u32()), fields.take.value()))
        })
    }
}

impl<'a> Counted<'a> {
    /// The next own field, by slot.
    #[inline]
    pub(crate) fn field(&mut self) -> Option<(u16, Value<'a>)> {
        self.left = self.left.checked_sub(1)?;
        Some((self.take.u16(), self.take.value()))
    }
}

/// The text of a name, without the lock of all names once this thread knows it.
pub(crate) fn shown(name: NameId) -> &'static str {
    thread_local! {
        static KNOWN: RefCell<Vec<Option<&'static str>>> = const { RefCell::new(Vec::new()) };
    }
    KNOWN.with_borrow_mut(|known| {
        let at = name.0 as usize;
        if at >= known.len() {
            known.resize(at + 1, None);
        }
        *known[at].get_or_insert_with(|| name.text())
    })
}
