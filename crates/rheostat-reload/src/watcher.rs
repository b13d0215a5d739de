//! The thread that brings saved texts into force.
//!
//! It sleeps in the source's `wait`, offers what the source tells, and tells
//! people about a refusal once. It ends when its handle is dropped.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::chain;
use crate::reloader::{Outcome, Reloader};
use crate::source::{News, Source, Waker};

/// How long one `wait` lasts at most where the source can be woken.
const LONG_WAIT: Duration = Duration::from_secs(60);
/// And where it cannot: this is how long a stop may take.
const SHORT_WAIT: Duration = Duration::from_millis(50);

/// Where people are told what they should know, such as stderr.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// What a [`Watcher`] needs besides its source.
#[derive(Clone)]
pub struct WatcherOptions {
    /// Called first on the new thread: marks it as one of ours, so that nothing on it is recorded.
    pub on_thread_start: fn(),
    /// Told a refusal or a trouble once, until another one (or none) takes its place.
    pub tell: Tell,
}

/// A thread that watches a source; dropping it ends the thread.
#[derive(Debug)]
pub struct Watcher {
    stop: Arc<AtomicBool>,
    waker: Option<Waker>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Starts watching.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start<R>(
        source: impl Source,
        reloader: Arc<Reloader<R>>,
        options: WatcherOptions,
    ) -> io::Result<Self>
    where
        R: fmt::Display + 'static,
    {
        let stop = Arc::new(AtomicBool::new(false));
        let waker = source.waker();
        let watch = Watch {
            limit: if waker.is_some() {
                LONG_WAIT
            } else {
                SHORT_WAIT
            },
            source,
            reloader,
            stop: Arc::clone(&stop),
            tell: options.tell,
            told: None,
        };
        watch.reloader.update(|status| status.watching = true);
        let thread = std::thread::Builder::new()
            .name("rheostat-reload".to_owned())
            .spawn(move || {
                (options.on_thread_start)();
                watch.run();
            })?;
        Ok(Self {
            stop,
            waker,
            thread: Some(thread),
        })
    }

    fn end(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(waker) = &self.waker {
            waker.wake();
        }
        if let Some(thread) = self.thread.take() {
            // A panic there was printed by the panic hook; it is none of the host's business here.
            let _ = thread.join();
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // `apply` may own what owns us: then the thread that drops us is the one to be waited for.
        let own = self
            .thread
            .as_ref()
            .is_some_and(|thread| thread.thread().id() == std::thread::current().id());
        if own {
            self.stop.store(true, Ordering::Release);
            self.thread = None;
        } else {
            self.end();
        }
    }
}

impl fmt::Debug for WatcherOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WatcherOptions")
    }
}

struct Watch<S, R: fmt::Display> {
    source: S,
    reloader: Arc<Reloader<R>>,
    stop: Arc<AtomicBool>,
    limit: Duration,
    tell: Tell,
    /// What people were told last, unless it has passed since.
    told: Option<String>,
}

impl<S: Source, R: fmt::Display> Watch<S, R> {
    fn run(mut self) {
        while !self.stop.load(Ordering::Acquire) {
            match self.source.wait(self.limit) {
                News::Nothing => {}
                News::Saved(text) => {
                    self.reloader.update(|status| status.trouble = None);
                    match self.reloader.offer(&text) {
                        Outcome::Applied(_) | Outcome::Unchanged(_) => self.told = None,
                        Outcome::Refused(refusal) => self.tell_once(refusal.to_string()),
                    }
                }
                News::Trouble(error) => {
                    let line = chain(&error);
                    self.reloader
                        .update(|status| status.trouble = Some(line.as_str().into()));
                    self.tell_once(line);
                }
            }
        }
    }

    fn tell_once(&mut self, line: String) {
        if self.told.as_deref() != Some(&line) {
            (self.tell)(&line);
            self.told = Some(line);
        }
    }
}

impl<S, R: fmt::Display> Drop for Watch<S, R> {
    /// On every way out of the thread, a panic included.
    fn drop(&mut self) {
        self.reloader.update(|status| status.watching = false);
    }
}
