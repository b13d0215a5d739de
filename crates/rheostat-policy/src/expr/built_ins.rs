//! The built-in values: their names, types and one line about each.

use super::BuiltIn;
use super::ty::Ty;

/// One built-in value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltInDef {
    /// Which.
    pub is: BuiltIn,
    /// Its name without the `@`.
    pub name: &'static str,
    /// What it gives.
    pub ty: Ty,
    /// Which records have it.
    pub of: BuiltInOf,
    /// One line: what it is.
    pub doc: &'static str,
    /// Known and checked, then refused.
    pub not_in_this_build: bool,
}

/// Which records have a built-in value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltInOf {
    /// Events and spans.
    Any,
    /// Spans, when they close.
    ClosedSpan,
    /// Events within a span that the rule's `within` names.
    Event,
    /// Gauges: it counts spans and belongs to no record.
    Gauge,
}

const fn def(
    is: BuiltIn,
    name: &'static str,
    ty: Ty,
    of: BuiltInOf,
    doc: &'static str,
) -> BuiltInDef {
    BuiltInDef {
        is,
        name,
        ty,
        of,
        doc,
        not_in_this_build: matches!(is, BuiltIn::Cpu | BuiltIn::AllocBytes),
    }
}

use BuiltInOf::{Any, ClosedSpan, Event, Gauge};

/// All of them, in the order of the reference.
pub const BUILT_INS: [BuiltInDef; 25] = [
    def(
        BuiltIn::Level,
        "level",
        Ty::Text,
        Any,
        "the level, in lower case: error, warn, info, debug or trace",
    ),
    def(
        BuiltIn::Target,
        "target",
        Ty::Text,
        Any,
        "the target, the module's path unless the program says otherwise",
    ),
    def(
        BuiltIn::Module,
        "module",
        Ty::Text,
        Any,
        "the path of the module the callsite stands in",
    ),
    def(
        BuiltIn::File,
        "file",
        Ty::Text,
        Any,
        "the source file, as the compiler saw it",
    ),
    def(
        BuiltIn::Line,
        "line",
        Ty::Number,
        Any,
        "the line in the source file",
    ),
    def(
        BuiltIn::Name,
        "name",
        Ty::Text,
        Any,
        "the name of the span or event",
    ),
    def(BuiltIn::Kind, "kind", Ty::Text, Any, "event, span or hint"),
    def(
        BuiltIn::Message,
        "message",
        Ty::Text,
        Any,
        "the message, formatted",
    ),
    def(
        BuiltIn::Thread,
        "thread",
        Ty::Text,
        Any,
        "the name of the thread",
    ),
    def(
        BuiltIn::Time,
        "time",
        Ty::Unknown,
        Any,
        "the moment of the record",
    ),
    def(
        BuiltIn::Callsite,
        "callsite",
        Ty::Text,
        Any,
        "the callsite, as target@file:line",
    ),
    def(
        BuiltIn::TraceId,
        "trace_id",
        Ty::Text,
        Any,
        "the id of the trace, where there is one",
    ),
    def(
        BuiltIn::SpanId,
        "span_id",
        Ty::Text,
        Any,
        "the id of the span, where there is one",
    ),
    def(
        BuiltIn::Span,
        "span",
        Ty::Text,
        Any,
        "the name of the span that `within` found",
    ),
    def(
        BuiltIn::Duration,
        "duration",
        Ty::Duration,
        ClosedSpan,
        "from open to close",
    ),
    def(
        BuiltIn::Active,
        "active",
        Ty::Duration,
        ClosedSpan,
        "from the first enter to the last exit",
    ),
    def(
        BuiltIn::Busy,
        "busy",
        Ty::Duration,
        ClosedSpan,
        "how long it was entered",
    ),
    def(
        BuiltIn::Idle,
        "idle",
        Ty::Duration,
        ClosedSpan,
        "how long it was open and not entered",
    ),
    def(
        BuiltIn::Polls,
        "polls",
        Ty::Number,
        ClosedSpan,
        "how often it was entered",
    ),
    def(
        BuiltIn::Events,
        "events",
        Ty::Number,
        ClosedSpan,
        "how many events it saw",
    ),
    def(
        BuiltIn::Error,
        "error",
        Ty::Bool,
        ClosedSpan,
        "whether something in it failed",
    ),
    def(
        BuiltIn::Cpu,
        "cpu",
        Ty::Duration,
        ClosedSpan,
        "processor time spent in it",
    ),
    def(
        BuiltIn::AllocBytes,
        "alloc_bytes",
        Ty::Size,
        ClosedSpan,
        "bytes allocated in it",
    ),
    def(
        BuiltIn::Open,
        "open",
        Ty::Number,
        Gauge,
        "how many spans are open now",
    ),
    def(
        BuiltIn::Elapsed,
        "elapsed",
        Ty::Duration,
        Event,
        "since the span that `within` found was opened",
    ),
];

impl BuiltIn {
    /// Its entry in [`BUILT_INS`].
    pub fn def(self) -> &'static BuiltInDef {
        // The table lists every variant; a test walks it.
        BUILT_INS
            .iter()
            .find(|def| def.is == self)
            .unwrap_or(&BUILT_INS[0])
    }

    /// Its name without the `@`.
    pub fn name(self) -> &'static str {
        self.def().name
    }

    /// The built-in of this name, given without the `@`.
    pub fn named(name: &str) -> Option<Self> {
        BUILT_INS
            .iter()
            .find(|def| def.name == name)
            .map(|def| def.is)
    }
}

/// What other systems call a built-in, and its name here.
pub(super) const ALIASES: [(&str, &str); 16] = [
    ("lvl", "level"),
    ("severity", "level"),
    ("msg", "message"),
    ("module_path", "module"),
    ("elapsed_time", "elapsed"),
    ("latency", "duration"),
    ("took", "duration"),
    ("timestamp", "time"),
    ("ts", "time"),
    ("now", "time"),
    ("thread_name", "thread"),
    ("traceid", "trace_id"),
    ("trace", "trace_id"),
    ("spanid", "span_id"),
    ("err", "error"),
    ("span_name", "span"),
];

/// The fields of the bridge from the `log` crate, and what to write for each.
pub(super) const LOG_FIELDS: [(&str, &str); 4] = [
    ("log.target", "@target"),
    ("log.module_path", "@module"),
    ("log.file", "@file"),
    ("log.line", "@line"),
];
