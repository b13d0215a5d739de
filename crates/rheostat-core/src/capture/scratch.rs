//! Room for the values of one record, kept by the thread for the next one.

use std::cell::Cell;

use bumpalo::Bump;

/// Room in which one record's values live while it is judged and handed out.
///
/// It grows to what the largest record needed and is emptied after each one, so
/// that in the long run nothing is allocated.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) bump: Bump,
}

impl Scratch {
    /// Empty room.
    pub fn new() -> Self {
        Self::default()
    }
}

/// Room that grew beyond this is given back rather than kept.
const KEPT_BYTES: usize = 256 * 1024;

thread_local! {
    static IDLE: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Runs with the thread's room; a nested call, or one while the thread ends, gets room of its own.
pub(crate) fn with_scratch<R>(run: impl FnOnce(&Scratch) -> R) -> R {
    let mut scratch = IDLE.try_with(Cell::take).ok().flatten().unwrap_or_default();
    let result = run(&scratch);
    if scratch.bump.allocated_bytes() <= KEPT_BYTES {
        scratch.bump.reset();
        let _ended_thread_keeps_nothing = IDLE.try_with(|idle| idle.set(Some(scratch)));
    }
    result
}
