//! One record in a ring: what is the same for every record of its route stays
//! in the route, the rest is written in place.
//!
//! ```text
//! route thread time seq flags fields# fields-bytes spans#
//! [weight] [timings] [trace] [message] [link]  {slot value}*  {id name fields# {name-number value}*}*
//! ```

use super::bytes::{Put, Take};
use super::link::Link;
use crate::names::NameId;
use crate::value::Value;
use crate::value::tlv::Buffer;

const WEIGHT: u8 = 1;
const OPEN: u8 = 2;
const CLOSE: u8 = 4;
const TIMINGS: u8 = 8;
const TRACE: u8 = 16;
const MESSAGE: u8 = 32;
const LINK: u8 = 64;

/// When a record came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moment {
    /// An event fired.
    #[default]
    Event,
    /// A span opened.
    Open,
    /// A span closed.
    Close,
}

/// How long a span took, in nanoseconds; what was not measured is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// From open to close.
    pub duration: Option<u64>,
    /// Entered.
    pub busy: Option<u64>,
    /// Not entered.
    pub idle: Option<u64>,
}

/// Stands for a time that was not measured; nothing takes 584 years.
const UNMEASURED: u64 = u64::MAX;

/// The ids of the OpenTelemetry span that a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The trace.
    pub trace: u128,
    /// The span.
    pub span: u64,
}

/// What each record has besides its values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    /// Nanoseconds since the Unix epoch.
    pub time: u64,
    /// Its number among those of its thread.
    pub seq: u64,
    /// How many it stands for.
    pub weight: f64,
    /// When it came about.
    pub moment: Moment,
    /// Of a span that closed, where they were measured.
    pub timings: Option<Timings>,
    /// Where an OpenTelemetry span exists.
    pub trace: Option<Trace>,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            time: 0,
            seq: 0,
            weight: 1.0,
            moment: Moment::Event,
            timings: None,
            trace: None,
        }
    }
}

/// One entry while it is written: head, message, own fields, enclosing spans
/// (outermost first), in this order.
#[derive(Debug)]
pub struct Draft<'b> {
    put: Put<'b>,
    max_value: usize,
    max_record: usize,
    counts: usize,
    fields: u16,
    spans: u16,
    fields_start: usize,
    span_fields: usize,
    in_span: u16,
    /// Whether the counts of the own fields are written.
    is_counted: bool,
}

impl<'b> Draft<'b> {
    #[inline]
    pub(crate) fn new(room: &'b mut [u8], numbers: Numbers, caps: Caps) -> Self {
        let mut put = Put::new(room);
        put.u32(numbers.route);
        put.u32(numbers.thread);
        Self {
            put,
            max_value: caps.value,
            max_record: caps.record,
            counts: 0,
            fields: 0,
            spans: 0,
            fields_start: 0,
            span_fields: 0,
            in_span: 0,
            is_counted: false,
        }
    }

    /// Writes what comes before the values; the message is among it.
    #[inline]
    pub fn head(&mut self, head: &Head, message: Option<Value<'_>>) {
        self.start(head, message.is_some(), (0, 0));
        if let Some(message) = message {
            self.put.value(message, self.max_value.min(self.max_record));
        }
        self.fields_start = self.put.position();
    }

    /// Writes what comes before the message, where there is one. The counts may be known later.
    #[inline]
    fn start(&mut self, head: &Head, has_message: bool, (fields, bytes): (u16, u32)) {
        let moment = match head.moment {
            Moment::Event => 0,
            Moment::Open => OPEN,
            Moment::Close => CLOSE,
        };
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = moment
            | flag(head.weight != 1.0, WEIGHT)
            | flag(head.timings.is_some(), TIMINGS)
            | flag(head.trace.is_some(), TRACE)
            | flag(has_message, MESSAGE);
        // Time, number and flags, then the three counts.
        let mut start = [0; 8 + 8 + 1 + 8];
        start[..8].copy_from_slice(&head.time.to_le_bytes());
        start[8..16].copy_from_slice(&head.seq.to_le_bytes());
        start[16] = flags;
        start[17..19].copy_from_slice(&fields.to_le_bytes());
        start[19..23].copy_from_slice(&bytes.to_le_bytes());
        let put = &mut self.put;
        self.counts = put.position() + 17;
        put.put(&start);
        if head.weight != 1.0 {
            put.u64(head.weight.to_bits());
        }
        if let Some(timings) = head.timings {
            put.u64(timings.duration.unwrap_or(UNMEASURED));
            put.u64(timings.busy.unwrap_or(UNMEASURED));
            put.u64(timings.idle.unwrap_or(UNMEASURED));
        }
        if let Some(trace) = head.trace {
            put.put(&trace.trace.to_le_bytes());
            put.u64(trace.span);
        }
    }

    /// Writes the head, and message and own fields as they were written elsewhere.
    #[inline]
    pub(crate) fn head_and_own(&mut self, head: &Head, own: Own<'_>) {
        let fields = own.bytes.len() - own.message;
        self.start(head, own.message > 0, (own.fields, fields as u32));
        self.put.put(own.bytes);
        self.is_counted = true;
    }

    /// Writes where the record stands in a chain; directly behind the head.
    pub(crate) fn link(&mut self, link: &Link) {
        // The flags stand right before the counts.
        self.put.raise(self.counts - 1, LINK);
        self.put.put(&link.to_bytes());
        self.fields_start = self.put.position();
    }

    /// Writes the value of an own field: `slot` counts the route's fields.
    #[inline]
    pub fn field(&mut self, slot: u16, value: Value<'_>) {
        self.put.u16(slot);
        let limit = self.room_for_value();
        self.put.value(value, limit);
        self.fields += 1;
    }

    /// Starts an enclosing span.
    #[inline]
    pub fn span(&mut self, id: u64, name: &str) {
        self.end_span();
        if self.spans == 0 {
            self.end_fields();
        }
        self.put.u64(id);
        self.put.name(name);
        self.span_fields = self.put.position();
        self.put.u16(0);
        self.in_span = 0;
        self.spans += 1;
    }

    /// Writes a field of the span started last.
    #[inline]
    pub fn span_field(&mut self, name: NameId, value: Value<'_>) {
        self.put.u32(name.0);
        let limit = self.room_for_value();
        self.put.value(value, limit);
        self.in_span += 1;
    }

    /// The length of the entry, unless it did not fit.
    #[inline]
    pub(crate) fn finish(mut self) -> Option<usize> {
        if self.spans == 0 {
            self.end_fields();
        } else {
            self.end_span();
            self.put.patch(self.counts + 6, &self.spans.to_le_bytes());
        }
        self.put.finish()
    }

    /// What a value may take: its own cap, and what is left of the record's.
    #[inline]
    fn room_for_value(&self) -> usize {
        self.max_value
            .min(self.max_record.saturating_sub(self.put.position()))
    }

    #[inline]
    fn end_fields(&mut self) {
        if self.is_counted {
            return;
        }
        self.put.patch(self.counts, &self.fields.to_le_bytes());
        let bytes = (self.put.position() - self.fields_start) as u32;
        self.put.patch(self.counts + 2, &bytes.to_le_bytes());
    }

    #[inline]
    fn end_span(&mut self) {
        if self.spans > 0 {
            let fields = self.in_span.to_le_bytes();
            self.put.patch(self.span_fields, &fields);
        }
    }
}

/// Message and own fields of an entry, written before the rest of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own<'b> {
    /// The message's value, then slot and value of each field.
    pub(crate) bytes: &'b [u8],
    /// How many of the bytes are the message's.
    pub(crate) message: usize,
    /// How many fields there are.
    pub(crate) fields: u16,
}

impl Own<'_> {
    /// The most bytes that an entry has before them.
    pub(crate) const HEAD: usize = 8 + 25 + 8 + 24 + 24;
}

/// The numbers that an entry starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// Of its route.
    pub(crate) route: u32,
    /// Of its thread.
    pub(crate) thread: u32,
}

impl Numbers {
    /// Those of an entry, and its time.
    #[inline]
    pub(crate) fn read(entry: &[u8]) -> (Self, u64) {
        let mut take = Take::new(entry);
        let numbers = Self {
            route: take.u32(),
            thread: take.u32(),
        };
        (numbers, take.u64())
    }
}

/// How large a value and a record may become, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caps {
    pub(crate) value: usize,
    pub(crate) record: usize,
}

/// An entry, read up to its values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parsed<'b> {
    pub(crate) head: Head,
    pub(crate) message: Option<Value<'b>>,
    /// The bytes of its link.
    pub(crate) link: Option<&'b [u8]>,
    pub(crate) fields: Counted<'b>,
    pub(crate) spans: Counted<'b>,
}

/// So many things, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<'b> {
    pub(crate) left: u16,
    pub(crate) take: Take<'b>,
}

impl<'b> Parsed<'b> {
    pub(crate) fn read(entry: &'b [u8]) -> Self {
        let mut take = Take::new(entry);
        let (_route, _thread) = (take.u32(), take.u32());
        let (time, seq, flags) = (take.u64(), take.u64(), take.u8());
        let (fields, field_bytes, spans) = (take.u16(), take.u32(), take.u16());
        let has = |flag| flags & flag != 0;
        let head = Head {
            time,
            seq,
            weight: if has(WEIGHT) {
                f64::from_bits(take.u64())
            } else {
                1.0
            },
            moment: match flags & (OPEN | CLOSE) {
                OPEN => Moment::Open,
                CLOSE => Moment::Close,
                _ => Moment::Event,
            },
            timings: has(TIMINGS).then(|| Timings {
                duration: measured(take.u64()),
                busy: measured(take.u64()),
                idle: measured(take.u64()),
            }),
            trace: has(TRACE).then(|| Trace {
                trace: u128::from_le_bytes(take.array()),
                span: take.u64(),
            }),
        };
        let message = has(MESSAGE).then(|| take.value());
        let link = has(LINK).then(|| take.bytes(Link::BYTES));
        let rest = take.rest();
        let (own, outer) = rest.split_at(rest.len().min(field_bytes as usize));
        Self {
            head,
            message,
            link,
            fields: Counted {
                left: fields,
                take: Take::new(own),
            },
            spans: Counted {
                left: spans,
                take: Take::new(outer),
            },
        }
    }
}

fn measured(nanos: u64) -> Option<u64> {
    (nanos != UNMEASURED).then_some(nanos)
}
