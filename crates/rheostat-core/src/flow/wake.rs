//! Calling the drainer before its time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::Thread;
use std::time::Duration;

/// Who drains, and whether they were called already.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    called: AtomicBool,
    waiting: Mutex<Vec<(u64, Thread)>>,
    numbers: AtomicU64,
}

impl Wake {
    /// Calls the drainers, once until they come. The lock is only tried: who
    /// holds it is about to drain or to leave, and a drainer comes by itself soon.
    #[cold]
    pub(super) fn call(&self) {
        if self.called.swap(true, Ordering::Relaxed) {
            return;
        }
        match self.waiting.try_lock() {
            Ok(waiting) => waiting.iter().for_each(|(_, thread)| thread.unpark()),
            Err(_) => self.called.store(false, Ordering::Relaxed),
        }
    }

    fn enter(&self) -> u64 {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        self.lock().push((number, std::thread::current()));
        number
    }

    fn leave(&self, number: u64) {
        self.lock().retain(|(other, _)| *other != number);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(u64, Thread)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that drains, while it does.
#[derive(Debug)]
pub struct Attendant {
    wake: &'static Wake,
    number: u64,
}

impl Attendant {
    /// Makes the calling thread one that is called when a ring is half full.
    pub fn new() -> Self {
        let wake = &super::hub::Hub::global().wake;
        Self {
            wake,
            number: wake.enter(),
        }
    }

    /// Waits until it is called, for at most `limit`.
    pub fn wait(&self, limit: Duration) {
        if !self.wake.called.swap(false, Ordering::Relaxed) {
            std::thread::park_timeout(limit);
            self.wake.called.store(false, Ordering::Relaxed);
        }
    }
}

impl Default for Attendant {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        self.wake.leave(self.number);
    }
}
