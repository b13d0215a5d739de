//! What the queues tell about themselves.

use std::sync::Arc;

/// How one sink is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkStatus {
    /// Its name.
    pub sink: Arc<str>,
    /// Whether the last attempt went well, or there was none yet.
    pub up: bool,
    /// Records that wait, those being delivered included.
    pub records: usize,
    /// Their memory in bytes.
    pub bytes: usize,
    /// How many attempts failed.
    pub failures: u64,
    /// Their disk space in bytes.
    pub disk_bytes: u64,
    /// Whether *delivered* is the destination's own word, not only that of the system or the connection.
    pub acknowledges: bool,
    /// How many points of metrics it refused for good.
    pub points_refused: u64,
    /// What was in the way last.
    pub last_failure: Option<String>,
}

/// What was left when a wait ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlushReport {
    /// Sinks with records that were neither delivered nor dropped, and how many.
    pub waiting: Vec<(Arc<str>, usize)>,
    /// Sinks that had records and whose last attempt failed: what they had is counted as dropped.
    pub troubled: Vec<Arc<str>>,
}

impl FlushReport {
    /// Whether everything was delivered.
    pub fn is_complete(&self) -> bool {
        self.waiting.is_empty() && self.troubled.is_empty()
    }
}
