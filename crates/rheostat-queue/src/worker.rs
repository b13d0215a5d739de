//! One sink's own thread, with its own runtime: a sink that hangs holds up no other.

use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rheostat_core::internal;
use rheostat_core::sink::{Failure, Sink};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout};

use crate::courier::{Courier, Ending, Feed};
use crate::dead_letters::DeadLetters;
use crate::entrance::Entrance;
use crate::health::Health;
use crate::inbox::Inbox;
use crate::secrets::Secrets;

/// A sink's thread, as seen from outside.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) health: Arc<Health>,
    /// Whether *delivered* is the destination's own word.
    pub(crate) acknowledges: bool,
    /// Whether a trail of durable records may end there.
    pub(crate) keeps_trails: bool,
    ending: watch::Sender<Ending>,
    start: Option<oneshot::Sender<Option<Finished>>>,
    finished: Option<Finished>,
    done: Arc<Done>,
}

/// Whether a worker's thread has done its work, for threads that wait.
#[derive(Debug, Default)]
struct Done {
    is: Mutex<bool>,
    changed: Condvar,
}

/// What a worker works with.
pub(crate) struct Equipment {
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) dead_letters: Option<DeadLetters>,
    /// Where metrics come from, if the sink takes them.
    pub(crate) metrics: Option<Feed>,
    /// What no reason may show.
    pub(crate) secrets: Secrets,
}

/// Comes when a worker delivers no more.
#[derive(Debug)]
pub(crate) struct Finished(oneshot::Receiver<()>);

impl Worker {
    /// Starts the thread; it delivers nothing before [`begin`](Self::begin).
    pub(crate) fn start(inbox: Arc<Inbox>, equipment: Equipment) -> Result<Self, Failure> {
        let health = Arc::new(Health::new(inbox.sink(), equipment.secrets));
        let acknowledges = equipment.sink.acknowledges();
        let keeps_trails = equipment.sink.keeps_trails();
        let (ending, ending_seen) = watch::channel(Ending::NotYet);
        let (start, started) = oneshot::channel();
        let (finish, finished) = oneshot::channel();
        let (ready, readiness) = mpsc::channel();
        let courier = Courier {
            inbox: inbox.clone(),
            sink: equipment.sink,
            health: health.clone(),
            dead_letters: equipment.dead_letters,
            metrics: equipment.metrics,
            ending: ending_seen,
        };
        let name = format!("rheostat-{}", inbox.sink());
        let all_done = Arc::new(Done::default());
        let done = all_done.clone();
        std::thread::Builder::new()
            .name(name)
            .spawn(move || {
                internal::mark_own_thread();
                work(courier, started, &ready);
                *done.is.lock().unwrap_or_else(PoisonError::into_inner) = true;
                done.changed.notify_all();
                let _nobody_waits = finish.send(());
            })
            .map_err(|error| Failure::because("cannot start a thread for the sink", error))?;
        match readiness.recv() {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => return Err(failure),
            Err(_) => return Err(Failure::new("the sink's thread ended at once")),
        }
        Ok(Self {
            inbox,
            health,
            acknowledges,
            keeps_trails,
            ending,
            start: Some(start),
            finished: Some(Finished(finished)),
            done: all_done,
        })
    }

    /// Lets it deliver, once its predecessor does no more.
    pub(crate) fn begin(&mut self, predecessor: Option<Finished>) {
        if let Some(start) = self.start.take() {
            // It only fails where the thread is gone, which `flush` will tell.
            let _gone = start.send(predecessor);
        }
    }

    /// Says by when all must be over.
    pub(crate) fn end_by(&self, at: std::time::Instant) {
        self.ending.send_replace(Ending::By(Instant::from_std(at)));
    }

    /// Whether it does nothing any more.
    pub(crate) fn is_done(&self) -> bool {
        *self.done.is.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it does nothing any more, at most until a moment.
    pub(crate) fn wait_done(&self, until: std::time::Instant) {
        let mut is = self.done.is.lock().unwrap_or_else(PoisonError::into_inner);
        while !*is {
            let Some(left) = until.checked_duration_since(std::time::Instant::now()) else {
                return;
            };
            is = self
                .done
                .changed
                .wait_timeout(is, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Lets another worker take over, and returns what that one must wait for.
    pub(crate) fn hand_over(
        mut self,
        successor: &Self,
        entrance: Arc<Entrance>,
    ) -> Option<Finished> {
        // In this order: who learns of the end must know who comes after.
        self.inbox.hand_over_to(successor.inbox.clone(), entrance);
        self.ending.send_replace(Ending::HandOver);
        self.finished.take()
    }
}

fn work(
    courier: Courier,
    started: oneshot::Receiver<Option<Finished>>,
    ready: &mpsc::Sender<Result<(), Failure>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::because("cannot start a runtime for the sink", error);
            courier.inbox.release_spool();
            let _gone = ready.send(Err(failure));
            return;
        }
    };
    if ready.send(Ok(())).is_err() {
        return;
    }
    runtime.block_on(async move {
        // An error means that the policy it was staged for was not applied.
        let Ok(predecessor) = started.await else {
            courier.inbox.release_spool();
            return;
        };
        if let Some(Finished(finished)) = predecessor {
            // The predecessor's last attempt is limited; a little longer than
            // that nobody waits, even where its thread hangs in the system.
            let limit = courier.inbox.settings().timeout + Duration::from_secs(2);
            if timeout(limit, finished).await.is_ok() {
                // It may have ended with nothing to hand over, just before it was told to.
                courier.inbox.comes_after(false);
            }
        }
        courier.run().await;
    });
}
