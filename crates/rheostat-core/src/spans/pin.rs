//! Keeping a span open in the inner subscriber for the moment in which something is made inside it.
//!
//! A span that only we keep may be named as a parent. The inner subscriber is
//! then given the nearest ancestor that it knows, which nobody promised to hold:
//! another thread may be dropping its last handle. So the ancestor is pinned;
//! a close that comes meanwhile is left to whoever unpins; and where a close is
//! under way the ancestor counts as gone. Nobody waits.

use super::slot::Slot;
use crate::sync::Ordering;

const PIN: u64 = 1;
const POSTPONED: u64 = 1 << 21;
const CLOSER: u64 = 1 << 42;
const PINS: u64 = POSTPONED - 1;
const CLOSERS: u64 = !(CLOSER - 1);

impl Slot {
    /// The inner id, held open until [`unpin`](Self::unpin); `None` where it is gone or going, or stands
    /// for a span that only we keep.
    pub(crate) fn pin(&self) -> Option<u64> {
        if self.stand_in().is_some() {
            return None;
        }
        // Acquire: a close that has ended is seen whole, and the span is not taken for open.
        let pinned = self
            .pins
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |pins| {
                (pins & CLOSERS == 0).then_some(pins + PIN)
            });
        pinned.ok()?;
        let inner = self.inner();
        if inner.is_none() {
            // Gone for good, so nobody closes it any more and nothing was postponed.
            let _nothing_was_postponed = self.unpin();
        }
        inner
    }

    /// Lets go; as many closes as this says were postponed and are the caller's to carry out.
    #[must_use = "the closes that were postponed must be carried out"]
    pub(crate) fn unpin(&self) -> u64 {
        // Release: a close that begins after this comes after what was made inside. Acquire: so does a close
        // that was postponed after what its thread had done.
        let before = self
            .pins
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |pins| {
                Some(match pins & PINS {
                    // The last one takes the postponed closes with it.
                    PIN => pins & CLOSERS,
                    _ => pins - PIN,
                })
            })
            .unwrap_or(0);
        match before & PINS {
            PIN => (before & !CLOSERS) / POSTPONED,
            _ => 0,
        }
    }

    /// Before the inner subscriber is told of a handle less; `false`: it is postponed.
    pub(crate) fn begin_close(&self) -> bool {
        // The other ends of `unpin`.
        self.pins
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |pins| {
                Some(match pins & PINS {
                    0 => pins + CLOSER,
                    _ => pins + POSTPONED,
                })
            })
            .is_ok_and(|before| before & PINS == 0)
    }

    /// After the inner subscriber was told.
    pub(crate) fn end_close(&self) {
        // Release: the other end of `pin`.
        self.pins.fetch_sub(CLOSER, Ordering::Release);
    }
}
