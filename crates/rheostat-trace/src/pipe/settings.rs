//! What one sink's table says.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The settings of one sink, and what every span that it ships says of this process.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    /// The sink's name.
    pub(crate) sink: Arc<str>,
    /// Where spans go.
    pub(crate) target: Target,
    /// Headers of each request.
    pub(crate) headers: Headers,
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

/// Where spans go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A collector, by gRPC.
    Grpc(String),
    /// A collector, by HTTP with protobuf; the whole URL.
    Http(String),
    /// A file of OTLP JSON lines.
    File(PathBuf),
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

/// Headers, whose values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Headers(pub(crate) Vec<(String, String)>);

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grpc(url) | Self::Http(url) => f.write_str(url),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
