//! `tracing`'s cached interests, computed anew when the policy changes.

use tracing_core::{Dispatch, LevelFilter, callsite, dispatcher};

use super::core::Engine;
use crate::internal::Callback;
use crate::output::Output;

/// What a dispatcher is asked for, to see whether it holds a mount of this engine.
#[derive(Debug)]
pub(crate) struct Mark {
    /// The engine's number.
    pub(crate) engine: u32,
}

impl<O: Output> Engine<O> {
    /// Where [`Mark`] is for mounts to show.
    pub(crate) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// The mount was registered with a dispatcher. `tracing` holds its lock: nothing but this is done.
    pub(crate) fn registered(&self, dispatch: &Dispatch) {
        let _first_wins = self.dispatch.set(dispatch.downgrade());
    }

    /// Whether the calling thread's default dispatcher holds a mount of this engine.
    pub(super) fn is_default_here(&self) -> bool {
        dispatcher::get_default(|dispatch| self.is_held_by(dispatch))
    }

    /// Whether a mount of this engine is the global default. Starts a thread to see, so it is for cold paths.
    ///
    /// Where it is not, a callsite that first fires on a thread without it stays dark until the next policy.
    pub fn is_global_default(&self) -> bool {
        std::thread::scope(|scope| {
            let fresh = scope.spawn(|| self.is_default_here());
            fresh.join().unwrap_or(false)
        })
    }

    fn is_held_by(&self, dispatch: &Dispatch) -> bool {
        dispatch
            .downcast_ref::<Mark>()
            .is_some_and(|mark| mark.engine == self.mark.engine)
    }

    /// Runs with a mount of this engine as the thread's default dispatcher.
    ///
    /// With one dispatcher alive, `tracing` asks the calling thread's default,
    /// not the one that is registered; so it has to be that one here.
    pub(super) fn with_default<R>(&self, run: impl FnOnce() -> R) -> Option<R> {
        if self.is_default_here() {
            return Some(run());
        }
        let dispatch = self.dispatch.get()?.upgrade()?;
        Some(dispatcher::with_default(&dispatch, run))
    }

    /// Has every callsite's interest computed anew, by all dispatchers.
    pub(super) fn rebuild(&self) {
        self.with_default(callsite::rebuild_interest_cache);
    }

    /// The least verbose level that covers the policy.
    pub(crate) fn level_hint(&self) -> LevelFilter {
        let callback = Callback::begin_always();
        let snapshot = self.now.get(&callback);
        let hint = snapshot.era.as_ref().and_then(|era| era.image.level_hint());
        hint.map_or(LevelFilter::OFF, |level| {
            LevelFilter::from_level(tracing_level(level))
        })
    }
}

/// `tracing`'s word for a level of the policy.
pub(crate) fn tracing_level(level: rheostat_policy::model::Level) -> tracing_core::Level {
    use rheostat_policy::model::Level;

    match level {
        Level::Error => tracing_core::Level::ERROR,
        Level::Warn => tracing_core::Level::WARN,
        Level::Info => tracing_core::Level::INFO,
        Level::Debug => tracing_core::Level::DEBUG,
        Level::Trace => tracing_core::Level::TRACE,
    }
}
