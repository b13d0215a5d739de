//! What keeps our own work out of the telemetry: marks on threads, a guard
//! against re-entrance, and a way to speak that no layer hears.
//!
//! A thread of ours is marked once; nothing it does is fed back. A thread inside
//! one of our callbacks is busy; a record that a user's `Debug` fires there is
//! dropped and counted, because taking it would go in circles. What Rheostat has
//! to say about itself goes to a hook, or to stderr, and never through `tracing`.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::io::Write as _;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::announce::{self, Announced};

/// The thread is one of ours.
const OURS: u8 = 1;
/// The thread is inside a callback of ours.
const BUSY: u8 = 2;

thread_local! {
    // Without a destructor, so that it works in the destructors of others.
    static STATE: Cell<u8> = const { Cell::new(0) };
}

static REENTRANT: AtomicU64 = AtomicU64::new(0);

/// Marks the calling thread as one of Rheostat's own: nothing that fires on it is seen, now or later.
pub fn mark_own_thread() {
    STATE.set(STATE.get() | OURS);
}

/// Whether the calling thread is one of Rheostat's own.
pub fn is_own_thread() -> bool {
    STATE.get() & OURS != 0
}

/// How many records were dropped because they fired inside a callback of ours: cause `reentrant`.
pub fn reentrant() -> u64 {
    REENTRANT.load(Ordering::Relaxed)
}

/// A callback of ours, from its begin to its drop; an announcement covers it.
#[derive(Debug)]
pub(crate) struct Callback {
    announced: Announced,
    /// The state to return to.
    before: u8,
    _of_this_thread: PhantomData<*const ()>,
}

impl Callback {
    /// Begins one for something that fired: `None` on a thread of ours, and inside another
    /// callback, where it is counted.
    #[inline]
    pub(crate) fn begin() -> Option<Self> {
        let state = STATE.get();
        if state != 0 {
            if state & (OURS | BUSY) == BUSY {
                REENTRANT.fetch_add(1, Ordering::Relaxed);
            }
            return None;
        }
        Some(Self::enter(state))
    }

    /// Begins one in the frequent case, in a few instructions: nothing runs on this thread, and it has been here
    /// before. `None` in every other case, and nothing has happened then: [`begin`](Self::begin) knows more.
    #[inline(always)]
    pub(crate) fn begin_plainly() -> Option<Self> {
        if STATE.get() != 0 {
            return None;
        }
        let announced = announce::enter_plainly()?;
        STATE.set(BUSY);
        Some(Self {
            announced,
            before: 0,
            _of_this_thread: PhantomData,
        })
    }

    /// Begins one for what must be done wherever it comes: closing a span, registering a callsite.
    #[inline]
    pub(crate) fn begin_always() -> Self {
        Self::enter(STATE.get())
    }

    #[inline]
    fn enter(before: u8) -> Self {
        STATE.set(before | BUSY);
        Self {
            announced: announce::enter(),
            before,
            _of_this_thread: PhantomData,
        }
    }

    /// The announcement that protects what is read.
    #[inline]
    pub(crate) fn announced(&self) -> &Announced {
        &self.announced
    }
}

impl Drop for Callback {
    #[inline]
    fn drop(&mut self) {
        STATE.set(self.before);
    }
}

/// Whether what fires on this thread now is to be left alone.
#[inline]
pub(crate) fn is_deaf() -> bool {
    STATE.get() != 0
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
