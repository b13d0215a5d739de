//! The native registry as a backend.

use super::{Backend, Honours};
use crate::registry::{Defaults, Metric, Registry};
use crate::spec::{Identity, Settings};

impl Backend for Registry {
    fn honours(&self) -> Honours {
        Honours::ALL
    }

    fn prepare(&self, identity: &Identity, settings: &Settings) -> Metric {
        Self::prepare(self, identity, settings)
    }

    fn apply(&self, metrics: Vec<(Metric, Settings)>, defaults: Defaults) {
        self.set_defaults(defaults);
        Self::apply(self, metrics);
    }
}
