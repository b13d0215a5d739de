//! When what is written is made to survive the machine.
//!
//! A thread of its own does it: a disk that takes its time holds up neither
//! the thread that empties the rings nor the one that delivers.

use std::fs::File;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rheostat_core::internal::{self, Notice};

/// How often with `fsync = "1s"`.
const EVERY: Duration = Duration::from_secs(1);

/// `buffer.fsync`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fsync {
    /// The system decides.
    Never,
    /// As soon as something is written; what comes meanwhile goes together.
    Batch,
    /// Once a second.
    EverySecond,
}

impl Fsync {
    /// The one of a name of the policy language.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "never" => Self::Never,
            "batch" => Self::Batch,
            _ => Self::EverySecond,
        }
    }
}

/// The thread.
#[derive(Debug)]
pub(super) struct Syncer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    dirty: Vec<Arc<File>>,
    ended: bool,
}

impl Syncer {
    pub(super) fn start(fsync: Fsync, sink: &str) -> io::Result<Option<Self>> {
        let pause = match fsync {
            Fsync::Never => return Ok(None),
            Fsync::Batch => Duration::ZERO,
            Fsync::EverySecond => EVERY,
        };
        let shared = Arc::new(Shared::default());
        let works = shared.clone();
        let thread = std::thread::Builder::new()
            .name(format!("rheostat-sync-{sink}"))
            .spawn(move || {
                internal::mark_own_thread();
                works.run(pause);
            })?;
        Ok(Some(Self {
            shared,
            thread: Some(thread),
        }))
    }

    /// Something was written there.
    pub(super) fn dirty(&self, file: &Arc<File>) {
        let mut state = self.shared.lock();
        if !state.dirty.iter().any(|known| Arc::ptr_eq(known, file)) {
            state.dirty.push(file.clone());
        }
        drop(state);
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, pause: Duration) {
        loop {
            let (files, ended) = self.next(pause);
            for file in files {
                if let Err(error) = file.sync_data() {
                    internal::notice(&Notice {
                        code: "spool-not-synced",
                        text: format!("a spool cannot be written through to its disk: {error}"),
                    });
                }
            }
            if ended {
                return;
            }
        }
    }

    /// Waits for something to do, then for the pause.
    fn next(&self, pause: Duration) -> (Vec<Arc<File>>, bool) {
        let mut state = self.lock();
        while state.dirty.is_empty() && !state.ended {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let until = Instant::now() + pause;
        while !state.ended {
            let Some(left) = until.checked_duration_since(Instant::now()) else {
                break;
            };
            if left.is_zero() {
                break;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        (std::mem::take(&mut state.dirty), state.ended)
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        // In a forked child the thread does not exist.
        if rheostat_core::flow::in_child() {
            std::mem::forget(self.thread.take());
            return;
        }
        self.shared.lock().ended = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}
