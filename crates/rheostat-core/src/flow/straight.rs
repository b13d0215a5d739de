//! The short way of an event into a ring: its fields are written as they are visited, into a buffer that is
//! copied into the ring whole, so that formatting a value, which may do anything, is over before.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use tracing_core::Event;
use tracing_core::field::{Field, Visit};

use super::carrier::write_spans;
use super::entry::{Draft, Head, Own, Trace};
use super::route::RouteHandle;
use crate::capture::formatted;
use crate::output::LookAround;
use crate::plan::PolicyImage;
use crate::record::{SpanFields, spans_in_view, trace_ids_of};
use crate::scope::Scope;
use crate::value::Value;
use crate::value::tlv::{self, Buffer};

/// What message and own fields may take; more takes the usual way.
const ROOM: usize = 256;
/// Behind that: what is no longer than this is written without a look at what is left.
const SLACK: usize = 32;

/// An action that every event of a callsite passes, alone on it.
#[derive(Debug)]
pub(super) struct Straight {
    /// By index of an own field.
    pub(super) goes: Box<[Goes]>,
    pub(super) handle: Arc<RouteHandle>,
    pub(super) image: Arc<PolicyImage>,
    pub(super) weight: f64,
    pub(super) spans: SpanFields,
    /// A longer text would be cut.
    pub(super) limit: usize,
}

/// Where the value of an own field goes.
#[derive(Debug)]
pub(super) enum Goes {
    Nowhere,
    /// Under this place in the route.
    Field(u16),
    /// Only that it was there, under this place.
    Mark(u16),
    Message,
    /// This stands in for the message.
    Told(Arc<str>),
}

impl LookAround for Straight {
    fn look_around(&self, event: &Event<'_>, scope: Scope<'_>) -> bool {
        let mut writing = Writing {
            way: self,
            bytes: Bytes::new(),
            message: 0,
            fields: 0,
            next: 0,
            is_beyond: false,
        };
        event.record(&mut writing);
        let Some(bytes) = writing.bytes.all().filter(|_| !writing.is_beyond) else {
            return false;
        };
        if Own::HEAD + bytes.len() > self.handle.route().max_record {
            return false;
        }
        let own = Own {
            bytes,
            message: writing.message,
            fields: writing.fields,
        };
        // A refusal is counted where it happens; there is nothing else to do about it.
        let _counted = self
            .handle
            .offer(|draft, seq| self.write(draft, own, (seq, scope)));
        true
    }
}

impl Straight {
    #[inline]
    fn write(&self, draft: &mut Draft<'_>, own: Own<'_>, (seq, scope): (u64, Scope<'_>)) {
        let clock = self.image.clock();
        let head = Head {
            time: clock.wall(clock.now()),
            seq,
            weight: self.weight,
            trace: trace_ids_of(scope.nearest()).map(|ids| Trace {
                trace: ids.trace_id,
                span: ids.span_id,
            }),
            ..Head::default()
        };
        draft.head_and_own(&head, own);
        if scope.nearest().is_some() {
            write_spans(draft, spans_in_view(&self.image, scope, self.spans));
        }
    }
}

/// One visit of an event's fields.
struct Writing<'w> {
    way: &'w Straight,
    bytes: Bytes,
    /// How many bytes the message took.
    message: usize,
    fields: u16,
    /// Fields come in the order of their declaration, each once: the first that may come.
    next: usize,
    /// Something takes more than this.
    is_beyond: bool,
}

impl Writing<'_> {
    /// Sees a field; `write` writes its value, or says that there is none.
    #[inline(always)]
    fn see(&mut self, field: &Field, write: impl FnOnce(&mut Self) -> bool) {
        let index = field.index();
        self.is_beyond |= index < self.next;
        self.next = index + 1;
        let way = self.way;
        match way.goes.get(index) {
            None | Some(Goes::Nowhere) => {}
            Some(Goes::Field(slot)) => self.field(*slot, write),
            Some(Goes::Mark(slot)) => {
                self.field(*slot, |this| this.instead(Value::Bool(true), write));
            }
            Some(Goes::Message) => self.message(write),
            Some(Goes::Told(text)) => self.message(|this| this.instead(Value::Text(text), write)),
        }
    }

    #[inline(always)]
    fn field(&mut self, slot: u16, write: impl FnOnce(&mut Self) -> bool) {
        let start = self.bytes.len;
        self.bytes.put(&slot.to_le_bytes());
        if write(self) {
            self.fields += 1;
        } else {
            self.bytes.len = start;
        }
    }

    /// The message stands before all fields.
    fn message(&mut self, write: impl FnOnce(&mut Self) -> bool) {
        self.is_beyond |= self.bytes.len > 0;
        if !write(self) {
            self.bytes.len = 0;
        }
        self.message = self.bytes.len;
    }

    /// What stands in for a value, where there is one: it is written all the same, for its formatting may fail.
    fn instead(&mut self, value: Value<'_>, write: impl FnOnce(&mut Self) -> bool) -> bool {
        let start = self.bytes.len;
        let is_there = write(self);
        self.is_beyond |= self.bytes.is_full();
        self.bytes.len = start;
        is_there && self.plain(value)
    }

    #[inline(always)]
    fn plain(&mut self, value: Value<'_>) -> bool {
        tlv::encode(value, &mut self.bytes);
        true
    }

    #[inline(always)]
    fn text(&mut self, value: Value<'_>, len: usize) -> bool {
        self.is_beyond |= len > self.way.limit;
        self.plain(value)
    }

    fn format(&mut self, start: [u8; 5], text: fmt::Arguments<'_>) -> bool {
        self.bytes.put(&start);
        if self.bytes.is_full() {
            return true;
        }
        let from = self.bytes.len;
        let is_there = formatted(&mut self.bytes, text);
        let len = self.bytes.len - from;
        self.is_beyond |= len > self.way.limit;
        self.bytes.room[from - 4..from].copy_from_slice(&(len as u32).to_le_bytes());
        is_there
    }
}

impl Visit for Writing<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.see(field, |this| this.plain(Value::F64(value)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.see(field, |this| this.plain(Value::I64(value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.see(field, |this| this.plain(Value::U64(value)));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.see(field, |this| this.plain(Value::I128(value)));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.see(field, |this| this.plain(Value::U128(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.see(field, |this| this.plain(Value::Bool(value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.see(field, |this| this.text(Value::Text(value), value.len()));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.see(field, |this| this.text(Value::Bytes(value), value.len()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.see(field, |this| {
            this.format(tlv::ERROR_START, format_args!("{value}"))
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.see(field, |this| {
            this.format(tlv::FORMATTED_START, format_args!("{value:?}"))
        });
    }
}

/// What was written so far. Once it is full, whatever is in it is of no use.
struct Bytes {
    room: [u8; ROOM + SLACK],
    len: usize,
}

impl Bytes {
    #[inline]
    fn new() -> Self {
        let room = [0; ROOM + SLACK];
        Self { room, len: 0 }
    }

    fn is_full(&self) -> bool {
        self.len >= ROOM
    }

    #[inline]
    fn all(&self) -> Option<&[u8]> {
        match self.is_full() {
            true => None,
            false => self.room.get(..self.len),
        }
    }
}

impl Buffer for Bytes {
    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        let at = self.len.min(ROOM);
        let end = at + bytes.len();
        match self.room.get_mut(at..end) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.len = end;
            }
            None => self.len = self.room.len(),
        }
    }
}

impl fmt::Write for Bytes {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        match self.is_full() {
            true => Err(fmt::Error),
            false => Ok(()),
        }
    }
}
