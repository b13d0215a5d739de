//! A policy as a program holds it: before it is mounted a text and where others come from, then a live handle.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rheostat_core::output::Output;
use rheostat_policy::parse;
use rheostat_reload::{FileSource, Source, Status, Text};
use tracing_core::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::builder::{Builder, InnerChoice, OutputsChoice, PolicyFrom, Settings};
use crate::error::InitError;
use crate::guard::{Guard, Handle};
use crate::linked;
use crate::refusal::Refusal;

/// A policy, to be mounted with outputs of the program's choice.
///
/// ```no_run
/// use rheostat::{Logs, Metrics, Policy, Streams};
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// # fn main() -> Result<(), rheostat::InitError> {
/// let own = tracing_subscriber::registry().with(tracing_subscriber::fmt::layer());
/// let policy = Policy::watch("rheostat.toml")?;
/// let _telemetry = policy
///     .over((Metrics::new(), Streams::new(), Logs::new()), own)
///     .init()?;
/// # Ok(())
/// # }
/// ```
///
/// Each output can be used alone; an action whose output is missing is refused, like one whose feature is
/// off. A policy is mounted once. From then on this is a handle of what runs.
#[derive(Clone)]
pub struct Policy {
    shared: Arc<Shared>,
}

struct Shared {
    waiting: Mutex<Waiting>,
    mounted: OnceLock<Handle>,
}

struct Waiting {
    opened: Opened,
    is_taken: bool,
}

/// A first text, and where others come from.
#[derive(Default)]
pub(crate) struct Opened {
    pub(crate) first: Option<Text>,
    pub(crate) source: Option<Box<dyn Source>>,
}

impl Policy {
    /// The policy in this file, and whatever is saved there later.
    ///
    /// The file is read and parsed now; whether the outputs and sinks can do what it says is found out
    /// when it is mounted.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or what is in it is no policy text.
    pub fn watch(path: impl AsRef<Path>) -> Result<Self, InitError> {
        Self::from_source(FileSource::new(path).map_err(InitError::Source)?)
    }

    /// The policy in this text.
    ///
    /// # Errors
    ///
    /// It is no policy text.
    pub fn from_text(text: &str) -> Result<Self, InitError> {
        Self::opened(Text::new("policy", text.as_bytes()), None)
    }

    /// The policy of a source of the host's own, which is watched.
    ///
    /// # Errors
    ///
    /// The source cannot be read, or what it holds is no policy text.
    pub fn from_source(mut source: impl Source) -> Result<Self, InitError> {
        let first = source.read().map_err(InitError::Source)?;
        Self::opened(first, Some(Box::new(source)))
    }

    fn opened(first: Text, source: Option<Box<dyn Source>>) -> Result<Self, InitError> {
        readable(&first)?;
        Ok(Self {
            shared: Arc::new(Shared {
                waiting: Mutex::new(Waiting {
                    opened: Opened {
                        first: Some(first),
                        source,
                    },
                    is_taken: false,
                }),
                mounted: OnceLock::new(),
            }),
        })
    }

    /// These outputs as the program's only subscriber; where `trace` is among them, around its bridge.
    pub fn subscriber<O: Output>(&self, outputs: O) -> Builder<O, linked::Inner> {
        self.mount(outputs, InnerChoice::Linked(linked::inner))
    }

    /// These outputs around a complete subscriber, which gets what it wants, as before, and whose filters do not
    /// limit us. See [`Builder::inner`] for what it does not know.
    pub fn over<O: Output, S>(&self, outputs: O, inner: S) -> Builder<O, S>
    where
        S: Subscriber + Send + Sync,
    {
        self.mount(outputs, InnerChoice::Own(inner))
    }

    /// These outputs as a layer, and its guard, for a program that must build the Registry itself; call
    /// [`Guard::installed`] once it is the default. See [`Builder::layer`] for what it costs.
    ///
    /// # Errors
    ///
    /// The policy is wrong, or mounted already.
    pub fn layer<O, S>(
        &self,
        outputs: O,
    ) -> Result<(impl Layer<S> + Send + Sync + use<O, S>, Guard), InitError>
    where
        O: Output,
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        self.subscriber(outputs).layer()
    }

    fn mount<O: Output, S>(&self, outputs: O, inner: InnerChoice<O, S>) -> Builder<O, S> {
        Builder {
            policy: PolicyFrom::Opened(self.clone()),
            outputs: OutputsChoice::Own(outputs),
            inner,
            settings: Settings::default(),
        }
    }

    /// Brings a text into force, as if it had been saved, and returns its generation. Before it is mounted, the text
    /// is what will be, and the generation is 0.
    ///
    /// # Errors
    ///
    /// What is wrong with it. The policy before stays.
    pub fn reload(&self, text: &str) -> Result<u64, Refusal> {
        if let Some(handle) = self.shared.mounted.get() {
            return handle.reload(text);
        }
        let text = Text::new("policy", text.as_bytes());
        readable(&text)?;
        self.waiting().opened.first = Some(text);
        Ok(0)
    }

    /// What came of the texts so far; nothing before it is mounted.
    pub fn status(&self) -> Status {
        let mounted = self.shared.mounted.get();
        mounted.map(Handle::status).unwrap_or_default()
    }

    /// Takes what is to be mounted.
    ///
    /// # Errors
    ///
    /// It is mounted already.
    pub(crate) fn take(&self) -> Result<Opened, InitError> {
        let mut waiting = self.waiting();
        if std::mem::replace(&mut waiting.is_taken, true) {
            return Err(InitError::Misused(
                "this policy is mounted already; to mount it once more, open it once more",
            ));
        }
        Ok(std::mem::take(&mut waiting.opened))
    }

    /// From now on it is a handle of this.
    pub(crate) fn mounted(&self, handle: &Handle) {
        // It was taken once, so nobody else comes here.
        let _ = self.shared.mounted.set(handle.clone());
        if let Some(text) = self.waiting().opened.first.take() {
            // Given while it was being mounted; what comes of it is in the status.
            handle.reloader.offer(&text);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn readable(text: &Text) -> Result<(), Refusal> {
    parse(&text.bytes, &text.name).map_err(|found| Refusal::new(found, 0))
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
