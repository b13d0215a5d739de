//! What one sink's table says.

use std::sync::Arc;
use std::time::Duration;

use crate::export::Connection;

/// The settings of one sink, and what every span that it ships says of this process.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    /// The sink's name.
    pub(crate) sink: Arc<str>,
    /// Where spans go.
    pub(crate) connection: Connection,
    /// As many spans a request, at most.
    pub(crate) batch_records: usize,
    /// As many bytes a request, about.
    pub(crate) batch_bytes: usize,
    /// As long a span waits for company.
    pub(crate) batch_every: Duration,
    /// As many bytes wait, about.
    pub(crate) memory: usize,
    /// What gives way when they do.
    pub(crate) full: Full,
    /// The first pause before another attempt.
    pub(crate) retry_first: Duration,
    /// The longest pause.
    pub(crate) retry_max: Duration,
    /// As long a batch is tried.
    pub(crate) retry_for: Duration,
    /// As long one attempt takes.
    pub(crate) timeout: Duration,
    /// The attributes of the resource.
    pub(crate) resource: Vec<(String, String)>,
}

/// What gives way when a pipe is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// What comes.
    DropNew,
    /// What waits longest.
    DropOld,
    /// Whoever ends a span waits for room, for at most [`BLOCK_LIMIT`].
    Block,
}

/// How long `full = "block"` may hold a thread up. Once a wait was in vain, no other begins before there was room.
pub(super) const BLOCK_LIMIT: Duration = Duration::from_secs(1);
