//! The queues of all sinks of the policy in force.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use rheostat_core::flow::{Hub, in_child};
use rheostat_core::ledger::{Cause, Ledger};
use rheostat_core::sink::{MetricSource, SinkFactory};
use rheostat_policy::diagnostic::Diagnostic;
use rheostat_policy::model::CheckedPolicy;
use rheostat_policy::vocabulary::SinkDef;

use crate::courier::Kept;
use crate::drainer::Drainer;
use crate::inbox::Inbox;
use crate::spool::Spool;
use crate::staged::{Running, StagedSinks};
use crate::status::{FlushReport, SinkStatus};
use crate::worker::Worker;

mod open;
mod trails;

pub use open::cannot_open;
use open::same;

/// How long a sink that left the policy may still deliver what it has.
const FAREWELL: Duration = Duration::from_secs(30);

/// The queues of all sinks, and the threads behind them.
///
/// A policy goes through it in two steps: [`stage`](Self::stage) opens what is
/// new, [`commit`](Self::commit) lets go of what is gone.
pub struct Queues {
    factories: Vec<Arc<dyn SinkFactory>>,
    around: OnceLock<Surroundings>,
    inner: Mutex<Inner>,
}

/// What queues need to know of the rest of Rheostat.
#[derive(Clone)]
pub struct Surroundings {
    /// Where records are accounted for: those that come back from a disk have no other way there.
    pub ledger: Arc<Ledger>,
    /// Where metrics are read for sinks that take them.
    pub metrics: Option<Arc<dyn MetricSource>>,
}

#[derive(Default)]
struct Inner {
    running: BTreeMap<Arc<str>, Running>,
    /// Sinks that left and may still deliver.
    leaving: Vec<Worker>,
    /// What each sink was told of metrics, by its name.
    told: BTreeMap<Arc<str>, Kept>,
    /// What is on disk, by its folder, as long as anybody has it.
    spools: BTreeMap<PathBuf, Weak<Spool>>,
    drainer: Option<Drainer>,
    ended: bool,
}

impl std::fmt::Debug for Queues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queues").finish_non_exhaustive()
    }
}

impl Queues {
    /// Without sinks yet; these factories will make them.
    pub fn new(factories: impl IntoIterator<Item = Arc<dyn SinkFactory>>) -> Self {
        Self {
            factories: factories.into_iter().collect(),
            around: OnceLock::new(),
            inner: Mutex::default(),
        }
    }

    /// Tells it of the rest of Rheostat, once, before the first policy.
    pub fn connect(&self, around: Surroundings) {
        // Who was first stays: sinks may run already.
        let _first = self.around.set(around);
    }

    /// The sink types that a policy can name.
    pub fn definitions(&self) -> Vec<SinkDef> {
        self.factories
            .iter()
            .map(|factory| factory.definition())
            .collect()
    }

    /// Opens the sinks of a policy that are new or changed, and changes nothing else.
    ///
    /// # Errors
    ///
    /// Findings at the sinks that could not be opened.
    pub fn stage(&self, policy: &CheckedPolicy) -> Result<StagedSinks, Vec<Diagnostic>> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        let mut findings = Vec::new();
        let mut staged = StagedSinks {
            taps: Vec::new(),
            fresh: BTreeMap::new(),
            kept: Vec::new(),
        };
        for sink in &policy.sinks {
            let entrance = match inner.running.get(&sink.name) {
                Some(running) if same(&running.written, sink) => {
                    staged.kept.push(sink.name.clone());
                    Some(running.entrance.clone())
                }
                _ => match self.open(sink, policy, inner) {
                    Ok(opened) => opened.map(|running| {
                        let entrance = running.entrance.clone();
                        staged.fresh.insert(sink.name.clone(), running);
                        entrance
                    }),
                    Err(finding) => {
                        findings.push(*finding);
                        None
                    }
                },
            };
            staged.taps.push(entrance);
        }
        findings.extend(trails::check(policy, [&staged.fresh, &inner.running]));
        if findings.is_empty() && !staged.fresh.is_empty() {
            // Started here, because what comes after cannot fail.
            let finding = inner.start_drainer(&policy.sinks[0]).err();
            findings.extend(finding.map(|finding| *finding));
        }
        if findings.is_empty() {
            Ok(staged)
        } else {
            Err(findings)
        }
    }

    /// The staged policy is in force: its new sinks begin, those that left deliver what they have.
    pub fn commit(&self, staged: StagedSinks) {
        let mut inner = self.lock();
        let StagedSinks { fresh, kept, .. } = staged;
        let running = std::mem::take(&mut inner.running);
        let mut leaving = BTreeMap::new();
        for (name, sink) in running {
            if kept.contains(&name) {
                inner.running.insert(name, sink);
            } else {
                leaving.insert(name, sink);
            }
        }
        for (name, mut sink) in fresh {
            let old = predecessor(&name, &sink.worker, &mut leaving, &mut inner.leaving);
            sink.worker.inbox.comes_after(old.is_some());
            sink.worker
                .begin(old.and_then(|old| old.hand_over(&sink.worker, sink.entrance.clone())));
            inner.running.insert(name, sink);
        }
        inner.leaving.retain(|worker| !worker.is_done());
        for (_, old) in leaving {
            old.worker.end_by(Instant::now() + FAREWELL);
            inner.leaving.push(old.worker);
        }
    }

    /// Waits at most `limit` for everything that fired before the call to be delivered.
    pub fn flush(&self, limit: Duration) -> FlushReport {
        let until = Instant::now() + limit;
        if in_child() {
            return FlushReport::default();
        }
        Hub::global().drain();
        let inboxes = self.inboxes();
        let mut report = FlushReport::default();
        for inbox in inboxes {
            if !inbox.wait_settled(until) {
                report
                    .waiting
                    .push((inbox.sink().clone(), inbox.load().records));
            }
        }
        report
    }

    /// Takes no more records, waits at most `limit` for those it has, and drops and counts the rest.
    pub fn shutdown(&self, limit: Duration) -> FlushReport {
        if in_child() {
            return FlushReport::default();
        }
        let until = Instant::now() + limit;
        let (running, leaving, drainer) = {
            let mut inner = self.lock();
            inner.ended = true;
            let running = std::mem::take(&mut inner.running);
            let leaving = std::mem::take(&mut inner.leaving);
            (running, leaving, inner.drainer.take())
        };
        running.values().for_each(|sink| sink.worker.inbox.close());
        Hub::global().drain();
        let workers: Vec<Worker> = running
            .into_values()
            .map(|sink| sink.worker)
            .chain(leaving)
            .collect();
        for worker in &workers {
            worker.inbox.seal();
            worker.end_by(until);
        }
        let mut report = FlushReport::default();
        // The couriers give up at the limit by themselves and count what they
        // had; one that hangs in the system is left behind a little later.
        let grace = Duration::from_millis(100);
        for worker in &workers {
            let inbox = &worker.inbox;
            let before = inbox.load().records;
            if !inbox.wait_settled(until + grace) {
                inbox.abandon(Cause::Shutdown);
            }
            // It writes out what it held back, and is left behind where it hangs.
            worker.wait_done(until + grace);
            if before > 0 && !worker.health.is_up() {
                report.troubled.push(inbox.sink().clone());
            }
            let left = inbox.load().records;
            if left > 0 {
                report.waiting.push((inbox.sink().clone(), left));
            }
        }
        // What a thread wrote between the closing and now is counted as such.
        drop(drainer);
        Hub::global().drain();
        report
    }

    /// How each sink is doing.
    pub fn status(&self) -> Vec<SinkStatus> {
        let inner = self.lock();
        let status = |worker: &Worker| {
            let load = worker.inbox.load();
            SinkStatus {
                sink: worker.inbox.sink().clone(),
                up: worker.health.is_up(),
                records: load.records,
                bytes: load.bytes,
                disk_bytes: load.disk_bytes,
                acknowledges: worker.acknowledges,
                points_refused: worker.health.refused_points(),
                failures: worker.health.failures(),
                last_failure: worker.health.last_failure(),
            }
        };
        inner
            .running
            .values()
            .map(|sink| status(&sink.worker))
            .collect()
    }

    fn inboxes(&self) -> Vec<Arc<Inbox>> {
        let inner = self.lock();
        let running = inner.running.values().map(|sink| &sink.worker);
        running
            .chain(&inner.leaving)
            .map(|worker| worker.inbox.clone())
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The worker whose records a new one takes over, if there is one.
fn predecessor(
    name: &Arc<str>,
    new: &Worker,
    leaving: &mut BTreeMap<Arc<str>, Running>,
    left: &mut Vec<Worker>,
) -> Option<Worker> {
    if leaving
        .get(name)
        .is_some_and(|old| old.worker.inbox.can_hand_over_to(&new.inbox))
    {
        return leaving.remove(name).map(|old| old.worker);
    }
    let fits = |old: &Worker| {
        old.inbox.sink() == name && !old.is_done() && old.inbox.can_hand_over_to(&new.inbox)
    };
    let at = left.iter().position(fits)?;
    Some(left.swap_remove(at))
}
