//! The spans that the calling thread is inside of, innermost last.
//!
//! Exits may come out of order, on another thread, or for spans that were never
//! entered here; what does not fit is left alone. A span entered twice counts
//! once, as in the Registry. While the thread ends there is no current span.

use std::cell::RefCell;

use crate::clock::Stamp;
use crate::spans::{self, Key, Slot};

/// One enter that has not been exited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entered {
    /// Whose span it is.
    pub(crate) engine: u32,
    /// The span's id as the program knows it.
    pub(crate) outer: u64,
    /// Our key, where we keep the span.
    pub(crate) key: Option<Key>,
    /// When it was entered, where that is measured.
    pub(crate) since: Option<Stamp>,
    /// It was entered on this thread already.
    again: bool,
}

thread_local! {
    static ENTERED: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}

/// Runs with the thread's stack; `None` while the thread ends.
#[inline]
fn with<R>(run: impl FnOnce(&mut Vec<Entered>) -> R) -> Option<R> {
    // Nothing that runs here calls out, so the borrow is never refused.
    ENTERED
        .try_with(|entered| Some(run(&mut *entered.try_borrow_mut().ok()?)))
        .ok()?
}

/// An enter.
#[inline]
pub(crate) fn push(engine: u32, outer: u64, key: Option<Key>, since: Option<Stamp>) {
    with(|entered| {
        let again = entered
            .iter()
            .any(|other| other.outer == outer && other.engine == engine);
        entered.push(Entered {
            engine,
            outer,
            key,
            since,
            again,
        });
    });
}

/// An exit: the latest enter of that span, if there is one on this thread.
#[inline]
pub(crate) fn pop(engine: u32, outer: u64) -> Option<Entered> {
    with(|entered| {
        let at = entered
            .iter()
            .rposition(|other| other.outer == outer && other.engine == engine)?;
        Some(entered.remove(at))
    })?
}

/// Whether the innermost span entered on this thread is that one of an engine.
#[inline]
pub(crate) fn is_innermost(engine: u32, outer: u64) -> bool {
    with(|entered| {
        entered
            .last()
            .is_some_and(|last| last.outer == outer && last.engine == engine)
    })
    .unwrap_or(false)
}

/// The nearest span entered on this thread that the engine keeps and that is open still.
#[inline]
pub(crate) fn nearest(engine: u32) -> Option<&'static Slot> {
    with(|entered| {
        entered
            .iter()
            .rev()
            .filter(|entered| entered.engine == engine && !entered.again)
            .filter_map(|entered| spans::all().find(entered.key?))
            // An id of another engine's may have been entered here.
            .find(|slot| slot.engine() == engine)
    })?
}

/// The innermost span of an engine, kept or not.
pub(crate) fn innermost(engine: u32, alive: impl Fn(&Entered) -> bool) -> Option<Entered> {
    with(|entered| {
        entered
            .iter()
            .rev()
            .find(|entered| entered.engine == engine && !entered.again && alive(entered))
            .copied()
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(engine: u32) -> Option<u64> {
        innermost(engine, |_| true).map(|entered| entered.outer)
    }

    #[test]
    fn exits_out_of_order_leave_the_others_entered() {
        for outer in [1, 2, 3] {
            push(900, outer, None, None);
        }
        assert!(pop(900, 2).is_some());
        assert_eq!(top(900), Some(3));
        assert!(pop(900, 3).is_some());
        assert_eq!(top(900), Some(1));
        assert!(pop(900, 1).is_some());
        assert_eq!(top(900), None);
    }

    #[test]
    fn an_exit_without_an_enter_changes_nothing() {
        push(901, 1, None, None);
        assert!(pop(901, 9).is_none());
        assert!(pop(902, 1).is_none());
        assert_eq!(top(901), Some(1));
        pop(901, 1);
    }

    #[test]
    fn a_span_entered_twice_counts_once() {
        push(903, 1, None, None);
        push(903, 2, None, None);
        push(903, 1, None, None);
        assert_eq!(top(903), Some(2));
        pop(903, 1);
        assert_eq!(top(903), Some(2));
        pop(903, 2);
        pop(903, 1);
    }
}
