//! Whether a sink delivers, and what was in the way when it did not.

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rheostat_core::internal::{self, Notice};

use crate::secrets::Secrets;

/// What a sink is handed: it may take the one and not the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traffic {
    Records,
    Metrics,
}

/// The state of one sink's circuit.
#[derive(Debug)]
pub(crate) struct Health {
    sink: String,
    secrets: Secrets,
    /// Of each traffic.
    up: [AtomicBool; 2],
    failures: AtomicU64,
    points_refused: AtomicU64,
    last: Mutex<Option<String>>,
}

impl Health {
    pub(crate) fn new(sink: &str, secrets: Secrets) -> Self {
        Self {
            sink: sink.to_owned(),
            secrets,
            up: [const { AtomicBool::new(true) }; 2],
            failures: AtomicU64::new(0),
            points_refused: AtomicU64::new(0),
            last: Mutex::new(None),
        }
    }

    /// Whether the last attempt with either went well, or there was none yet.
    pub(crate) fn is_up(&self) -> bool {
        self.up.iter().all(|up| up.load(Ordering::Acquire))
    }

    /// How many attempts failed.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// How many points of metrics were refused for good.
    pub(crate) fn refused_points(&self) -> u64 {
        self.points_refused.load(Ordering::Relaxed)
    }

    pub(crate) fn points_refused(&self, points: u64) {
        self.points_refused.fetch_add(points, Ordering::Relaxed);
    }

    /// What was in the way last, with its causes.
    pub(crate) fn last_failure(&self) -> Option<String> {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn up(&self, with: Traffic) {
        self.up[with as usize].store(true, Ordering::Relaxed);
    }

    pub(crate) fn down(&self, with: Traffic, why: &(dyn Error + 'static)) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        let text = self.secrets.hide(chain(why));
        // The reason first: whoever sees the sink down finds it.
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.clone());
        // Said once a kind of failure, not once an attempt: `notice` sees to that.
        if self.up[with as usize].swap(false, Ordering::Release) {
            internal::notice(&Notice {
                code: "sink-down",
                text: format!(
                    "sink `{}` does not deliver: {text}; its records wait as its `buffer` allows \
                     and `rheostat_sink_up` is 0 until it does",
                    self.sink
                ),
            });
        }
    }

    /// Notes a reason for which records are refused for good, and gives it as text.
    pub(crate) fn refused(&self, why: &(dyn Error + 'static)) -> String {
        let text = self.secrets.hide(chain(why));
        internal::notice(&Notice {
            code: "record-refused",
            text: format!("sink `{}` refuses records for good: {text}", self.sink),
        });
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.clone());
        text
    }
}

/// An error and its causes on one line, each said once.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
