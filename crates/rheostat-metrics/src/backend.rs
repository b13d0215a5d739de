//! Where the policy's metrics are kept: in our own registry, or by a foreign recorder.
//!
//! The native registry honours everything that a policy can ask of a metric. A
//! foreign recorder of the `metrics` facade keeps what it was given, so it cannot
//! forget a series or change its buckets; caps and closed label sets are honoured
//! in front of it.

mod facade;
mod native;

pub use facade::Facade;
pub(crate) use facade::ForeignRecorder;

use crate::registry::{Defaults, Metric};
use crate::spec::{Identity, Settings};

/// Where metrics are kept.
///
/// It is called while a policy is applied, on the thread that applies it. What
/// records goes through the [`Metric`]s that it gives, without it.
pub trait Backend: Send + Sync + 'static {
    /// What of a policy it can follow. What it cannot is said once.
    fn honours(&self) -> Honours;

    /// The metric of this identity: the one in use, or a new one that nobody sees before [`apply`](Self::apply).
    fn prepare(&self, identity: &Identity, settings: &Settings) -> Metric;

    /// From now on exactly these are the policy's metrics.
    fn apply(&self, metrics: Vec<(Metric, Settings)>, defaults: Defaults);
}

/// What of a policy a backend can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Honours {
    /// `buckets`
    pub buckets: bool,
    /// `expire` and `stale_after`
    pub expiry: bool,
    /// `max_series`
    pub caps: bool,
    /// A metric that leaves the policy disappears.
    pub removal: bool,
    /// `exemplars`
    pub exemplars: bool,
}

impl Honours {
    /// Everything.
    pub const ALL: Self = Self {
        buckets: true,
        expiry: true,
        caps: true,
        removal: true,
        exemplars: true,
    };
}
