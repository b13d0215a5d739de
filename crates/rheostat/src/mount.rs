//! From a builder to something that runs.

use std::panic::Location;
use std::sync::{Arc, OnceLock};

use rheostat_core::engine::{Engine, Options};
use rheostat_core::internal::{self, Notice};
use rheostat_core::mount::{self, Root};
use rheostat_core::output::{Output, part};
use rheostat_queue::{Queues, Surroundings};
use rheostat_reload::{Outcome, Reloader, Watcher, WatcherOptions};
use tracing_core::{Dispatch, Subscriber, dispatcher};
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::builder::{All, Builder, InnerChoice, OutputsChoice, PolicyFrom, Settings};
use crate::error::InitError;
use crate::guard::{Guard, Handle};
use crate::inventory::Inventory;
use crate::linked::trace::Traces;
use crate::linked::{self, Endpoint};
use crate::live::Live;
use crate::refusal::Refusal;
use crate::review::Review;
use crate::rhythm::Rhythm;

/// Where Rheostat was installed globally.
static FIRST: OnceLock<&'static Location<'static>> = OnceLock::new();

impl<O: Output, S: Subscriber + Send + Sync> Builder<O, S> {
    /// Installs everything, for the whole process.
    ///
    /// # Errors
    ///
    /// The policy cannot be read or is wrong, or another subscriber is the global default already.
    #[track_caller]
    pub fn init(self) -> Result<Guard, InitError> {
        let caller = Location::caller();
        // Before anything is opened that the first one has in use.
        if let Some(first) = FIRST.get() {
            return Err(InitError::Installed { first: Some(first) });
        }
        let (subscriber, guard) = self.try_build()?;
        dispatcher::set_global_default(Dispatch::new(subscriber)).map_err(|_| {
            InitError::Installed {
                first: FIRST.get().copied(),
            }
        })?;
        // Only one call comes here in a process.
        let _ = FIRST.set(caller);
        guard.installed();
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
    pub fn try_build(
        self,
    ) -> Result<(impl Subscriber + Send + Sync + use<O, S>, Guard), InitError> {
        let inner = move |outputs: &All<O>| match self.inner {
            InnerChoice::Own(inner) => inner,
            InnerChoice::Linked(make) => make(outputs),
        };
        let (engine, inner, guard) = start(self.policy, self.outputs, self.settings, inner)?;
        Ok((Root::over(engine, inner), guard))
    }
}

impl<O: Output, I> Builder<O, I> {
    /// Makes a layer and its guard, for a program that must build the Registry itself. What [`inner`](Self::inner)
    /// put inside plays no part. A filter of that stack limits Rheostat, and a callsite that others want and
    /// the policy does not costs them more.
    ///
    /// Call [`Guard::installed`] once the stack is the default.
    ///
    /// # Errors
    ///
    /// The policy cannot be read or is wrong.
    pub fn layer<S>(self) -> Result<(impl Layer<S> + Send + Sync + use<S, O, I>, Guard), InitError>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let (engine, (), guard) = start(self.policy, self.outputs, self.settings, |_| ())?;
        Ok((mount::layer(engine), guard))
    }
}

impl Guard {
    /// The subscriber that [`Builder::try_build`] or [`Builder::layer`] made is installed now: takes over records of the
    /// `log` crate and, if the native recorder was chosen, the program's own `metrics` calls, and fires the canaries.
    pub fn installed(&self) {
        let live = &self.handle.live;
        if self.takes_metrics {
            live.endpoint.install_recorder();
        }
        if live.engine.clone().take_log_records().is_err() {
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

/// An engine and what stands inside, for a mount, and what keeps it going.
type Started<O, I> = (Arc<Engine<All<O>>>, I, Guard);

/// Reads the policy, applies it, and starts our threads.
///
/// What stands inside is made before the policy is applied: it decides about what can be done at all.
fn start<O: Output, I>(
    policy: PolicyFrom,
    outputs: OutputsChoice<O>,
    mut settings: Settings,
    inner: impl FnOnce(&All<O>) -> I,
) -> Result<Started<O, I>, InitError> {
    let takes_metrics = settings.recorder.is_native();
    let outputs = chosen(outputs, &mut settings)?;
    let (opened, policy) = policy.open(settings.or_empty)?;
    let (engine, live) = assemble(outputs, &settings);
    let inner = inner(engine.outputs());
    let live = Arc::new(live);
    let reloader = Arc::new(reloader(&live));
    if let Some(text) = opened.first
        && let Outcome::Refused(refusal) = reloader.offer(&text)
    {
        if !settings.or_empty {
            return Err(refusal.into());
        }
        say(&refusal.to_string());
    }
    let watcher = opened
        .source
        .map(|source| Watcher::start(source, reloader.clone(), watching()))
        .transpose()
        .map_err(InitError::Thread)?;
    let rhythm = Rhythm::start(Arc::downgrade(&live)).map_err(InitError::Thread)?;
    let handle = Handle { live, reloader };
    handle.live.endpoint.tell_of(handle.downgrade());
    if let Some(policy) = policy {
        policy.mounted(&handle);
    }
    let guard = Guard {
        handle,
        watcher,
        rhythm: Some(rhythm),
        flush_limit: settings.flush_limit,
        takes_metrics,
    };
    Ok((engine, inner, guard))
}

/// All outputs: the linked ones or the host's choice, and those that were added.
fn chosen<O>(outputs: OutputsChoice<O>, settings: &mut Settings) -> Result<All<O>, InitError> {
    let recorder = std::mem::take(&mut settings.recorder);
    let outputs = match outputs {
        OutputsChoice::Linked(make) => make(recorder),
        OutputsChoice::Own(_) if recorder.is_foreign() => {
            return Err(InitError::Misused(
                "a recorder was given, but the outputs are the program's own: give it to the metrics among them, \
                 with `Metrics::into_backend(Facade::new(recorder))`",
            ));
        }
        OutputsChoice::Own(outputs) => outputs,
    };
    Ok((outputs, std::mem::take(&mut settings.outputs)))
}

fn assemble<O: Output>(outputs: All<O>, settings: &Settings) -> (Arc<Engine<All<O>>>, Live) {
    let queues = Arc::new(Queues::new(settings.sinks.iter().cloned()));
    let vocabulary = linked::vocabulary(&outputs, &queues);
    let endpoint = Endpoint::of(&outputs);
    let traces = part::<Traces>(&outputs).cloned();
    let options = Options {
        canary: settings.canary,
        static_max_level: tracing::level_filters::STATIC_MAX_LEVEL,
        ..Options::default()
    };
    let engine = Engine::new(outputs, options);
    queues.connect(Surroundings {
        ledger: engine.ledger().clone(),
        metrics: endpoint.source(),
    });
    let live = Live {
        engine: engine.clone(),
        queues,
        endpoint,
        traces,
        vocabulary,
        inventory: Inventory::default(),
        review: Review::default(),
    };
    (engine, live)
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
pub(crate) fn say(text: &str) {
    internal::notice(&Notice {
        code: "policy",
        text: text.to_owned(),
    });
}
