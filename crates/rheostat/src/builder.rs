//! How a program says what it wants: a policy, an inner subscriber, outputs and sinks of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rheostat_core::output::{DynOutput, Output};
use rheostat_core::sink::SinkFactory;
use rheostat_reload::{FileSource, Source, Text};
use tracing_core::Subscriber;

use crate::error::InitError;
use crate::guard::Guard;
use crate::linked::{self, Recorder};
use crate::mount::say;
use crate::policy::{Opened, Policy};

/// Installs Rheostat as the global subscriber, under the policy in this file, which is watched.
///
/// All linked outputs take part, local sinks are known, the native recorder
/// becomes the global recorder of the `metrics` crate (where another one is
/// installed already, ours serves rules only, and says so), records of the
/// `log` crate are taken too.
///
/// Keep the [`Guard`]: dropping it flushes, for at most 5 seconds.
///
/// # Errors
///
/// The file cannot be read, the policy is wrong, or another subscriber is
/// installed already. `Debug` of the error shows what `Display` does, so
/// `main` can return it.
#[track_caller]
pub fn init(policy: impl AsRef<Path>) -> Result<Guard, InitError> {
    builder().policy(policy).init()
}

/// Everything [`init`] does, step by step.
pub fn builder() -> Builder<linked::Outputs, linked::Inner> {
    Builder {
        policy: PolicyFrom::Nowhere,
        outputs: OutputsChoice::Linked(linked::outputs),
        inner: InnerChoice::Linked(linked::inner),
        settings: Settings::default(),
    }
}

/// What to install; made by [`builder`], or by a [`Policy`] with outputs of the program's choice.
pub struct Builder<O, S> {
    pub(crate) policy: PolicyFrom,
    pub(crate) outputs: OutputsChoice<O>,
    pub(crate) inner: InnerChoice<O, S>,
    pub(crate) settings: Settings,
}

/// The outputs besides those that are added one by one.
pub(crate) enum OutputsChoice<O> {
    /// Those that are linked, with the policy's metrics kept there.
    Linked(fn(Recorder) -> O),
    /// The host's own choice.
    Own(O),
}

/// All outputs of an engine.
pub(crate) type All<O> = (O, Vec<DynOutput>);

/// What stands inside the root.
pub(crate) enum InnerChoice<O, S> {
    /// Made of the outputs: the bridge of `trace`, or nothing.
    Linked(fn(&All<O>) -> S),
    /// The host's own.
    Own(S),
}

/// Where the policy comes from.
pub(crate) enum PolicyFrom {
    Nowhere,
    File(PathBuf),
    Text(Arc<str>),
    Source(Box<dyn Source>),
    Opened(Policy),
}

pub(crate) struct Settings {
    pub(crate) or_empty: bool,
    pub(crate) canary: bool,
    pub(crate) flush_limit: Duration,
    pub(crate) recorder: Recorder,
    pub(crate) outputs: Vec<DynOutput>,
    pub(crate) sinks: Vec<Arc<dyn SinkFactory>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            or_empty: false,
            canary: true,
            flush_limit: Duration::from_secs(5),
            recorder: Recorder::default(),
            outputs: Vec::new(),
            sinks: linked::sinks(),
        }
    }
}

impl<O, S> Builder<O, S> {
    /// The policy is this file, and whatever is saved there later. Default: no policy.
    #[must_use]
    pub fn policy(mut self, path: impl AsRef<Path>) -> Self {
        self.policy = PolicyFrom::File(path.as_ref().to_owned());
        self
    }

    /// The policy is this text; [`Handle::reload`](crate::Handle::reload) replaces it.
    #[must_use]
    pub fn policy_text(mut self, text: impl Into<Arc<str>>) -> Self {
        self.policy = PolicyFrom::Text(text.into());
        self
    }

    /// The policy comes from a source of the host's own, which is watched.
    #[must_use]
    pub fn policy_source(mut self, source: impl Source) -> Self {
        self.policy = PolicyFrom::Source(Box::new(source));
        self
    }

    /// Starts without rules where the policy is missing or wrong, says so on stderr, and keeps watching.
    /// Default: that is an error.
    #[must_use]
    pub fn or_empty(mut self) -> Self {
        self.settings.or_empty = true;
        self
    }

    /// Whether a test event of each level is sent through the whole stack after each policy, to find what
    /// stands in front. Default: yes.
    #[must_use]
    pub fn canary(mut self, fire: bool) -> Self {
        self.settings.canary = fire;
        self
    }

    /// How long dropping the guard may flush. Default: 5 seconds.
    #[must_use]
    pub fn flush_limit(mut self, limit: Duration) -> Self {
        self.settings.flush_limit = limit;
        self
    }

    /// Where metrics are kept. Default: [`Recorder::Native`].
    ///
    /// [`Recorder::Facade`] is for the linked outputs: a [`Metrics`](crate::Metrics) of one's own brings its backend.
    #[must_use]
    pub fn recorder(mut self, recorder: Recorder) -> Self {
        self.settings.recorder = recorder;
        self
    }

    /// Adds an output of the host's own; its actions can stand in the policy.
    #[must_use]
    pub fn output(mut self, output: impl Output) -> Self {
        self.settings.outputs.push(DynOutput::new(output));
        self
    }

    /// Adds a sink type of the host's own; `type` can name it in the policy.
    #[must_use]
    pub fn sink(mut self, factory: impl SinkFactory) -> Self {
        self.settings.sinks.push(Arc::new(factory));
        self
    }

    /// Puts a complete subscriber inside: it gets what it wants, as before, and its filters do not limit us.
    /// Default: the bridge of the `trace` feature, where that is on.
    ///
    /// A span that the policy keeps and that subscriber does not want is a span of the program all the same. An
    /// OpenTelemetry layer inside knows nothing of it, so `Span::current().context()` in it is empty: headers
    /// for other services are better taken from a span that the layer ships.
    #[must_use]
    pub fn inner<T: Subscriber + Send + Sync>(self, inner: T) -> Builder<O, T> {
        Builder {
            policy: self.policy,
            outputs: self.outputs,
            inner: InnerChoice::Own(inner),
            settings: self.settings,
        }
    }
}

impl PolicyFrom {
    /// The first text, where others come from, and who wants to know what became of it.
    ///
    /// # Errors
    ///
    /// The text cannot be read, unless it may be missing.
    pub(crate) fn open(self, or_empty: bool) -> Result<(Opened, Option<Policy>), InitError> {
        let source: Box<dyn Source> = match self {
            Self::Nowhere => return Ok((Opened::default(), None)),
            Self::Text(text) => {
                let opened = Opened {
                    first: Some(Text::new("policy", text.as_bytes())),
                    source: None,
                };
                return Ok((opened, None));
            }
            Self::Opened(policy) => return Ok((policy.take()?, Some(policy))),
            Self::File(path) => Box::new(FileSource::new(path).map_err(InitError::Source)?),
            Self::Source(source) => source,
        };
        read(source, or_empty).map(|opened| (opened, None))
    }
}

/// Reads the first text; where starting without one is fine, its absence is only said.
fn read(mut source: Box<dyn Source>, or_empty: bool) -> Result<Opened, InitError> {
    let first = match source.read() {
        Ok(text) => Some(text),
        Err(error) if or_empty => {
            say(&rheostat_reload::chain(&error));
            None
        }
        Err(error) => return Err(InitError::Source(error)),
    };
    Ok(Opened {
        first,
        source: Some(source),
    })
}

impl<O, S> std::fmt::Debug for Builder<O, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
