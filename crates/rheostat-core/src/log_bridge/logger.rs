//! Our own `log::Log`.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rheostat_policy::model::Level;
use tracing_core::LevelFilter;

use super::Source;
use crate::capture::Fields;
use crate::engine::Engine;
use crate::internal;
use crate::output::Output;

/// Another logger is installed in this process, so records of the `log` crate do not come to ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken;

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "another logger is installed for the `log` crate; its records are seen only if it \
             passes them on to tracing",
        )
    }
}

impl Error for Taken {}

static INSTALLED: AtomicBool = AtomicBool::new(false);

thread_local! {
    static FORWARDING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is just handing a `log` record to the other subscribers.
pub(crate) fn is_forwarding() -> bool {
    FORWARDING.get()
}

/// Makes an engine's logger the one of the `log` crate, for good.
///
/// # Errors
///
/// [`Taken`] where there is one already; everything else works without.
pub fn install<O: Output>(engine: &Arc<Engine<O>>) -> Result<(), Taken> {
    let logger = Box::new(Logger {
        engine: engine.clone(),
    });
    log::set_boxed_logger(logger).map_err(|_| Taken)?;
    INSTALLED.store(true, Ordering::Release);
    adjust_max_level();
    Ok(())
}

/// Lets `log` pass what some subscriber may want, where it is our logger that would get it.
///
/// To be called after interests were computed anew: `tracing` knows the least verbose level then.
pub(crate) fn adjust_max_level() {
    if INSTALLED.load(Ordering::Acquire) {
        log::set_max_level(filter_of(LevelFilter::current()));
    }
}

fn filter_of(level: LevelFilter) -> log::LevelFilter {
    match level.into_level() {
        None => log::LevelFilter::Off,
        Some(tracing_core::Level::ERROR) => log::LevelFilter::Error,
        Some(tracing_core::Level::WARN) => log::LevelFilter::Warn,
        Some(tracing_core::Level::INFO) => log::LevelFilter::Info,
        Some(tracing_core::Level::DEBUG) => log::LevelFilter::Debug,
        Some(tracing_core::Level::TRACE) => log::LevelFilter::Trace,
    }
}

fn level_of(level: log::Level) -> Level {
    match level {
        log::Level::Error => Level::Error,
        log::Level::Warn => Level::Warn,
        log::Level::Info => Level::Info,
        log::Level::Debug => Level::Debug,
        log::Level::Trace => Level::Trace,
    }
}

struct Logger<O: Output> {
    engine: Arc<Engine<O>>,
}

impl<O: Output> log::Log for Logger<O> {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        if internal::is_own_thread() {
            return false;
        }
        // What the others want is known only by asking them, which must not be done without a
        // record to follow; `log` itself has seen to their level.
        self.engine.has_others()
            || self
                .engine
                .could_log(metadata.target(), level_of(metadata.level()))
    }

    fn log(&self, record: &log::Record<'_>) {
        if internal::is_own_thread() {
            return;
        }
        let source = Source {
            level: level_of(record.level()),
            target: record.target(),
            module: record.module_path(),
            file: record.file(),
            line: record.line(),
        };
        let heard = self.engine.log(&source, Fields::Log(record));
        if heard && self.engine.has_others() {
            forward(record);
        }
    }

    fn flush(&self) {}
}

/// Hands a record to the other subscribers, as a `LogTracer` would.
fn forward(record: &log::Record<'_>) {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            FORWARDING.set(self.0);
        }
    }
    let _before = Before(FORWARDING.replace(true));
    // It always says that it went well.
    let _infallible = tracing_log::format_trace(record);
}
