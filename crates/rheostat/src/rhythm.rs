//! What is to be done about once a second: rules that end, series that expire, tables that can be freed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use rheostat_core::internal;

use crate::live::Live;

const PERIOD: Duration = Duration::from_secs(1);

/// A thread of ours that ticks; dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Rhythm {
    stop: Arc<(AtomicBool, Mutex<()>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Rhythm {
    /// Starts ticking.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub(crate) fn start(live: Weak<Live>) -> std::io::Result<Self> {
        let stop = Arc::new((AtomicBool::new(false), Mutex::new(()), Condvar::new()));
        let seen = stop.clone();
        let thread = std::thread::Builder::new()
            .name("rheostat-rhythm".to_owned())
            .spawn(move || {
                internal::mark_own_thread();
                let (stopped, lock, bell) = &*seen;
                let mut held = lock.lock().unwrap_or_else(PoisonError::into_inner);
                while !stopped.load(Ordering::Acquire) {
                    held = match bell.wait_timeout(held, PERIOD) {
                        Ok((held, _)) => held,
                        Err(poisoned) => poisoned.into_inner().0,
                    };
                    let Some(live) = live.upgrade() else { return };
                    live.tick();
                }
            })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Rhythm {
    fn drop(&mut self) {
        {
            let _held = self.stop.1.lock().unwrap_or_else(PoisonError::into_inner);
            self.stop.0.store(true, Ordering::Release);
        }
        self.stop.2.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A panic there was printed by the panic hook; there is nothing to do about it here.
            let _ = thread.join();
        }
    }
}
