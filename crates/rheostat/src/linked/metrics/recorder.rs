//! Where a program wants its metrics kept.

use std::fmt;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use rheostat_metrics::{Facade, Metrics};

/// Where metrics are kept: those of the policy, and those of the program's own `metrics::counter!` calls.
#[derive(Default)]
#[non_exhaustive]
pub enum Recorder {
    /// All of them in ours, so that everything meets in one scrape.
    #[default]
    Native,
    /// Those of the policy go to this recorder, the program's own go where the program sends them. `/metrics` of the
    /// policy then serves only what Rheostat counts of itself.
    Facade(Box<dyn metrics::Recorder + Send + Sync>),
    /// Those of the policy in ours, the program's own where the program sends them.
    None,
}

impl Recorder {
    /// [`Recorder::Facade`] with this recorder.
    ///
    /// What it cannot follow of a policy (a change of buckets, series that expire) is said once and counted in
    /// `rheostat_policy_unhonoured`.
    pub fn facade(recorder: impl metrics::Recorder + Send + Sync + 'static) -> Self {
        Self::Facade(Box::new(recorder))
    }

    /// [`Recorder::Facade`] with the recorder that the program has installed as the global one of the `metrics` crate,
    /// before Rheostat.
    pub fn global() -> Self {
        Self::facade(Global)
    }

    /// The output that keeps the policy's metrics there.
    pub(crate) fn into_output(self) -> Metrics {
        match self {
            Self::Facade(recorder) => Metrics::into_backend(Facade::new(recorder)),
            Self::Native | Self::None => Metrics::new(),
        }
    }

    pub(crate) fn is_native(&self) -> bool {
        matches!(self, Self::Native)
    }

    pub(crate) fn is_foreign(&self) -> bool {
        matches!(self, Self::Facade(_))
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native => "Native",
            Self::Facade(_) => "Facade",
            Self::None => "None",
        })
    }
}

/// Whatever recorder is the global one.
struct Global;

impl metrics::Recorder for Global {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        metrics::with_recorder(|global| global.describe_counter(key, unit, help));
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        metrics::with_recorder(|global| global.describe_gauge(key, unit, help));
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        metrics::with_recorder(|global| global.describe_histogram(key, unit, help));
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        metrics::with_recorder(|global| global.register_counter(key, metadata))
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        metrics::with_recorder(|global| global.register_gauge(key, metadata))
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        metrics::with_recorder(|global| global.register_histogram(key, metadata))
    }
}
