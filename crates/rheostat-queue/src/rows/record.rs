//! Columns that hold one value of a record.

use rheostat_core::Value;
use rheostat_core::flow::{Moment, RecordView};
use rheostat_core::sink::Gap;

/// What of a record such a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfRecord {
    /// The nanoseconds of its second, beside a time that has none.
    TimeNs,
    /// Its level.
    Level,
    /// Its target.
    Target,
    /// Its class, else its callsite's name.
    Name,
    /// `event`, `span` or `gap`.
    Kind,
    /// Its message.
    Message,
    /// The rule that brought it.
    Rule,
    /// How many records it stands for.
    Weight,
    /// Its number on its thread.
    Seq,
    /// Its thread.
    Thread,
    /// The file of its callsite.
    File,
    /// The line of its callsite.
    Line,
    /// The trace, in hex.
    TraceId,
    /// The span of the trace, in hex.
    SpanId,
    /// Of a span: from open to close.
    DurationNs,
    /// Of a span: the time entered.
    BusyNs,
    /// Of a span: the time not entered.
    IdleNs,
    /// Of a span: `open` or `close`.
    Phase,
    /// Its number in the queue, the same at each attempt.
    Id,
}

impl OfRecord {
    /// What a column of that name holds.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "time_ns" => Self::TimeNs,
            "level" => Self::Level,
            "target" => Self::Target,
            "name" => Self::Name,
            "kind" => Self::Kind,
            "message" => Self::Message,
            "rule" => Self::Rule,
            "weight" => Self::Weight,
            "seq" => Self::Seq,
            "thread" => Self::Thread,
            "file" => Self::File,
            "line" => Self::Line,
            "trace_id" => Self::TraceId,
            "span_id" => Self::SpanId,
            "duration_ns" => Self::DurationNs,
            "busy_ns" => Self::BusyNs,
            "idle_ns" => Self::IdleNs,
            "phase" => Self::Phase,
            "id" => Self::Id,
            _ => return None,
        })
    }

    /// Whether it is a number; all others are texts.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::TimeNs
                | Self::Weight
                | Self::Seq
                | Self::Line
                | Self::DurationNs
                | Self::BusyNs
                | Self::IdleNs
        )
    }

    /// Hands its value to `put`.
    #[inline]
    pub fn of<T>(self, record: &RecordView<'_>, put: impl FnOnce(Value<'_>) -> T) -> T {
        let nanos = |nanos: Option<u64>| nanos.map_or(Value::Missing, Value::U64);
        let timings = || record.timings().unwrap_or_default();
        let made;
        put(match self {
            Self::TimeNs => Value::U64(record.time() % 1_000_000_000),
            Self::Level => Value::Text(record.level().as_str()),
            Self::Target => Value::Text(record.target()),
            Self::Name => Value::Text(record.name()),
            Self::Kind => Value::Text(if record.is_span() { "span" } else { "event" }),
            Self::Message => record.message().unwrap_or(Value::Missing),
            Self::Rule => Value::Text(record.rule()),
            Self::Weight => Value::F64(record.weight()),
            Self::Seq => Value::U64(record.seq()),
            Self::Thread => Value::Text(record.thread()),
            Self::File => record.file().map_or(Value::Missing, Value::Text),
            Self::Line => {
                let line = record.line();
                line.map_or(Value::Missing, |line| Value::U64(line.into()))
            }
            Self::DurationNs => nanos(timings().duration),
            Self::BusyNs => nanos(timings().busy),
            Self::IdleNs => nanos(timings().idle),
            Self::Phase => match record.moment() {
                Moment::Event => Value::Missing,
                Moment::Open => Value::Text("open"),
                Moment::Close => Value::Text("close"),
            },
            Self::Id => {
                made = record.id().to_string();
                Value::Text(&made)
            }
            Self::TraceId | Self::SpanId => match record.trace() {
                None => Value::Missing,
                Some(trace) => {
                    made = match self {
                        Self::TraceId => format!("{:032x}", trace.trace),
                        _ => format!("{:016x}", trace.span),
                    };
                    Value::Text(&made)
                }
            },
        })
    }

    /// The same of the row that tells of records that went missing.
    pub fn of_gap<T>(self, gap: &Gap, put: impl FnOnce(Value<'_>) -> T) -> T {
        let made;
        put(match self {
            Self::TimeNs => Value::U64(gap.to % 1_000_000_000),
            Self::Kind => Value::Text("gap"),
            Self::Level => Value::Text("warn"),
            Self::Message => Value::Text("records went missing before this"),
            Self::Id => {
                made = format!("gap-{}-{}-{}", gap.sink, gap.from, gap.to);
                Value::Text(&made)
            }
            _ => Value::Missing,
        })
    }

    /// The fields of that row: how many went missing by cause, and between when.
    pub fn fields_of_gap(gap: &Gap) -> Vec<(&str, Value<'_>)> {
        let lost = gap.lost.iter();
        let lost = lost.map(|(cause, records)| (cause.as_str(), Value::U64(*records)));
        lost.chain([
            ("sink", Value::Text(&gap.sink)),
            ("from", Value::U64(gap.from)),
            ("to", Value::U64(gap.to)),
        ])
        .collect()
    }
}
