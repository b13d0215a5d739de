//! One visit of a record's fields.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use bumpalo::Bump;
use tracing_core::field::{Field, Visit};
use tracing_core::{Event, span};

use super::{Blob, CapturePlan, Scratch};
use crate::scope::OpenSpan;
use crate::value::Value;

/// Where the values of a record come from.
#[derive(Clone, Copy)]
pub enum Fields<'a> {
    /// An event of `tracing`.
    Event(&'a Event<'a>),
    /// A span's fields given at open.
    Attributes(&'a span::Attributes<'a>),
    /// Fields that a span recorded later.
    Record(&'a span::Record<'a>),
    /// A record of the `log` crate: only its message.
    Log(&'a log::Record<'a>),
    /// Values already at hand, in the order of the callsite's fields: for tests and tools.
    Values(&'a [Value<'a>]),
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event(_) => "Fields::Event",
            Self::Attributes(_) => "Fields::Attributes",
            Self::Record(_) => "Fields::Record",
            Self::Log(_) => "Fields::Log",
            Self::Values(_) => "Fields::Values",
        })
    }
}

static DEBUG_PANICS: AtomicU64 = AtomicU64::new(0);

/// How many values could not be captured because formatting them panicked.
pub fn debug_panics() -> u64 {
    DEBUG_PANICS.load(Ordering::Relaxed)
}

/// Formats a value of the program's into `out`; `false` where that panicked, which is counted.
pub fn formatted(out: &mut impl fmt::Write, value: fmt::Arguments<'_>) -> bool {
    // A panic leaves at worst a text that is cut, which the caller drops.
    let written = catch_unwind(AssertUnwindSafe(|| {
        // What does not fit says so by an error, and that is known there.
        let _stopped = out.write_fmt(value);
    }));
    if written.is_err() {
        DEBUG_PANICS.fetch_add(1, Ordering::Relaxed);
    }
    written.is_ok()
}

/// Which slots a visit fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// All of them.
    All,
    /// Those that conditions and limits read.
    Judged,
    /// The others.
    Rest,
}

/// Fills the slots of a plan. A field that is not there stays `Missing`.
#[inline]
pub(crate) fn capture<'s>(
    plan: &CapturePlan,
    fields: Fields<'_>,
    stage: Stage,
    scratch: &'s Scratch,
) -> &'s [Value<'s>] {
    if plan.is_empty() {
        return &[];
    }
    let slots = scratch
        .bump()
        .alloc_slice_fill_copy(plan.len(), Value::Missing);
    if stage == Stage::Judged && !plan.has_judged() {
        return slots;
    }
    visit(plan, fields, stage, (slots, scratch.bump()))
}

/// Fills the slots that a visit of those judged left out.
pub(crate) fn capture_rest<'s>(
    plan: &CapturePlan,
    fields: Fields<'_>,
    judged: &[Value<'s>],
    scratch: &'s Scratch,
) -> &'s [Value<'s>] {
    let slots = scratch.bump().alloc_slice_copy(judged);
    visit(plan, fields, Stage::Rest, (slots, scratch.bump()))
}

fn visit<'s>(
    plan: &CapturePlan,
    fields: Fields<'_>,
    stage: Stage,
    (slots, bump): (&'s mut [Value<'s>], &'s Bump),
) -> &'s [Value<'s>] {
    let mut visitor = Visitor {
        plan,
        stage,
        slots,
        bump,
    };
    match fields {
        Fields::Event(event) => event.record(&mut visitor),
        Fields::Attributes(attributes) => attributes.record(&mut visitor),
        Fields::Record(record) => record.record(&mut visitor),
        Fields::Log(record) => {
            if let Some(slot) = visitor.slot(0) {
                visitor.format(slot, *record.args());
            }
        }
        Fields::Values(values) => {
            for (field, value) in values.iter().enumerate() {
                visitor.copy(field, *value);
            }
        }
    }
    visitor.slots
}

/// Fills the slots of a plan with what a span remembers; the last `record` wins.
pub(crate) fn fill_from_span<'s>(
    plan: &CapturePlan,
    span: &'s dyn OpenSpan,
    scratch: &'s Scratch,
) -> &'s [Value<'s>] {
    if plan.is_empty() {
        return &[];
    }
    let slots = scratch
        .bump()
        .alloc_slice_fill_copy(plan.len(), Value::Missing);
    let blobs = (0..).map_while(|nth| span.blob(nth));
    for (name, value) in blobs.flat_map(Blob::entries) {
        if let Some(slot) = plan.slot_named(name)
            && slots[slot] == Value::Missing
        {
            slots[slot] = value;
        }
    }
    slots
}

struct Visitor<'s, 'p> {
    plan: &'p CapturePlan,
    stage: Stage,
    slots: &'s mut [Value<'s>],
    bump: &'s Bump,
}

impl<'s> Visitor<'s, '_> {
    /// The slot of a field, if this visit fills it.
    #[inline]
    fn slot(&self, field: usize) -> Option<usize> {
        let slot = self.plan.slot_of(field)?;
        let fills = match self.stage {
            Stage::All => true,
            Stage::Judged => self.plan.is_judged(slot),
            Stage::Rest => !self.plan.is_judged(slot),
        };
        fills.then_some(slot)
    }

    #[inline]
    fn set(&mut self, field: &Field, value: Value<'s>) {
        if let Some(slot) = self.slot(field.index()) {
            self.slots[slot] = value;
        }
    }

    fn copy(&mut self, field: usize, value: Value<'_>) {
        let Some(slot) = self.slot(field) else {
            return;
        };
        self.slots[slot] = copied(value, self.bump, self.plan.limit());
    }

    /// Formats into a slot, stops at the limit, and survives a panic of what is formatted.
    fn format(&mut self, slot: usize, text: fmt::Arguments<'_>) {
        let mut out = Limited {
            text: bumpalo::collections::String::new_in(self.bump),
            left: self.plan.limit(),
        };
        self.slots[slot] = if formatted(&mut out, text) {
            Value::Formatted(out.text.into_bump_str())
        } else {
            Value::Missing
        };
    }
}

impl Visit for Visitor<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, Value::F64(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Value::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, Value::U64(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.set(field, Value::I128(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.set(field, Value::U128(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, Value::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.copy(field.index(), Value::Text(value));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.copy(field.index(), Value::Bytes(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let Some(slot) = self.slot(field.index()) else {
            return;
        };
        self.format(slot, format_args!("{value}"));
        if let Value::Formatted(text) = self.slots[slot] {
            self.slots[slot] = Value::Error(text);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let Some(slot) = self.slot(field.index()) else {
            return;
        };
        self.format(slot, format_args!("{value:?}"));
    }
}

/// Copies what a value points at.
pub(crate) fn copied<'s>(value: Value<'_>, bump: &'s Bump, limit: usize) -> Value<'s> {
    let text = |text: &str| -> &'s str { bump.alloc_str(cut(text, limit)) };
    match value {
        Value::Text(value) => Value::Text(text(value)),
        Value::Formatted(value) => Value::Formatted(text(value)),
        Value::Error(value) => Value::Error(text(value)),
        Value::Bytes(value) => {
            Value::Bytes(bump.alloc_slice_copy(&value[..value.len().min(limit)]))
        }
        Value::Missing => Value::Missing,
        Value::Bool(value) => Value::Bool(value),
        Value::I64(value) => Value::I64(value),
        Value::U64(value) => Value::U64(value),
        Value::I128(value) => Value::I128(value),
        Value::U128(value) => Value::U128(value),
        Value::F64(value) => Value::F64(value),
        Value::Duration(value) => Value::Duration(value),
        Value::Size(value) => Value::Size(value),
    }
}

/// The text, or as much of it as fits, cut between characters.
fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

struct Limited<'s> {
    text: bumpalo::collections::String<'s>,
    left: usize,
}

impl fmt::Write for Limited<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let part = cut(text, self.left);
        self.text.push_str(part);
        self.left -= part.len();
        if part.len() < text.len() {
            self.left = 0;
            return Err(fmt::Error);
        }
        Ok(())
    }
}
