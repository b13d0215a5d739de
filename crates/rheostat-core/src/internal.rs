//! What keeps our own work out of the telemetry: marks on threads, a guard
//! against re-entrance, and a way to speak that no layer hears.
//!
//! A thread of ours is marked once; nothing it does is fed back. A thread inside
//! one of our callbacks is busy; a record that a user's `Debug` fires there is
//! dropped and counted, because taking it would go in circles. What Rheostat has
//! to say about itself goes to a hook, or to stderr, and never through `tracing`.

use std::collections::HashSet;
use std::fmt;
use std::io::Write as _;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::announce::{self, Announced, BUSY, OURS, Protection};

static REENTRANT: AtomicU64 = AtomicU64::new(0);

/// Marks the calling thread as one of Rheostat's own: nothing that fires on it is seen, now or later.
pub fn mark_own_thread() {
    announce::mark(OURS, OURS);
}

/// Whether the calling thread is one of Rheostat's own.
pub fn is_own_thread() -> bool {
    announce::marks(OURS) != 0
}

/// How many records were dropped because they fired inside a callback of ours: cause `reentrant`.
pub fn reentrant() -> u64 {
    REENTRANT.load(Ordering::Relaxed)
}

/// A callback of ours, from its begin to its drop; an announcement covers it.
#[derive(Debug)]
pub(crate) struct Callback {
    _announced: Announced,
    /// Whether the thread was busy before.
    before: usize,
    _of_this_thread: PhantomData<*const ()>,
}

// SAFETY: its announcement lasts as long as it does.
unsafe impl Protection for Callback {}

impl Callback {
    /// Begins one for something that fired: `None` on a thread of ours, and inside another
    /// callback, where it is counted.
    #[inline]
    pub(crate) fn begin() -> Option<Self> {
        let marks = announce::marks(OURS | BUSY);
        if marks != 0 {
            if marks == BUSY {
                REENTRANT.fetch_add(1, Ordering::Relaxed);
            }
            return None;
        }
        Some(Self::enter(marks))
    }

    /// Begins one for what must be done wherever it comes: closing a span, registering a callsite.
    #[inline]
    pub(crate) fn begin_always() -> Self {
        Self::enter(announce::marks(BUSY))
    }

    #[inline]
    fn enter(before: usize) -> Self {
        announce::mark(BUSY, BUSY);
        Self {
            _announced: announce::enter(),
            before,
            _of_this_thread: PhantomData,
        }
    }
}

impl Drop for Callback {
    #[inline]
    fn drop(&mut self) {
        announce::mark(BUSY, self.before);
    }
}

/// Whether what fires on this thread now is to be left alone.
#[inline]
pub(crate) fn is_deaf() -> bool {
    announce::marks(OURS | BUSY) != 0
}

/// Something Rheostat has to say about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, stable; one of a kind is shown once.
    pub code: &'static str,
    /// What happened, where, why, and what to do next.
    pub text: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rheostat: {}", self.text)
    }
}

type Hook = Arc<dyn Fn(&Notice) + Send + Sync>;

static HOOK: Mutex<Option<Hook>> = Mutex::new(None);
static SHOWN: Mutex<Option<HashSet<Notice>>> = Mutex::new(None);

/// Sends notices to a hook instead of stderr; `None` sends them to stderr again.
pub fn set_notice_hook(hook: Option<Hook>) {
    *HOOK.lock().unwrap_or_else(PoisonError::into_inner) = hook;
}

/// Says something, unless the very same was said before. For cold paths: it may write to stderr.
pub fn notice(notice: &Notice) {
    let fresh = SHOWN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_or_insert_default()
        .insert(notice.clone());
    if !fresh {
        return;
    }
    let hook = HOOK.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match hook {
        Some(hook) => hook(notice),
        None => {
            // Where stderr is closed there is nobody left to tell.
            let _nobody = writeln!(std::io::stderr().lock(), "{notice}");
        }
    }
}

impl std::hash::Hash for Notice {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.code, &self.text).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_inside_a_callback_is_dropped_and_counted() {
        let before = reentrant();
        let outer = Callback::begin().expect("nothing is running");
        assert!(Callback::begin().is_none());
        assert!(reentrant() > before);
        drop(Callback::begin_always());
        assert!(Callback::begin().is_none());
        drop(outer);
        assert!(Callback::begin().is_some());
    }

    #[test]
    fn nothing_fires_on_a_thread_of_ours() {
        std::thread::spawn(|| {
            mark_own_thread();
            assert!(Callback::begin().is_none());
            drop(Callback::begin_always());
            assert!(is_own_thread());
        })
        .join()
        .unwrap();
    }
}
