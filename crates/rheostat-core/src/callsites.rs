//! The callsites of this process, by number: an append-only list.
//!
//! Reading and adding take no lock, so both are safe inside `register_callsite`, where a
//! thread that logs must never be waited for, and in a forked child.

use std::borrow::Cow;
use std::sync::Arc;

use rheostat_policy::model::Level;
use tracing_core::Metadata;

use crate::callsite::{Callsite, CallsiteId, CallsiteKind};
use crate::lasting::Lasting;

static ALL: Lasting<Arc<Callsite>> = Lasting::new();

/// How many callsites have a number, or are about to.
pub fn count() -> u32 {
    ALL.count()
}

/// All callsites so far, in order of their numbers.
pub fn all() -> impl Iterator<Item = &'static Arc<Callsite>> {
    (0..count()).filter_map(|number| get(CallsiteId(number)))
}

/// The callsite of that number.
#[inline]
pub fn get(id: CallsiteId) -> Option<&'static Arc<Callsite>> {
    ALL.get(id.0)
}

/// The callsite that `tracing` describes so; it gets a number if it has none.
///
/// `None` once the numbers are used up.
pub fn of(metadata: &'static Metadata<'static>) -> Option<&'static Arc<Callsite>> {
    // Metadata lies in static memory, aligned to words; the multiplication spreads it.
    let hash =
        (std::ptr::from_ref(metadata).addr() as u64 >> 3).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ALL.find_or_add(
        hash >> 32,
        |callsite| {
            callsite
                .metadata
                .is_some_and(|known| std::ptr::eq(known, metadata))
        },
        |number| Arc::new(describe(CallsiteId(number), metadata)),
    )
}

/// A new number for a place from which `log` records come.
///
/// The caller bounds how many of these there are: a number is never given back.
pub(crate) fn of_log(make: impl FnOnce(CallsiteId) -> Callsite) -> Option<&'static Arc<Callsite>> {
    ALL.add(|number| Arc::new(make(CallsiteId(number))))
}

fn describe(id: CallsiteId, metadata: &'static Metadata<'static>) -> Callsite {
    Callsite {
        id,
        kind: kind_of(metadata),
        name: Cow::Borrowed(metadata.name()),
        target: Cow::Borrowed(metadata.target()),
        module: metadata.module_path().map(Cow::Borrowed),
        file: metadata.file().map(Cow::Borrowed),
        line: metadata.line(),
        level: level_of(*metadata.level()),
        fields: metadata.fields().iter().map(|field| field.name()).collect(),
        metadata: Some(metadata),
    }
}

/// The kind of a callsite of `tracing`.
pub(crate) fn kind_of(metadata: &Metadata<'_>) -> CallsiteKind {
    if is_hint(metadata) {
        CallsiteKind::Hint
    } else if metadata.is_span() {
        CallsiteKind::Span
    } else if metadata.is_event() {
        CallsiteKind::Event
    } else {
        CallsiteKind::Hint
    }
}

/// Whether `enabled!`, `event_enabled!` or `span_enabled!` made it: they set a
/// bit that metadata does not show, and write a name that nothing else has.
fn is_hint(metadata: &Metadata<'_>) -> bool {
    if !metadata.is_span() && !metadata.is_event() {
        return true;
    }
    let (Some(file), Some(line)) = (metadata.file(), metadata.line()) else {
        return false;
    };
    metadata
        .name()
        .strip_prefix("enabled ")
        .and_then(|place| place.strip_prefix(file))
        .and_then(|line| line.strip_prefix(':'))
        .is_some_and(|written| written.parse() == Ok(line))
}

/// The policy's word for a level of `tracing`.
pub(crate) fn level_of(level: tracing_core::Level) -> Level {
    match level {
        tracing_core::Level::ERROR => Level::Error,
        tracing_core::Level::WARN => Level::Warn,
        tracing_core::Level::INFO => Level::Info,
        tracing_core::Level::DEBUG => Level::Debug,
        tracing_core::Level::TRACE => Level::Trace,
    }
}
