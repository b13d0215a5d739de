//! How records wait, batch, retry, get dropped and get flushed on their way to a sink.
//!
//! ```text
//!  rings ─▶ drainer ─▶ Inbox ─▶ Courier ─▶ Sink      (one Inbox, one thread a sink)
//! ```
//!
//! **What is lost, and when.** Without a spool, *accepted* means in memory. A
//! full queue drops what comes (`drop_new`), the oldest (`drop_old`), or makes
//! the firing thread wait for at most [`BLOCK_LIMIT`] (`block`). A batch that a
//! sink cannot take is tried again for as long as `retry.for` says, then
//! dropped. Every drop is counted in the ledger, and the next batch that
//! arrives begins with a gap that says how many went missing.
//! With a spool, *accepted* means on disk: what is there outlives the process
//! and is tried for as long as there is room. Durable records are linked by
//! hashes when they are accepted; `docs/audit.md` tells of the trail they make.
//!
//! `format` holds the line formats that sinks of bytes share, `rows` the columns of sinks with tables.

#![forbid(unsafe_code)]

mod backoff;
mod chain;
mod courier;
mod dead_letters;
mod drainer;
mod entrance;
pub mod format;
mod health;
mod inbox;
mod queues;
mod race;
mod reports;
pub mod rows;
mod secrets;
mod settings;
mod spool;
mod staged;
mod status;
#[cfg(test)]
mod testing;
mod worker;

pub use queues::{Queues, Surroundings, cannot_open};
pub use settings::{BLOCK_LIMIT, Full, Settings};
pub use staged::StagedSinks;
pub use status::{FlushReport, SinkStatus};
