//! When a sink is told of metrics, and what its answers mean.
//!
//! One attempt a turn: metrics that must wait hold up no records.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rheostat_core::sink::{MetricSource, Verdict};
use tokio::time::Instant;

use super::attempt::attempt;
use super::{Courier, Ending, Next};
use crate::backoff::Backoff;
use crate::health::Traffic;
use crate::reports::Reports;

/// What one sink was told, kept while no courier has it: it outlives reloads.
pub(crate) type Kept = Arc<Mutex<Option<Reports>>>;

/// Where a courier has metrics from.
#[derive(Clone)]
pub(crate) struct Feed {
    pub(crate) source: Arc<dyn MetricSource>,
    pub(crate) every: Duration,
    pub(crate) kept: Kept,
}

/// The state of one sink's reports.
pub(super) struct Reporting {
    reports: Reports,
    every: Duration,
    /// When metrics are read next.
    due: Instant,
    /// When what was read is tried again.
    again: Instant,
    backoff: Backoff,
    /// Since when nothing was taken, while something waits.
    since: Option<Instant>,
    /// The last report was made: none will follow.
    last: bool,
    /// How many flushes were asked for when what waits was read.
    asked: u64,
}

impl Reporting {
    /// Makes the next attempt due at once.
    pub(super) fn hurry(&mut self) {
        self.again = Instant::now();
    }
}

impl Courier {
    /// Takes up where the last courier of this sink stopped.
    pub(super) fn begin_reports(&self) -> Option<Reporting> {
        let feed = self.metrics.as_ref()?;
        let settings = self.inbox.settings();
        let kept = feed
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut reports = kept.unwrap_or_else(|| Reports::new(feed.source.clone()));
        reports.adopt(self.sink.temporality(), settings.batch_records);
        let now = Instant::now();
        Some(Reporting {
            reports,
            every: feed.every,
            due: now + feed.every,
            again: now,
            backoff: Backoff::new(settings.retry_first, settings.retry_max),
            since: None,
            last: false,
            asked: 0,
        })
    }

    /// Leaves what was told for whoever comes after.
    pub(super) fn end_reports(&self, reporting: Option<Reporting>) {
        self.inbox.reported(u64::MAX);
        if let (Some(feed), Some(reporting)) = (&self.metrics, reporting) {
            let mut kept = feed.kept.lock().unwrap_or_else(PoisonError::into_inner);
            *kept = Some(reporting.reports);
        }
    }

    /// Does what is due for metrics; `last`: records will not come any more.
    pub(super) async fn reports(&mut self, reporting: &mut Option<Reporting>, last: bool) -> Next {
        let Some(reporting) = reporting else {
            return Next::Never;
        };
        let now = Instant::now();
        if self.inbox.is_handed_over() || (last && self.is_over(now)) {
            return Next::Never;
        }
        if reporting.reports.next().is_none() {
            let asked = self.inbox.reports_asked();
            let wanted = asked > reporting.asked || (last && !reporting.last);
            if !wanted && reporting.last {
                return Next::Never;
            }
            if !wanted && now < reporting.due {
                return Next::At(reporting.due);
            }
            reporting.asked = asked;
            reporting.last = last;
            reporting.due = now + reporting.every;
            reporting.reports.collect();
            if reporting.reports.next().is_none() {
                self.inbox.reported(reporting.asked);
                return Next::Now;
            }
            reporting.again = now;
        }
        if now < reporting.again {
            return Next::At(reporting.again);
        }
        self.report(reporting).await;
        if reporting.reports.next().is_none() {
            self.inbox.reported(reporting.asked);
        }
        Next::Now
    }

    fn is_over(&self, now: Instant) -> bool {
        matches!(*self.ending.borrow(), Ending::By(at) if at <= now)
    }

    /// One attempt with the next report.
    async fn report(&mut self, reporting: &mut Reporting) {
        let limit = self.answer_limit();
        let reports = &mut reporting.reports;
        let Some(report) = reports.next() else { return };
        let len = report.len();
        let verdict = attempt(self.sink.report(report), limit, self.ending.clone()).await;
        let (took_some, after) = match verdict {
            Verdict::Delivered => {
                self.health.up(Traffic::Metrics);
                reports.settle(&[]);
                (true, None)
            }
            Verdict::Refused(refused) => {
                self.health.up(Traffic::Metrics);
                self.points_refused(&refused.iter().map(|one| &one.why).collect::<Vec<_>>());
                reports.settle(&[]);
                (true, None)
            }
            Verdict::RetryAfter {
                delivered,
                after,
                why,
            } => {
                self.health.down(Traffic::Metrics, &why);
                if delivered > 0 {
                    reports.settle(&(delivered..len).collect::<Vec<_>>());
                }
                (delivered > 0, Some(after))
            }
            Verdict::Partly {
                refused,
                again,
                after,
                why,
            } => {
                self.points_refused(&refused.iter().map(|one| &one.why).collect::<Vec<_>>());
                reports.settle(&again);
                if again.is_empty() {
                    self.health.up(Traffic::Metrics);
                    (true, None)
                } else {
                    self.health.down(Traffic::Metrics, &why);
                    (again.len() < len, Some(after))
                }
            }
            Verdict::Unnamed { refused, why } => {
                self.health.up(Traffic::Metrics);
                // How many, and the reason once.
                self.health.refused(&why);
                self.health.points_refused(refused as u64);
                reports.settle(&[]);
                (true, None)
            }
            Verdict::RefusedWhole(why) => {
                self.health.up(Traffic::Metrics);
                if !reports.halve() {
                    self.points_refused(&[&why]);
                    reports.settle(&[]);
                }
                (true, None)
            }
            Verdict::Misconfigured(why) => {
                self.health.down(Traffic::Metrics, &why);
                (false, Some(Some(self.inbox.settings().retry_max)))
            }
        };
        self.after_report(reporting, took_some, after);
    }

    fn points_refused(&self, why: &[&rheostat_core::sink::Failure]) {
        for why in why {
            self.health.refused(*why);
        }
        self.health.points_refused(why.len() as u64);
    }

    fn after_report(
        &self,
        reporting: &mut Reporting,
        took_some: bool,
        after: Option<Option<Duration>>,
    ) {
        let settings = self.inbox.settings();
        let now = Instant::now();
        if took_some {
            reporting.since = None;
            reporting.backoff = Backoff::new(settings.retry_first, settings.retry_max);
        }
        let Some(after) = after else { return };
        let since = *reporting.since.get_or_insert(now);
        if now - since >= settings.retry_for {
            // No loss: what it said is part of what is read next.
            reporting.reports.give_up();
            reporting.since = None;
        }
        reporting.again = now + after.unwrap_or_else(|| reporting.backoff.next());
    }
}
