//! An engine, whatever its outputs are.

use std::any::{Any, TypeId};
use std::sync::Arc;

use rheostat_core::engine::{Engine, Generation, Listed};
use rheostat_core::log_bridge::{self, Taken};
use rheostat_core::output::Output;
use rheostat_core::plan::PolicyImage;
use rheostat_core::sink::Taps;
use rheostat_core::stats::Sample;
use rheostat_policy::{CheckedPolicy, Diagnostics};

#[cfg_attr(
    not(feature = "metrics"),
    allow(dead_code, reason = "some of it is asked by what is served")
)]
/// What is asked of an engine besides what its mount asks.
pub(crate) trait Running: Send + Sync {
    fn apply(&self, policy: Arc<CheckedPolicy>, taps: &dyn Taps)
    -> Result<Generation, Diagnostics>;
    fn tick(&self);
    fn installed(&self);
    fn take_log_records(self: Arc<Self>) -> Result<(), Taken>;
    fn inventory(&self) -> Vec<Listed>;
    fn image(&self) -> Option<Arc<PolicyImage>>;
    fn samples(&self) -> Vec<Sample>;
    fn part(&self, wanted: TypeId) -> Option<&dyn Any>;
}

impl<O: Output> Running for Engine<O> {
    fn apply(
        &self,
        policy: Arc<CheckedPolicy>,
        taps: &dyn Taps,
    ) -> Result<Generation, Diagnostics> {
        Engine::apply(self, policy, taps)
    }

    fn tick(&self) {
        Engine::tick(self);
    }

    fn installed(&self) {
        Engine::installed(self);
    }

    fn take_log_records(self: Arc<Self>) -> Result<(), Taken> {
        log_bridge::install(&self)
    }

    fn inventory(&self) -> Vec<Listed> {
        Engine::inventory(self)
    }

    fn image(&self) -> Option<Arc<PolicyImage>> {
        Engine::image(self)
    }

    fn samples(&self) -> Vec<Sample> {
        Engine::samples(self)
    }

    fn part(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.outputs().part(wanted)
    }
}
