//! When the policy changed, and whether it may be applied.
//!
//! A [`Source`] says what the text of the policy is and when there is another
//! one; [`FileSource`] is the usual one. A [`Reloader`] offers a text to
//! whoever applies policies and remembers what came of it. A [`Watcher`] is
//! the thread that carries texts from the first to the second.
//!
//! ```text
//! Source ── wait ──▶ Watcher ── offer ──▶ Reloader ── apply ──▶ the engine
//!                                            │
//!                       the host's own ──────┘
//! ```
//!
//! Nothing here knows the policy language: a text is bytes, and whether it is
//! a good policy is for `apply` to say.

#![forbid(unsafe_code)]

mod error;
mod file;
mod reloader;
mod source;
mod status;
mod watcher;

pub use error::{SourceError, chain};
pub use file::FileSource;
pub use reloader::{Outcome, Reloader};
pub use source::{News, Source, Text, Waker};
pub use status::Status;
pub use watcher::{Tell, Watcher, WatcherOptions};
