//! The thread that empties the rings.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rheostat_core::flow::{Attendant, Hub};
use rheostat_core::internal;

/// What is in the rings never gets older than this, if the machine keeps up.
const EVERY: Duration = Duration::from_millis(10);

/// The running thread.
#[derive(Debug)]
pub(crate) struct Drainer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drainer {
    pub(crate) fn start() -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name("rheostat-drain".into())
            .spawn(move || {
                internal::mark_own_thread();
                let attendant = Attendant::new();
                while !stopped.load(Ordering::Acquire) {
                    Hub::global().drain();
                    attendant.wait(EVERY);
                }
            })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Drainer {
    fn drop(&mut self) {
        // In a forked child the thread does not exist, and joining would wait for ever.
        if rheostat_core::flow::in_child() {
            std::mem::forget(self.thread.take());
            return;
        }
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It panics only where a sink's tap does, and then there is nothing left to do.
            let _ended = thread.join();
        }
    }
}
