//! From a builder to something that runs.

use std::panic::Location;
use std::sync::{Arc, OnceLock};

use rheostat_core::engine::{Engine, Options};
use rheostat_core::internal::{self, Notice};
use rheostat_core::log_bridge;
use rheostat_core::mount::{self, Root};
use rheostat_queue::Queues;
use rheostat_reload::{Outcome, Reloader, Text, Watcher, WatcherOptions};
use tracing_core::{Dispatch, Subscriber, dispatcher};
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::builder::{BoxedSource, Builder, InnerChoice, PolicyFrom, Recorder, Settings};
use crate::error::InitError;
use crate::guard::{Guard, Handle};
use crate::inventory::Inventory;
use crate::linked;
use crate::live::Live;
use crate::refusal::Refusal;
use crate::rhythm::Rhythm;

/// Where Rheostat was installed globally.
static FIRST: OnceLock<&'static Location<'static>> = OnceLock::new();

impl<S: Subscriber + Send + Sync> Builder<S> {
    /// Installs everything, for the whole process.
    ///
    /// # Errors
    ///
    /// The policy cannot be read or is wrong, or another subscriber is the global default already.
    #[track_caller]
    pub fn init(self) -> Result<Guard, InitError> {
        let caller = Location::caller();
        let recorder = self.settings.recorder;
        let (subscriber, guard) = self.try_build()?;
        dispatcher::set_global_default(Dispatch::new(subscriber)).map_err(|_| {
            InitError::Installed {
                first: FIRST.get().copied(),
            }
        })?;
        // Only one call comes here in a process.
        let _ = FIRST.set(caller);
        guard.installed(recorder);
        Ok(guard)
    }

    /// Makes the subscriber and its guard without installing them, for scoped use.
    ///
    /// Call [`Guard::installed`] once the subscriber is the default somewhere: callsites that fired before
    /// are looked at then.
    ///
    /// # Errors
    ///
    /// The policy cannot be read or is wrong.
    pub fn try_build(self) -> Result<(impl Subscriber + Send + Sync + use<S>, Guard), InitError> {
        let Self {
            policy,
            inner,
            settings,
        } = self;
        let guard = start(policy, settings)?;
        let engine = guard.handle.live.engine.clone();
        let inner = match inner {
            InnerChoice::Own(inner) => inner,
            InnerChoice::Linked(make) => make(engine.outputs()),
        };
        Ok((Root::over(engine, inner), guard))
    }
}

impl<I> Builder<I> {
    /// Makes a layer and its guard, for a program that must build the Registry itself. What [`over`](Self::over)
    /// put inside plays no part. A filter of that stack limits Rheostat, and a callsite that others want and
    /// the policy does not costs them more.
    ///
    /// # Errors
    ///
    /// The policy cannot be read or is wrong.
    pub fn layer<S>(self) -> Result<(impl Layer<S> + Send + Sync + use<S, I>, Guard), InitError>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let guard = start(self.policy, self.settings)?;
        Ok((mount::layer(guard.handle.live.engine.clone()), guard))
    }
}

impl Guard {
    /// The subscriber that [`Builder::try_build`] or [`Builder::layer`] made is installed now: takes over records of the
    /// `log` crate and, if asked, the program's own `metrics` calls, and fires the canaries.
    pub fn installed(&self, recorder: Recorder) {
        let live = &self.handle.live;
        if recorder == Recorder::Native {
            live.endpoint.install_recorder();
        }
        if log_bridge::install(&live.engine).is_err() {
            internal::notice(&Notice {
                code: "logger-taken",
                text: "another logger of the `log` crate is installed already; its records stay with that \
                       one, everything else works"
                    .to_owned(),
            });
        }
        live.engine.installed();
    }
}

/// Reads the policy, applies it, and starts our threads.
fn start(policy: PolicyFrom, mut settings: Settings) -> Result<Guard, InitError> {
    let first = match &policy {
        PolicyFrom::Text(text) => Some(Text::new("policy", text.as_bytes())),
        _ => None,
    };
    let mut source = policy.source()?;
    let live = Arc::new(assemble(&mut settings));
    let reloader = Arc::new(reloader(&live));
    let first = match (first, &mut source) {
        (Some(text), _) => Some(text),
        (None, Some(source)) => read(source, settings.or_empty)?,
        (None, None) => None,
    };
    if let Some(text) = first
        && let Outcome::Refused(refusal) = reloader.offer(&text)
    {
        if !settings.or_empty {
            return Err(refusal.into());
        }
        say(&refusal.to_string());
    }
    let watcher = source
        .map(|source| Watcher::start(source, reloader.clone(), watching()))
        .transpose()
        .map_err(InitError::Thread)?;
    let rhythm = Rhythm::start(Arc::downgrade(&live)).map_err(InitError::Thread)?;
    let handle = Handle { live, reloader };
    handle.live.endpoint.tell_of(handle.downgrade());
    Ok(Guard {
        handle,
        watcher,
        rhythm: Some(rhythm),
        flush_limit: settings.flush_limit,
    })
}

/// The first text; where starting without one is fine, its absence is only said.
fn read(source: &mut BoxedSource, or_empty: bool) -> Result<Option<Text>, InitError> {
    use rheostat_reload::Source as _;
    match source.read() {
        Ok(text) => Ok(Some(text)),
        Err(error) if or_empty => {
            say(&rheostat_reload::chain(&error));
            Ok(None)
        }
        Err(error) => Err(InitError::Source(error)),
    }
}

fn assemble(settings: &mut Settings) -> Live {
    let parts = linked::Parts::new();
    let outputs = parts.outputs(std::mem::take(&mut settings.outputs));
    let queues = Arc::new(Queues::new(settings.sinks.iter().cloned()));
    let vocabulary = linked::vocabulary(&outputs, &queues);
    let options = Options {
        canary: settings.canary,
        static_max_level: tracing::level_filters::STATIC_MAX_LEVEL,
        ..Options::default()
    };
    let engine = Engine::new(outputs, options);
    Live {
        engine,
        queues,
        endpoint: parts.endpoint,
        vocabulary,
        inventory: Inventory::default(),
    }
}

fn reloader(live: &Arc<Live>) -> Reloader<Refusal> {
    // Weak, because what is live serves the reloader's own figures.
    let live = Arc::downgrade(live);
    let mut stays = 0;
    Reloader::new(move |text| {
        let Some(live) = live.upgrade() else {
            return Ok(stays); // the host has let go of everything; nothing is in force any more
        };
        let generation = live.apply(text, stays)?;
        stays = generation;
        Ok(generation)
    })
}

fn watching() -> WatcherOptions {
    WatcherOptions {
        on_thread_start: internal::mark_own_thread,
        tell: Arc::new(say),
    }
}

/// Tells people, once each.
fn say(text: &str) {
    internal::notice(&Notice {
        code: "policy",
        text: text.to_owned(),
    });
}
