//! What a record consists of, in order; the formats for programs share it.

use rheostat_core::Value;
use rheostat_core::flow::{Link, Moment, RecordView};
use rheostat_core::sink::Gap;

use super::number;

/// The keys of a record, in order. Its number is a key's name in `compact`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// When it fired; RFC 3339, in `compact` nanoseconds since the Unix epoch.
    Time,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    Level,
    /// The target.
    Target,
    /// The class, else the callsite's name.
    Name,
    /// `event`, `span` or `gap`.
    Kind,
    /// The message.
    Message,
    /// The record's own fields, and the policy's constant labels.
    Fields,
    /// The enclosing spans, outermost first.
    Spans,
    /// The rule that brought it.
    Rule,
    /// How many records it stands for.
    Weight,
    /// Its number among the records of its thread.
    Seq,
    /// The thread.
    Thread,
    /// The callsite's file.
    File,
    /// The callsite's line.
    Line,
    /// The OpenTelemetry trace.
    TraceId,
    /// The OpenTelemetry span.
    SpanId,
    /// From open to close.
    DurationNs,
    /// Time entered.
    BusyNs,
    /// Time not entered.
    IdleNs,
    /// `open` or `close`.
    Phase,
    /// Of a gap: the sink.
    Sink,
    /// Of a gap: how many records went missing, by cause.
    Lost,
    /// Of a gap: when the first went missing.
    From,
    /// Of a gap: when the last did.
    To,
    /// Of an enclosing span: its number in the process. Of a chain: which one.
    Id,
    /// Where the record stands in a chain.
    Chain,
    /// Of a chain: the hash of the record before.
    Prev,
    /// Of a chain: the record's own hash, of its JSON line up to here.
    Hash,
}

impl Key {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 28] = [
        Self::Time,
        Self::Level,
        Self::Target,
        Self::Name,
        Self::Kind,
        Self::Message,
        Self::Fields,
        Self::Spans,
        Self::Rule,
        Self::Weight,
        Self::Seq,
        Self::Thread,
        Self::File,
        Self::Line,
        Self::TraceId,
        Self::SpanId,
        Self::DurationNs,
        Self::BusyNs,
        Self::IdleNs,
        Self::Phase,
        Self::Sink,
        Self::Lost,
        Self::From,
        Self::To,
        Self::Id,
        Self::Chain,
        Self::Prev,
        Self::Hash,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Level => "level",
            Self::Target => "target",
            Self::Name => "name",
            Self::Kind => "kind",
            Self::Message => "message",
            Self::Fields => "fields",
            Self::Spans => "spans",
            Self::Rule => "rule",
            Self::Weight => "weight",
            Self::Seq => "seq",
            Self::Thread => "thread",
            Self::File => "file",
            Self::Line => "line",
            Self::TraceId => "trace_id",
            Self::SpanId => "span_id",
            Self::DurationNs => "duration_ns",
            Self::BusyNs => "busy_ns",
            Self::IdleNs => "idle_ns",
            Self::Phase => "phase",
            Self::Sink => "sink",
            Self::Lost => "lost",
            Self::From => "from",
            Self::To => "to",
            Self::Id => "id",
            Self::Chain => "chain",
            Self::Prev => "prev",
            Self::Hash => "hash",
        }
    }
}

/// Writes the parts of a record in one format.
pub(super) trait Emit {
    /// Begins and ends a map.
    fn open(&mut self);
    fn close(&mut self);
    /// Begins and ends a list, and begins each of its items.
    fn open_list(&mut self);
    fn close_list(&mut self);
    fn item(&mut self);
    /// A key of ours, and one of the program's.
    fn key(&mut self, key: Key);
    fn name(&mut self, name: &str);
    /// What stands at a key.
    fn text(&mut self, text: &str);
    fn number(&mut self, number: u64);
    fn weight(&mut self, weight: f64);
    fn time(&mut self, nanos: u64);
    fn span_id(&mut self, id: u64);
    fn trace_id(&mut self, id: u128);
    fn value(&mut self, value: Value<'_>);
    /// A value that is a text whatever it was.
    fn value_as_text(&mut self, value: Value<'_>);
}

#[inline]
pub(super) fn record(record: &RecordView<'_>, to: &mut impl Emit) {
    linked(record, record.link(), to);
}

/// A record at this place in a chain.
#[inline]
pub(super) fn linked(record: &RecordView<'_>, link: Option<Link>, to: &mut impl Emit) {
    to.open();
    to.key(Key::Time);
    to.time(record.time());
    to.key(Key::Level);
    to.text(record.level().as_str());
    to.key(Key::Target);
    to.text(record.target());
    to.key(Key::Name);
    to.text(record.name());
    to.key(Key::Kind);
    to.text(if record.is_span() { "span" } else { "event" });
    if let Some(message) = record.message() {
        to.key(Key::Message);
        to.value_as_text(message);
    }
    fields(record.fields(), to);
    spans(record, to);
    to.key(Key::Rule);
    to.text(record.rule());
    to.key(Key::Weight);
    to.weight(record.weight());
    to.key(Key::Seq);
    to.number(record.seq());
    to.key(Key::Thread);
    to.text(record.thread());
    if let Some(file) = record.file() {
        to.key(Key::File);
        to.text(file);
    }
    if let Some(line) = record.line() {
        to.key(Key::Line);
        to.number(u64::from(line));
    }
    if let Some(trace) = record.trace() {
        to.key(Key::TraceId);
        to.trace_id(trace.trace);
        to.key(Key::SpanId);
        to.span_id(trace.span);
    }
    if record.is_span() {
        of_span(record, to);
    }
    if let Some(link) = link {
        chain(&link, to);
    }
    to.close();
}

/// The hash comes last of all: it is of what stands before it.
fn chain(link: &Link, to: &mut impl Emit) {
    to.key(Key::Chain);
    to.open();
    to.key(Key::Id);
    to.span_id(link.chain);
    to.key(Key::Seq);
    to.number(link.seq);
    for (key, hash) in [(Key::Prev, link.prev), (Key::Hash, link.hash)] {
        let mut hex = Vec::with_capacity(64);
        number::hex_bytes(&hash, &mut hex);
        to.key(key);
        to.text(std::str::from_utf8(&hex).unwrap_or_default());
    }
    to.close();
}

fn of_span(record: &RecordView<'_>, to: &mut impl Emit) {
    let timings = record.timings().unwrap_or_default();
    for (key, nanos) in [
        (Key::DurationNs, timings.duration),
        (Key::BusyNs, timings.busy),
        (Key::IdleNs, timings.idle),
    ] {
        if let Some(nanos) = nanos {
            to.key(key);
            to.number(nanos);
        }
    }
    let phase = match record.moment() {
        Moment::Open => "open",
        Moment::Close => "close",
        Moment::Event => return,
    };
    to.key(Key::Phase);
    to.text(phase);
}

#[inline]
fn fields<'a>(fields: impl Iterator<Item = (&'a str, Value<'a>)>, to: &mut impl Emit) {
    let mut any = false;
    for (name, value) in fields {
        if value == Value::Missing {
            continue;
        }
        if !any {
            any = true;
            to.key(Key::Fields);
            to.open();
        }
        to.name(name);
        to.value(value);
    }
    if any {
        to.close();
    }
}

fn spans(record: &RecordView<'_>, to: &mut impl Emit) {
    if record.spans().len() == 0 {
        return;
    }
    to.key(Key::Spans);
    to.open_list();
    for span in record.spans() {
        to.item();
        to.open();
        to.key(Key::Name);
        to.text(span.name);
        to.key(Key::Id);
        to.span_id(span.id);
        fields(span.fields(), to);
        to.close();
    }
    to.close_list();
}

pub(super) fn gap(gap: &Gap, to: &mut impl Emit) {
    to.open();
    to.key(Key::Time);
    to.time(gap.to);
    to.key(Key::Kind);
    to.text("gap");
    to.key(Key::Sink);
    to.text(&gap.sink);
    to.key(Key::Lost);
    to.open();
    for (cause, records) in &gap.lost {
        to.name(cause.as_str());
        to.number(*records);
    }
    to.close();
    to.key(Key::From);
    to.time(gap.from);
    to.key(Key::To);
    to.time(gap.to);
    to.close();
}
