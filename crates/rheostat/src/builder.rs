//! How a program says what it wants: a policy, an inner subscriber, outputs and sinks of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rheostat_core::output::{DynOutput, Output};
use rheostat_core::sink::SinkFactory;
use rheostat_reload::{FileSource, Source};
use tracing_core::Subscriber;

use crate::error::InitError;
use crate::guard::Guard;
use crate::linked;

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
pub fn builder() -> Builder<linked::Inner> {
    Builder {
        policy: PolicyFrom::Nowhere,
        inner: InnerChoice::Linked(linked::inner),
        settings: Settings::default(),
    }
}

/// What to install; made by [`builder`].
pub struct Builder<S> {
    pub(crate) policy: PolicyFrom,
    pub(crate) inner: InnerChoice<S>,
    pub(crate) settings: Settings,
}

/// What stands inside the root.
pub(crate) enum InnerChoice<S> {
    /// Made of the linked outputs: the bridge of `trace`, or nothing.
    Linked(fn(&linked::Outputs) -> S),
    /// The host's own.
    Own(S),
}

/// Where the policy comes from.
pub(crate) enum PolicyFrom {
    Nowhere,
    File(PathBuf),
    Text(Arc<str>),
    Source(Box<dyn FnOnce() -> Result<BoxedSource, InitError>>),
}

/// A source of whatever type.
pub(crate) type BoxedSource = Box<dyn Source>;

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
            recorder: Recorder::Native,
            outputs: Vec::new(),
            sinks: rheostat_sink_local::all(),
        }
    }
}

/// What the program's own `metrics::counter!` calls go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorder {
    /// Ours, so that everything meets in one scrape.
    Native,
    /// Whatever the program installs; ours serves rules only.
    None,
}

impl<S> Builder<S> {
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
        self.policy = PolicyFrom::Source(Box::new(move || Ok(Box::new(source))));
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

    /// What the program's own `metrics` calls go to. Default: [`Recorder::Native`].
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
    #[must_use]
    pub fn over<T: Subscriber + Send + Sync>(self, inner: T) -> Builder<T> {
        Builder {
            policy: self.policy,
            inner: InnerChoice::Own(inner),
            settings: self.settings,
        }
    }
}

impl PolicyFrom {
    /// The source to read from and to watch.
    ///
    /// # Errors
    ///
    /// The file cannot be watched.
    pub(crate) fn source(self) -> Result<Option<BoxedSource>, InitError> {
        match self {
            Self::Nowhere | Self::Text(_) => Ok(None),
            Self::Source(make) => make().map(Some),
            Self::File(path) => {
                let source = FileSource::new(path).map_err(InitError::Source)?;
                Ok(Some(Box::new(source)))
            }
        }
    }
}

impl<S> std::fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
