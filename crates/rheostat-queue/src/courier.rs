//! Carrying batches from one queue to one sink, again and again if need be.
//!
//! One loop does all: it makes an attempt that is due, of records or of
//! metrics, and waits for whatever comes next. Nothing waits inside an
//! attempt but the sink itself, so records that must wait hold up no metrics.

use std::sync::Arc;
use std::time::Duration;

use rheostat_core::sink::{Failure, Sink};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use crate::dead_letters::DeadLetters;
use crate::health::{Health, Traffic};
use crate::inbox::{Inbox, Look};
use crate::race::{Either, race};

mod attempt;
mod carried;
mod reporting;
#[cfg(test)]
mod tests;

use carried::Carried;
use reporting::Reporting;
pub(crate) use reporting::{Feed, Kept};

/// One sink and the queue it is fed from.
pub(crate) struct Courier {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) health: Arc<Health>,
    pub(crate) dead_letters: Option<DeadLetters>,
    /// Where metrics come from, if the sink takes them.
    pub(crate) metrics: Option<Feed>,
    /// Whether, and how, an end is near.
    pub(crate) ending: watch::Receiver<Ending>,
}

/// How a courier's work ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Not yet.
    NotYet,
    /// What is not delivered by then is lost.
    By(Instant),
    /// Another queue takes over what is not delivered; the attempt that runs is the last.
    HandOver,
}

/// What is to be done next.
enum Next {
    /// Something at once.
    Now,
    /// Something then, unless something else comes first.
    At(Instant),
    /// Something when it comes.
    Later,
    /// Nothing ever.
    Never,
}

/// What the loop remembers.
#[derive(Default)]
struct Progress {
    /// The batch in hand.
    carried: Option<Carried>,
    /// When records that are too few for a batch go all the same.
    overdue_at: Option<Instant>,
    /// Metrics, if the sink takes them.
    reporting: Option<Reporting>,
}

impl Next {
    /// What comes first of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Now, _) | (_, Self::Now) => Self::Now,
            (Self::At(one), Self::At(other)) => Self::At(one.min(other)),
            (Self::At(at), _) | (_, Self::At(at)) => Self::At(at),
            (Self::Later, _) | (_, Self::Later) => Self::Later,
            (Self::Never, Self::Never) => Self::Never,
        }
    }
}

impl Courier {
    /// Delivers until the queue is sealed and empty, or handed over.
    pub(crate) async fn run(mut self) {
        let mut progress = Progress {
            reporting: self.begin_reports(),
            ..Progress::default()
        };
        loop {
            let records = self.records(&mut progress).await;
            let last = matches!(records, Next::Never);
            let reports = self.reports(&mut progress.reporting, last).await;
            match records.or(reports) {
                Next::Now => {}
                Next::At(at) => self.wait(Some(at), &mut progress).await,
                Next::Later => self.wait(None, &mut progress).await,
                Next::Never => break,
            }
        }
        self.end_reports(progress.reporting);
        self.inbox.release_spool();
        self.close().await;
    }

    /// Does what is due for records.
    async fn records(&mut self, progress: &mut Progress) -> Next {
        if let Some(carried) = progress.carried.take() {
            let next = self.carry(carried, &mut progress.carried).await;
            return next;
        }
        let overdue = progress.overdue_at.is_some_and(|at| at <= Instant::now());
        match self.inbox.look(overdue) {
            Look::Batch(batch) => {
                progress.overdue_at = None;
                progress.carried = Some(Carried::new(batch, self.inbox.settings()));
                Next::Now
            }
            Look::Some => {
                let every = self.inbox.settings().batch_every;
                let at = progress
                    .overdue_at
                    .get_or_insert_with(|| Instant::now() + every);
                Next::At(*at)
            }
            Look::Nothing => {
                progress.overdue_at = None;
                Next::Later
            }
            Look::Finished => Next::Never,
        }
    }

    /// Waits until then, or until there is reason to look.
    async fn wait(&mut self, until: Option<Instant>, progress: &mut Progress) {
        let due = async {
            match until {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let mut ending = self.ending.clone();
        // The end first: it must not wait for a queue that never rests.
        let told = race(
            attempt::changed(&mut ending),
            race(self.inbox.attention(), due),
        )
        .await;
        if matches!(told, Either::Other(_)) {
            return;
        }
        self.ending.mark_unchanged();
        // Who wants to end learns at once whether the sink is back.
        if let Some(carried) = &mut progress.carried {
            carried.hurry();
        }
        if let Some(reporting) = &mut progress.reporting {
            reporting.hurry();
        }
    }

    async fn close(&mut self) {
        let limit = self.answer_limit();
        match timeout(limit, attempt::guarded(self.sink.close())).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(why)) | Err(why)) => self.health.down(Traffic::Records, &why),
            Err(_) => self.health.down(
                Traffic::Records,
                &Failure::new("the sink took too long to close"),
            ),
        }
    }

    /// A sink limits itself by its `timeout` and then says how far it came;
    /// one that does not is cut off a little later.
    fn answer_limit(&self) -> Duration {
        self.inbox.settings().timeout + Duration::from_secs(1)
    }
}
