//! Carrying batches from one queue to one sink, again and again if need be.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use rheostat_core::ledger::Cause;
use rheostat_core::sink::{Answer, Batch, Failure, Refusal, Sink, Verdict};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use crate::backoff::Backoff;
use crate::health::Health;
use crate::inbox::{Inbox, Look, tally};

/// One sink and the queue it is fed from.
pub(crate) struct Courier {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) health: Arc<Health>,
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

/// How one batch ended.
enum End {
    Settled,
    /// The limit came first; this is what was not delivered.
    TooLate(Batch),
}

impl Courier {
    /// Delivers until the queue is sealed and empty, or handed over.
    pub(crate) async fn run(mut self) {
        let mut overdue_at = None;
        loop {
            let overdue = overdue_at.is_some_and(|at| at <= Instant::now());
            match self.inbox.look(overdue) {
                Look::Batch(batch) => {
                    overdue_at = None;
                    if let End::TooLate(left) = self.deliver(batch).await
                        && let Some(left) = self.inbox.pass_on(left)
                    {
                        self.give_up(&left, Cause::Shutdown);
                        self.inbox.abandon(Cause::Shutdown);
                    }
                }
                Look::Some => {
                    let every = self.inbox.settings().batch_every;
                    let at = *overdue_at.get_or_insert_with(|| Instant::now() + every);
                    tokio::select! {
                        () = self.inbox.attention() => {}
                        () = sleep_until(at) => {}
                    }
                }
                Look::Nothing => {
                    overdue_at = None;
                    self.inbox.attention().await;
                }
                Look::Finished => break,
            }
        }
        self.close().await;
    }

    async fn close(&mut self) {
        let limit = self.answer_limit();
        match timeout(limit, guarded(self.sink.close())).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(why)) | Err(why)) => self.health.down(&why),
            Err(_) => self
                .health
                .down(&Failure::new("the sink took too long to close")),
        }
    }

    /// A sink limits itself by its `timeout` and then says how far it came;
    /// one that does not is cut off a little later.
    fn answer_limit(&self) -> Duration {
        self.inbox.settings().timeout + Duration::from_secs(1)
    }

    async fn deliver(&mut self, mut batch: Batch) -> End {
        let settings = *self.inbox.settings();
        let since = Instant::now();
        let mut backoff = Backoff::new(settings.retry_first, settings.retry_max, seed());
        loop {
            let (delivered, after, why) = match self.once(&batch).await {
                Verdict::Delivered => {
                    self.health.up();
                    self.settle_delivered(&batch, &[]);
                    return End::Settled;
                }
                Verdict::Refused(refused) => {
                    self.health.up();
                    self.settle_delivered(&batch, &refused);
                    return End::Settled;
                }
                Verdict::RetryAfter {
                    delivered,
                    after,
                    why,
                } => (delivered, after, why),
            };
            self.health.down(&why);
            batch = self.settle_front(batch, delivered);
            if delivered > 0 {
                backoff = Backoff::new(settings.retry_first, settings.retry_max, seed());
            }
            if since.elapsed() >= settings.retry_for {
                self.give_up(&batch, Cause::RetryLimit);
                return End::Settled;
            }
            if !self.pause(after.unwrap_or_else(|| backoff.next())).await {
                return End::TooLate(batch);
            }
        }
    }

    /// One attempt, whatever the sink does.
    async fn once(&mut self, batch: &Batch) -> Verdict {
        let limit = self.answer_limit();
        let mut ending = self.ending.clone();
        tokio::select! {
            answer = timeout(limit, guarded(self.sink.deliver(batch))) => match answer {
                Ok(Ok(verdict)) => verdict,
                Ok(Err(why)) => Verdict::retry(why),
                Err(_) => Verdict::retry(Failure::new(format!(
                    "the sink took longer than {} s for a batch",
                    limit.as_secs_f64()
                ))),
            },
            () = over(&mut ending) => Verdict::retry(Failure::new("the flush limit came first")),
        }
    }

    /// Waits before another attempt; false when there will be none.
    async fn pause(&mut self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        let ending = *self.ending.borrow_and_update();
        match ending {
            Ending::HandOver => false,
            Ending::By(at) if until >= at => {
                sleep_until(at).await;
                false
            }
            Ending::By(_) => {
                sleep_until(until).await;
                true
            }
            Ending::NotYet => {
                tokio::select! {
                    () = sleep_until(until) => true,
                    // Who wants to end learns at once whether the sink is back.
                    changed = self.ending.changed() => {
                        if changed.is_err() {
                            sleep_until(until).await;
                        }
                        *self.ending.borrow() != Ending::HandOver
                    }
                }
            }
        }
    }

    /// Counts a batch that arrived, but for what was refused in it.
    fn settle_delivered(&self, batch: &Batch, refused: &[Refusal]) {
        let mut lost = 0;
        for (at, route) in batch.routes().enumerate() {
            if let Some(refusal) = refused.iter().find(|refusal| refusal.record == at) {
                self.health.refused(&refusal.why);
                route.account.settle(Cause::Destination, 1);
                lost += 1;
            } else if !refused.is_empty() {
                route.account.settle(Cause::Delivered, 1);
            }
        }
        if refused.is_empty() {
            tally(batch.routes(), |route, records| {
                route.account.settle(Cause::Delivered, records);
            });
        }
        self.inbox
            .settled(&[(Cause::Destination, lost)], &Batch::default());
    }

    /// Counts the records in front that arrived, and returns the others.
    fn settle_front(&self, batch: Batch, delivered: usize) -> Batch {
        let delivered = delivered.min(batch.len());
        if delivered == 0 {
            return batch;
        }
        // The gap stands before the first record, so it arrived with it.
        let (_told, mut chunks) = batch.into_parts();
        let mut left = delivered;
        for chunk in &mut chunks {
            let arrived = chunk.split_front(left, usize::MAX);
            left -= arrived.len();
            tally(arrived.routes(), |route, records| {
                route.account.settle(Cause::Delivered, records);
            });
        }
        chunks.retain(|chunk| !chunk.is_empty());
        let rest = Batch::new(None, chunks);
        self.inbox.settled(&[], &rest);
        rest
    }

    /// Counts a batch that will not arrive.
    fn give_up(&self, batch: &Batch, cause: Cause) {
        tally(batch.routes(), |route, records| {
            route.account.settle(cause, records)
        });
        self.inbox.put_back(batch.gap().cloned());
        self.inbox
            .settled(&[(cause, batch.len() as u64)], &Batch::default());
    }
}

/// Polls a sink's answer; a panic in it is a failure and ends nothing.
async fn guarded<T>(mut answer: Answer<'_, T>) -> Result<T, Failure> {
    std::future::poll_fn(move |context| {
        let answer: &mut Pin<Box<_>> = &mut answer;
        match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Err(_) => Poll::Ready(Err(Failure::new("the sink panicked"))),
        }
    })
    .await
}

/// Waits until the end has come, which may be never.
async fn over(ending: &mut watch::Receiver<Ending>) {
    loop {
        let known = *ending.borrow_and_update();
        let changed = match known {
            Ending::By(at) => {
                tokio::select! {
                    () = sleep_until(at) => return,
                    changed = ending.changed() => changed,
                }
            }
            Ending::NotYet | Ending::HandOver => ending.changed().await,
        };
        if changed.is_err() {
            // Nobody is left to change it.
            match known {
                Ending::By(at) => return sleep_until(at).await,
                Ending::NotYet | Ending::HandOver => std::future::pending::<()>().await,
            }
        }
    }
}

/// Something that differs between processes and moments.
fn seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new()
        .build_hasher()
        .finish()
}

#[cfg(test)]
mod tests;
