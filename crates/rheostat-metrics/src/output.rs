//! The output behind `count`, `histogram` and `gauge`.
//!
//! ```text
//! stage    [metrics.*] and the metrics that rules make ──▶ families, new ones not seen yet
//! plan     a callsite's actions ──▶ what to read, where to record; a kept handle where labels are fixed
//! event    read, convert, find the series, record
//! commit   what left the policy leaves the registry
//! ```

mod action;
mod convert;
mod direct;
mod labelled;
mod labels;
mod open;
mod plan;
mod stage;
mod value_set;
mod written;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rheostat_core::output::{Direct, Settled, Timed};
use rheostat_core::{Callsite, MatchedRule, Output, Planner, Record, Staging};
use rheostat_policy::first_party::{count_def, gauge_def, histogram_def};
use rheostat_policy::{Diagnostic, Vocabulary};

use crate::backend::Backend;
use crate::registry::Registry;

pub use plan::MetricsPlan;
pub use stage::MetricsStaged;

/// Turns the records of callsites into series.
///
/// Recording takes no lock, and no allocation once a series exists, but for
/// gauges of open spans, which leave with each span what it raised.
pub struct Metrics {
    backend: Arc<dyn Backend>,
    /// The same, where it is the native one.
    registry: Option<Registry>,
    unhonoured: AtomicUsize,
}

impl Metrics {
    /// The output that records into a registry of its own.
    pub fn new() -> Self {
        Self::native(Registry::default())
    }

    /// The output that records into this registry.
    pub fn native(registry: Registry) -> Self {
        Self {
            registry: Some(registry.clone()),
            ..Self::into_backend(registry)
        }
    }

    /// The output that records into any backend.
    pub fn into_backend(backend: impl Backend) -> Self {
        Self {
            backend: Arc::new(backend),
            registry: None,
            unhonoured: AtomicUsize::new(0),
        }
    }

    /// The registry it records into; `None` where that is another backend.
    pub fn registry(&self) -> Option<&Registry> {
        self.registry.as_ref()
    }

    /// How many things the policy in force asks for that the backend cannot follow.
    pub fn unhonoured(&self) -> usize {
        self.unhonoured.load(Ordering::Relaxed)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Output for Metrics {
    type Staged = MetricsStaged;
    type Plan = MetricsPlan;

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary {
            actions: vec![count_def(), histogram_def(), gauge_def()],
            sinks: Vec::new(),
        }
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        // Whatever can be wrong about a metric was found when the policy was checked.
        Ok(MetricsStaged::new(staging.policy, &*self.backend, was))
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        _callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        MetricsPlan::new(staged, rules, planner)
    }

    fn direct(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Direct> {
        plan.direct(settled)
    }

    fn timed(&self, plan: &Self::Plan, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
        plan.timed(settled)
    }

    fn commit(&self, staged: &Self::Staged) {
        self.backend.apply(staged.settings(), staged.defaults());
        let unhonoured = staged.unhonoured(self.backend.honours());
        self.unhonoured.store(unhonoured.len(), Ordering::Relaxed);
        unhonoured.iter().for_each(rheostat_core::internal::notice);
    }

    #[inline]
    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        plan.act(record);
    }

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        plan.act(record);
        plan.raise(record);
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        plan.act(record);
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
