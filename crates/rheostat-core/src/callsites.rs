//! The callsites of this process, by number: an append-only list.
//!
//! Reading by number takes no lock. Adding takes one that nobody holds while
//! anything else is called, so it is safe inside `register_callsite`, where a
//! thread that logs must never be waited for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rheostat_policy::model::Level;
use tracing_core::Metadata;

use crate::callsite::{Callsite, CallsiteId, CallsiteKind};

/// The first block holds this many; each further one twice as many as the one before.
const FIRST_BLOCK: u32 = 64;
/// Together more than two to the thirtieth.
const BLOCKS: usize = 24;

type Block = Box<[OnceLock<Arc<Callsite>>]>;

static BLOCKS_OF_ALL: [OnceLock<Block>; BLOCKS] = [const { OnceLock::new() }; BLOCKS];
static COUNT: AtomicU32 = AtomicU32::new(0);
static BY_METADATA: Mutex<Option<HashMap<usize, CallsiteId>>> = Mutex::new(None);

/// How many callsites have a number.
pub fn count() -> u32 {
    COUNT.load(Ordering::Acquire)
}

/// All callsites so far, in order of their numbers.
pub fn all() -> impl Iterator<Item = &'static Arc<Callsite>> {
    (0..count()).filter_map(|number| get(CallsiteId(number)))
}

/// The callsite of that number.
#[inline]
pub fn get(id: CallsiteId) -> Option<&'static Arc<Callsite>> {
    let (block, position) = place(id.0);
    BLOCKS_OF_ALL.get(block)?.get()?.get(position)?.get()
}

/// The callsite that `tracing` describes so; it gets a number if it has none.
///
/// `None` once the numbers are used up.
pub fn of(metadata: &'static Metadata<'static>) -> Option<&'static Arc<Callsite>> {
    let mut known = BY_METADATA.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    let key = std::ptr::from_ref(metadata).addr();
    if let Some(id) = known.get(&key) {
        return get(*id);
    }
    let callsite = append(|id| describe(id, metadata))?;
    known.insert(key, callsite.id);
    Some(callsite)
}

/// A new number for what `make` describes. The list's lock is held or the caller is the only one.
fn append(make: impl FnOnce(CallsiteId) -> Callsite) -> Option<&'static Arc<Callsite>> {
    let number = COUNT.load(Ordering::Relaxed);
    let (block, position) = place(number);
    let size = (FIRST_BLOCK as usize) << block;
    let block = BLOCKS_OF_ALL
        .get(block)?
        .get_or_init(|| (0..size).map(|_| OnceLock::new()).collect());
    let callsite = block
        .get(position)?
        .get_or_init(|| Arc::new(make(CallsiteId(number))));
    COUNT.store(number + 1, Ordering::Release);
    Some(callsite)
}

/// A new number for a place from which `log` records come.
///
/// The caller bounds how many of these there are: a number is never given back.
pub(crate) fn of_log(make: impl FnOnce(CallsiteId) -> Callsite) -> Option<&'static Arc<Callsite>> {
    let _lock = BY_METADATA.lock().unwrap_or_else(PoisonError::into_inner);
    append(make)
}

/// The block and the position in it of a number.
fn place(number: u32) -> (usize, usize) {
    let shifted = u64::from(number) + u64::from(FIRST_BLOCK);
    let block = shifted.ilog2() - FIRST_BLOCK.ilog2();
    let position = shifted - (u64::from(FIRST_BLOCK) << block);
    (
        block as usize,
        usize::try_from(position).unwrap_or(usize::MAX),
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_double_and_leave_no_gap() {
        assert_eq!(place(0), (0, 0));
        assert_eq!(place(63), (0, 63));
        assert_eq!(place(64), (1, 0));
        assert_eq!(place(191), (1, 127));
        assert_eq!(place(192), (2, 0));
    }
}
