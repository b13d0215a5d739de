//! The way of finished spans to one sink.
//!
//! A pipe is bounded, and whoever ends a span never waits at it, but where the
//! sink says `full = "block"`, and there for a second at most. One thread of
//! ours, marked so that nothing on it is recorded, empties all pipes; a pipe
//! whose sink was changed by a reload keeps what it holds and goes on with the
//! new settings.

mod queue;
mod retry;
mod settings;
mod waiting;
mod worker;

pub(crate) use queue::Pipe;
pub(crate) use settings::{Full, Settings};
pub(crate) use waiting::{Finished, note_thread};
pub(crate) use worker::Worker;
