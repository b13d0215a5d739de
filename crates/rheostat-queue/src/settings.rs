//! What a policy says about waiting for one sink.

use std::time::Duration;

use rheostat_policy::model::{Args, Sink};

/// How records wait, batch and are retried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The most records in a batch.
    pub batch_records: usize,
    /// The most memory of a batch, in bytes.
    pub batch_bytes: usize,
    /// How long the first record of a batch waits for others.
    pub batch_every: Duration,
    /// The most memory of the queue, in bytes, what is being delivered included.
    pub memory: usize,
    /// The most disk space, in bytes, where there is a spool; else 0.
    pub disk: u64,
    /// What happens to a record that comes when the queue is full.
    pub full: Full,
    /// The first wait before a batch is tried again; it doubles.
    pub retry_first: Duration,
    /// The longest such wait.
    pub retry_max: Duration,
    /// How long a batch is tried at all.
    pub retry_for: Duration,
    /// How long the sink may take for one batch.
    pub timeout: Duration,
    /// How often it is told of metrics.
    pub metrics_every: Duration,
}

/// What happens to a record that comes when the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// It is dropped.
    DropNew,
    /// The oldest ones are dropped for it.
    DropOld,
    /// Its thread waits, for at most [`BLOCK_LIMIT`].
    Block,
}

/// How long `full = "block"` may hold a thread up. Once a wait was in vain, no
/// other begins before the queue has had room again.
pub const BLOCK_LIMIT: Duration = Duration::from_secs(1);

impl Default for Settings {
    /// What the language says for absent keys.
    fn default() -> Self {
        Self {
            batch_records: 512,
            batch_bytes: 1 << 20,
            batch_every: Duration::from_secs(1),
            memory: 16 << 20,
            disk: 0,
            full: Full::DropNew,
            retry_first: Duration::from_millis(100),
            retry_max: Duration::from_secs(30),
            retry_for: Duration::from_secs(300),
            timeout: Duration::from_secs(10),
            metrics_every: Duration::from_secs(10),
        }
    }
}

/// How much longer a record may be as text than in memory: each byte may become an escape of six.
const AS_TEXT: u64 = 8;

/// What accepting goes on with once the queue is full: a chunk of the drainer's.
const CHUNK: u64 = 256 << 10;

impl Settings {
    /// The most memory of what waits. Its buffers grow by doubling, so they may be half empty.
    pub fn most_waiting(&self) -> u64 {
        2 * (self.memory as u64 + CHUNK)
    }

    /// The most memory of a batch on its way out: as text, and once more as a request.
    pub fn most_sending(&self, max_record: u64) -> u64 {
        2 * AS_TEXT * (self.batch_bytes as u64).max(max_record)
    }

    /// The most memory of a record on its way to a file of those that were refused.
    pub fn most_put_aside(&self, max_record: u64) -> u64 {
        2 * AS_TEXT * max_record
    }

    /// The most memory of what is written to disk and read back.
    pub fn most_spooling(&self) -> u64 {
        if self.disk == 0 { 0 } else { 4 * CHUNK }
    }

    /// Those of a sink.
    pub fn of(sink: &Sink) -> Self {
        let defaults = Self::default();
        let table = |name| sink.common.table(name);
        let (batch, buffer, retry) = (table("batch"), table("buffer"), table("retry"));
        let duration = |args: Option<&Args>, key, default| {
            args.and_then(|args| args.duration(key))
                .copied()
                .unwrap_or(default)
        };
        let size = |args: Option<&Args>, key, default: usize| {
            let size = args.and_then(|args| args.size(key)).copied();
            size.map_or(default, |size| usize::try_from(size).unwrap_or(usize::MAX))
        };
        let records = batch.and_then(|batch| batch.integer("records")).copied();
        Self {
            batch_records: records
                .and_then(|records| usize::try_from(records).ok())
                .map_or(defaults.batch_records, |records| records.max(1)),
            batch_bytes: size(batch, "bytes", defaults.batch_bytes),
            batch_every: duration(batch, "every", defaults.batch_every),
            memory: size(buffer, "memory", defaults.memory),
            disk: buffer
                .and_then(|buffer| buffer.size("disk"))
                .copied()
                .unwrap_or(defaults.disk),
            full: match sink.common.text("full").map(|full| &**full) {
                Some("drop_old") => Full::DropOld,
                Some("block") => Full::Block,
                _ => Full::DropNew,
            },
            retry_first: duration(retry, "first", defaults.retry_first),
            retry_max: duration(retry, "max", defaults.retry_max),
            retry_for: duration(retry, "for", defaults.retry_for),
            timeout: duration(Some(&sink.common), "timeout", defaults.timeout),
            metrics_every: duration(Some(&sink.common), "metrics_every", defaults.metrics_every),
        }
    }
}
