//! Any recorder of the `metrics` facade as a backend, through kept handles.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use metrics::{KeyName, Recorder, SharedString, Unit};

use super::{Backend, Honours};
use crate::bank::Storage;
use crate::clock::{Clock, SystemClock};
use crate::family::{Family, Maker};
use crate::grace;
use crate::registry::{Defaults, Metric};
use crate::spec::{Identity, Kind, Settings};

/// A backend that records into a foreign recorder.
///
/// ```
/// use rheostat_metrics::{Backend, Facade, Honours};
///
/// let facade = Facade::new(metrics::NoopRecorder);
/// assert!(facade.honours().caps && !facade.honours().expiry);
/// ```
pub struct Facade {
    foreign: Arc<ForeignRecorder>,
    storage: Arc<Storage>,
    clock: Arc<dyn Clock>,
    // Every metric there ever was: the recorder cannot forget one, and a metric that returns goes on.
    families: Mutex<Vec<Arc<Family>>>,
}

/// A recorder, and what is on all of its series.
pub(crate) struct ForeignRecorder {
    recorder: Box<dyn Recorder + Send + Sync>,
    defaults: RwLock<Defaults>,
}

impl Facade {
    /// Records into `recorder`, which need not be the global one.
    pub fn new(recorder: impl Recorder + Send + Sync + 'static) -> Self {
        grace::prepare();
        Self {
            foreign: Arc::new(ForeignRecorder {
                recorder: Box::new(recorder),
                defaults: RwLock::default(),
            }),
            storage: Arc::new(Storage::new(1)),
            clock: Arc::new(SystemClock::default()),
            families: Mutex::default(),
        }
    }

    fn describe(&self, identity: &Identity, settings: &Settings) {
        let Some(help) = &settings.help else { return };
        let name = KeyName::from(identity.name.to_string());
        let unit = identity.unit.as_deref().and_then(Unit::from_string);
        let help = SharedString::from(help.to_string());
        let recorder = &self.foreign.recorder;
        match identity.kind {
            Kind::Counter => recorder.describe_counter(name, unit, help),
            Kind::Gauge => recorder.describe_gauge(name, unit, help),
            Kind::Histogram => recorder.describe_histogram(name, unit, help),
        }
    }
}

impl ForeignRecorder {
    pub(crate) fn recorder(&self) -> &dyn Recorder {
        &*self.recorder
    }

    pub(crate) fn const_labels(&self) -> Arc<[(Arc<str>, Arc<str>)]> {
        let defaults = self.defaults.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&defaults.const_labels)
    }
}

impl Backend for Facade {
    fn honours(&self) -> Honours {
        Honours {
            buckets: false,
            expiry: false,
            caps: true,
            removal: false,
            exemplars: false,
        }
    }

    fn prepare(&self, identity: &Identity, settings: &Settings) -> Metric {
        let families = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        let known = families.iter().find(|known| known.identity == *identity);
        let family = known.cloned().unwrap_or_else(|| {
            Family::new(
                identity.clone(),
                unremembered(settings),
                Maker::Foreign(Arc::clone(&self.foreign)),
                &self.storage,
                &self.clock,
            )
        });
        Metric { family }
    }

    fn apply(&self, metrics: Vec<(Metric, Settings)>, defaults: Defaults) {
        *self
            .foreign
            .defaults
            .write()
            .unwrap_or_else(PoisonError::into_inner) = defaults;
        let mut families = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        for (metric, settings) in metrics {
            self.describe(&metric.family.identity, &settings);
            metric.family.apply(unremembered(&settings));
            if !families
                .iter()
                .any(|known| Arc::ptr_eq(known, &metric.family))
            {
                families.push(metric.family);
            }
        }
    }
}

/// Settings without what a foreign recorder cannot follow: a series that we forgot would go on there.
fn unremembered(settings: &Settings) -> Settings {
    Settings {
        expire: None,
        stale_after: None,
        exemplars: false,
        ..settings.clone()
    }
}

impl fmt::Debug for Facade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facade").finish_non_exhaustive()
    }
}
