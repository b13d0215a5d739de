//! Announcements: how a thread says "I am reading" with two stores, and how a
//! writer learns that everybody who could still see an old value has left.
//!
//! A reader announces itself in a cache line of its own: a store, a compiler
//! fence, then it loads whatever pointer it is after; a store when it leaves.
//! Nested readers announce nothing. A writer unlinks the old value, issues one
//! heavy barrier on behalf of all threads, and notes who is inside: when each
//! of those has moved on, nobody can hold the old value, and it may be freed.
//!
//! ```text
//! reader   turn = odd │ load pointer … use it │ turn = even
//! writer        swap pointer ── barrier ── note odd turns ── … all changed? free
//! ```
//!
//! A thread that idles or has ended holds nothing back. One that is stuck
//! inside delays freeing and nothing else. Where the system has no
//! `membarrier`, readers pay for a real fence instead.

mod barrier;
mod grace;
mod here;
mod list;
#[cfg(all(loom, test))]
mod model;
mod slot;
mod thread;

pub use grace::Grace;
pub(crate) use here::{BUSY, OURS, mark, marks};
pub use thread::{Announced, enter};
pub(crate) use thread::{Plain, Protection};
