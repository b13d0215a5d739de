//! What a program holds while Rheostat runs.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rheostat_queue::FlushReport;
use rheostat_reload::{Outcome, Reloader, Status, Text, Watcher};

use crate::linked::trace;
use crate::live::Live;
use crate::refusal::Refusal;
use crate::rhythm::Rhythm;
use crate::vocabulary;

/// Keeps Rheostat running; dropping it flushes, for at most the builder's limit, and stops our threads.
///
/// What fires afterwards is still counted, but nobody delivers records any more.
#[must_use = "dropping the guard flushes and stops; bind it to a name for as long as the program runs"]
pub struct Guard {
    pub(crate) handle: Handle,
    // In this order: nothing may be applied or ticked while the rest stops.
    pub(crate) watcher: Option<Watcher>,
    pub(crate) rhythm: Option<Rhythm>,
    pub(crate) flush_limit: Duration,
    /// Whether the program's own `metrics` calls are to come to us.
    pub(crate) takes_metrics: bool,
}

/// Speaks to a Rheostat that runs; cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(crate) live: Arc<Live>,
    pub(crate) reloader: Arc<Reloader<Refusal>>,
}

/// A [`Handle`] that keeps nothing running.
#[cfg_attr(
    not(feature = "metrics"),
    allow(dead_code, reason = "what is served asks through it")
)]
pub(crate) struct WeakHandle {
    live: Weak<Live>,
    reloader: Weak<Reloader<Refusal>>,
}

impl Guard {
    /// Something that can be cloned and handed around, to reload, flush and ask.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Stops taking records, waits at most `limit` for those that were accepted, and says what was left.
    pub fn shutdown(mut self, limit: Duration) -> FlushReport {
        self.stop(limit)
    }

    fn stop(&mut self, limit: Duration) -> FlushReport {
        let until = Instant::now() + limit;
        self.watcher = None;
        self.rhythm = None;
        let live = &self.handle.live;
        let report = live.queues.shutdown(limit);
        if let Some(traces) = &live.traces {
            trace::shutdown(traces, until.saturating_duration_since(Instant::now()));
        }
        live.endpoint.close();
        report
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.watcher.is_some() || self.rhythm.is_some() {
            // What was left is in the ledger; nobody waits for the report.
            let _ = self.stop(self.flush_limit);
        }
    }
}

#[cfg_attr(
    not(feature = "metrics"),
    allow(dead_code, reason = "what is served asks through it")
)]
impl WeakHandle {
    pub(crate) fn upgrade(&self) -> Option<Handle> {
        Some(Handle {
            live: self.live.upgrade()?,
            reloader: self.reloader.upgrade()?,
        })
    }
}

impl Handle {
    pub(crate) fn downgrade(&self) -> WeakHandle {
        WeakHandle {
            live: Arc::downgrade(&self.live),
            reloader: Arc::downgrade(&self.reloader),
        }
    }

    /// Brings a policy text into force, as if it had been saved; returns its generation.
    ///
    /// A file that is watched goes on being watched: what is saved there next replaces this text.
    ///
    /// # Errors
    ///
    /// What is wrong with it. The policy before stays in force.
    pub fn reload(&self, text: &str) -> Result<u64, Refusal> {
        match self.reloader.offer(&Text::new("policy", text.as_bytes())) {
            Outcome::Applied(generation) | Outcome::Unchanged(generation) => Ok(generation),
            Outcome::Refused(refusal) => Err(refusal),
        }
    }

    /// What came of the policy texts so far.
    pub fn status(&self) -> Status {
        self.reloader.status()
    }

    /// Waits at most `limit` for what fired before the call to be delivered.
    pub fn flush(&self, limit: Duration) -> FlushReport {
        let until = Instant::now() + limit;
        let report = self.live.queues.flush(limit);
        if let Some(traces) = &self.live.traces {
            trace::flush(traces, until.saturating_duration_since(Instant::now()));
        }
        report
    }

    /// What policies of this program may say, as JSON: its outputs and sinks, those of others included.
    ///
    /// Written to a file, it lets `rheostat check --vocabulary FILE` (and `explain`, and `schema`) judge a policy as this
    /// program would.
    pub fn vocabulary(&self) -> String {
        vocabulary::document(&self.live.vocabulary)
    }

    /// Where `/metrics` is served now.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.live.endpoint.address()
    }

    /// What a scraper would read now, in Prometheus's text format.
    pub fn scrape(&self) -> String {
        self.live.endpoint.scrape()
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guard").field(&self.handle).finish()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
