//! All metrics of a program: those of the policy and those it records itself.

mod apply;
mod entries;
mod handle;
mod program;
mod read;

pub(crate) use entries::Owner;
pub(crate) use handle::checked;
pub use handle::{Handle, Metric, Refused};

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;
use std::time::Duration;

use crate::bank::{NUMBERS, Storage};
use crate::clock::{Clock, SystemClock};
use crate::family::{Family, Maker, Overflow};
use crate::grace;
use crate::series::MAX_LABEL;
use crate::snapshot::FamilySnapshot;
use crate::spec::{Identity, Settings};

use entries::Entries;

/// Where all metrics of a program live.
///
/// It is the native recorder: fixed memory per series, nothing waits for a scraper,
/// and it outlives every policy. Cloning gives another handle to the same registry.
///
/// ```
/// use rheostat_metrics::{Identity, Registry, Settings};
///
/// let registry = Registry::new();
/// let requests = registry.prepare(&Identity::counter("requests_total", &["status"]), &Settings::default());
/// registry.apply([(requests.clone(), Settings::default())]);
///
/// let mut labels = registry.labels();
/// labels.push("200");
/// requests.add(&labels, 1);
/// assert_eq!(registry.snapshot().number("requests_total", &[("status", "200")]), Some(1.0));
/// ```
#[derive(Clone)]
pub struct Registry {
    shared: Arc<Shared>,
}

struct Shared {
    storage: Arc<Storage>,
    clock: Arc<dyn Clock>,
    /// When it was made.
    began: Duration,
    entries: RwLock<Entries>,
    defaults: RwLock<Defaults>,
    // The same as in `defaults`, for whoever begins to record.
    max_label: AtomicUsize,
    descriptions: RwLock<BTreeMap<Arc<str>, Description>>,
    sources: RwLock<Vec<Source>>,
}

/// What gives metrics that are computed when they are read.
type Source = Box<dyn Fn(&mut Vec<FamilySnapshot>) + Send + Sync>;

/// What holds for all metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct Defaults {
    /// On every series, unless it has a label of that name itself.
    pub const_labels: Arc<[(Arc<str>, Arc<str>)]>,
    /// How many series a metric of the program's own may have.
    pub max_series: usize,
    /// How long a label value may be, in bytes.
    pub max_label: usize,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            const_labels: Arc::from([]),
            max_series: 1_000,
            max_label: MAX_LABEL,
        }
    }
}

/// What a program said of a metric through `describe_counter!` and its kin.
#[derive(Clone, Debug)]
struct Description {
    unit: Option<Arc<str>>,
    help: Arc<str>,
}

impl Registry {
    /// A registry with four banks for each processor.
    pub fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self::with(4 * processors, SystemClock::default())
    }

    /// A registry with that many banks (threads beyond share one more), and another clock.
    pub fn with(banks: usize, clock: impl Clock) -> Self {
        grace::prepare();
        Self {
            shared: Arc::new(Shared {
                storage: Arc::new(Storage::new(banks.clamp(1, NUMBERS))),
                began: clock.unix(),
                clock: Arc::new(clock),
                entries: RwLock::default(),
                defaults: RwLock::default(),
                max_label: AtomicUsize::new(MAX_LABEL),
                descriptions: RwLock::default(),
                sources: RwLock::default(),
            }),
        }
    }

    /// What its clock says: time since the Unix epoch.
    pub(crate) fn unix(&self) -> Duration {
        self.shared.clock.unix()
    }

    /// What its clock said when it was made.
    pub(crate) fn began(&self) -> Duration {
        self.shared.began
    }

    /// Adds metrics that are computed when they are read.
    pub fn add_source(&self, source: impl Fn(&mut Vec<FamilySnapshot>) + Send + Sync + 'static) {
        write(&self.shared.sources).push(Box::new(source));
    }

    /// Frees what nobody needs any more: call it now and then, once a second does.
    pub fn upkeep(&self) {
        for family in self.families() {
            family.upkeep();
        }
    }

    /// The metrics that are over their cap.
    pub fn overflows(&self) -> Vec<Overflow> {
        let families = self.families();
        families.iter().filter_map(|f| f.overflow()).collect()
    }

    /// Metrics of the program that are not shown since they clash with others, and how many definitions of each.
    pub fn conflicts(&self) -> Vec<(Arc<str>, usize)> {
        read(&self.shared.entries).conflicts()
    }

    /// The most memory that the cells in use can take, in bytes: as if every bank held every series.
    pub fn cell_bytes(&self) -> u64 {
        self.shared.storage.bytes()
    }

    /// How many records found no series, because this process was forked while another thread made one.
    pub fn lost(&self) -> u64 {
        self.families().iter().map(|family| family.lost()).sum()
    }

    /// All metrics. A copy: whoever makes a new one does not wait for those who visit them.
    fn families(&self) -> Vec<Arc<Family>> {
        read(&self.shared.entries).families().cloned().collect()
    }

    fn family(&self, identity: &Identity, settings: &Settings) -> Arc<Family> {
        let shared = &self.shared;
        Family::new(
            identity.clone(),
            settings.clone(),
            Maker::Native,
            &shared.storage,
            &shared.clock,
        )
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}

/// Nothing under these locks leaves a half-made change when it panics, so a poisoned one serves on.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
