//! One call of a sink, whatever it does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use rheostat_core::sink::{Answer, Failure, Verdict};
use tokio::sync::watch;
use tokio::time::{sleep_until, timeout};

use super::Ending;
use crate::race::{Either, race};

/// Waits for a sink's answer, at most so long, and never beyond the end.
pub(super) async fn attempt(
    answer: Answer<'_, Verdict>,
    limit: Duration,
    mut ending: watch::Receiver<Ending>,
) -> Verdict {
    match race(timeout(limit, guarded(answer)), over(&mut ending)).await {
        Either::One(Ok(Ok(verdict))) => verdict,
        Either::One(Ok(Err(why))) => Verdict::retry(why),
        Either::One(Err(_)) => Verdict::retry(Failure::new(format!(
            "the sink took longer than {} s for a batch",
            limit.as_secs_f64()
        ))),
        Either::Other(()) => Verdict::retry(Failure::new("the flush limit came first")),
    }
}

/// Polls a sink's answer; a panic in it is a failure and ends nothing.
pub(super) async fn guarded<T>(mut answer: Answer<'_, T>) -> Result<T, Failure> {
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

/// Waits until the ending is another one, which may be never.
pub(super) async fn changed(ending: &mut watch::Receiver<Ending>) {
    if ending.changed().await.is_err() {
        // Nobody is left to change it.
        std::future::pending().await
    }
}

/// Waits until the end has come, which may be never.
async fn over(ending: &mut watch::Receiver<Ending>) {
    loop {
        let known = *ending.borrow_and_update();
        match known {
            Ending::By(at) => match race(sleep_until(at), changed(ending)).await {
                Either::One(()) => return,
                Either::Other(()) => {}
            },
            Ending::NotYet | Ending::HandOver => changed(ending).await,
        }
    }
}
