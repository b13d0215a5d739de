//! The courier against a sink that does as it is told, on a clock that moves by itself.

use std::collections::VecDeque;
use std::sync::Mutex;

use rheostat_core::Value;
use rheostat_core::ledger::Cause;
use rheostat_core::sink::{
    Amount, Answer, Batch, Family, Gap, MetricKind, MetricSource, Point, Reading, Refusal, Report,
    Tap as _, Verdict,
};

use super::*;
use crate::entrance::Entrance;
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::testing::numbered;

/// What the sink answers next; after the last one: delivered.
type Script = VecDeque<Box<dyn FnMut() -> Step + Send>>;

enum Step {
    Answer(Verdict),
    Hang,
    Panic,
}

#[derive(Clone, Default)]
struct Seen {
    /// The numbers of each batch that was handed over.
    batches: Arc<Mutex<Vec<Vec<u64>>>>,
    gaps: Arc<Mutex<Vec<Gap>>>,
    at: Arc<Mutex<Vec<Instant>>>,
    closed: Arc<Mutex<bool>>,
}

struct Told {
    seen: Seen,
    script: Script,
}

impl Sink for Told {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        self.seen.batches.lock().unwrap().push(numbers(batch));
        self.seen.gaps.lock().unwrap().extend(batch.gap().cloned());
        self.seen.at.lock().unwrap().push(Instant::now());
        let step = self.script.pop_front().map(|mut step| step());
        Box::pin(async move {
            match step {
                None => Verdict::Delivered,
                Some(Step::Answer(verdict)) => verdict,
                Some(Step::Hang) => std::future::pending().await,
                Some(Step::Panic) => std::panic::resume_unwind(Box::new("on purpose")),
            }
        })
    }

    fn close(&mut self) -> Answer<'_, Result<(), Failure>> {
        *self.seen.closed.lock().unwrap() = true;
        Box::pin(std::future::ready(Ok(())))
    }
}

fn numbers(batch: &Batch) -> Vec<u64> {
    batch
        .records()
        .map(|record| match record.fields().next() {
            Some((_, Value::U64(number))) => number,
            other => unreachable!("{other:?}"),
        })
        .collect()
}

struct Bench {
    inbox: Arc<Inbox>,
    seen: Seen,
    health: Arc<Health>,
    ending: watch::Sender<Ending>,
    courier: Option<Courier>,
}

fn retry() -> Step {
    Step::Answer(Verdict::retry(Failure::new("cannot reach it")))
}

fn bench(
    change: impl FnOnce(&mut Settings),
    script: impl IntoIterator<Item = fn() -> Step>,
) -> Bench {
    let mut settings = Settings::default();
    change(&mut settings);
    let inbox = Arc::new(Inbox::new("sink".into(), settings));
    let seen = Seen::default();
    let health = Arc::new(Health::new("sink", Secrets::default()));
    let (ending, ending_seen) = watch::channel(Ending::NotYet);
    let steps = script.into_iter().map(|step| {
        let step: Box<dyn FnMut() -> Step + Send> = Box::new(step);
        step
    });
    let courier = Courier {
        inbox: inbox.clone(),
        sink: Box::new(Told {
            seen: seen.clone(),
            script: steps.collect(),
        }),
        health: health.clone(),
        dead_letters: None,
        metrics: None,
        ending: ending_seen,
    };
    Bench {
        inbox,
        seen,
        health,
        ending,
        courier: Some(courier),
    }
}

impl Bench {
    /// Runs to the end of what was accepted.
    async fn finish(&mut self) {
        self.inbox.seal();
        self.run().await;
    }

    async fn run(&mut self) {
        let courier = self.courier.take().unwrap();
        courier.run().await;
    }

    fn batches(&self) -> Vec<Vec<u64>> {
        self.seen.batches.lock().unwrap().clone()
    }

    /// The waits between the attempts.
    fn waits(&self) -> Vec<Duration> {
        let at = self.seen.at.lock().unwrap();
        at.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_delivered_and_the_sink_closed() {
    let mut bench = bench(|_| {}, []);
    let (chunk, account) = numbered(0..3);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(bench.batches(), [[0, 1, 2]]);
    assert_eq!((account.get(Cause::Delivered), account.queued()), (3, 0));
    assert!(*bench.seen.closed.lock().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_not_full_goes_when_its_time_is_over() {
    let mut bench = bench(|_| {}, []);
    let inbox = bench.inbox.clone();
    let begin = Instant::now();
    inbox.accept(numbered(0..1).0);
    let seen = bench.seen.clone();
    let over = async move {
        while seen.batches.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        inbox.seal();
    };
    tokio::join!(bench.run(), over);
    let waited = bench.seen.at.lock().unwrap()[0] - begin;
    assert_eq!(waited.as_millis(), 1000);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_cannot_be_taken_comes_again_after_growing_waits() {
    let mut bench = bench(|_| {}, [retry as fn() -> Step, retry, retry, retry]);
    let (chunk, account) = numbered(0..2);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(bench.batches(), vec![vec![0, 1]; 5]);
    for (wait, ceiling) in bench.waits().into_iter().zip([100, 200, 400, 800]) {
        let ceiling = Duration::from_millis(ceiling);
        let slack = Duration::from_millis(1);
        assert!(wait >= ceiling / 2 && wait <= ceiling + slack, "{wait:?}");
    }
    assert_eq!(account.get(Cause::Delivered), 2);
    assert!(bench.health.is_up());
    assert_eq!(bench.health.failures(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_sink_can_say_when_it_wants_to_be_asked_again() {
    fn later() -> Step {
        Step::Answer(Verdict::RetryAfter {
            delivered: 0,
            after: Some(Duration::from_secs(7)),
            why: Failure::new("too many requests"),
        })
    }
    let mut bench = bench(|_| {}, [later as fn() -> Step]);
    bench.inbox.accept(numbered(0..1).0);
    bench.finish().await;
    assert_eq!(bench.waits()[0].as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn what_arrived_of_a_batch_is_not_sent_again() {
    fn half() -> Step {
        Step::Answer(Verdict::RetryAfter {
            delivered: 2,
            after: None,
            why: Failure::new("reset"),
        })
    }
    let mut bench = bench(|_| {}, [half as fn() -> Step]);
    let (chunk, account) = numbered(0..3);
    bench.inbox.accept(chunk);
    bench.inbox.accept(numbered(3..4).0);
    bench.finish().await;
    assert_eq!(bench.batches(), [vec![0, 1, 2, 3], vec![2, 3]]);
    assert_eq!(account.get(Cause::Delivered), 3);
}

#[tokio::test(start_paused = true)]
async fn refused_records_are_counted_and_the_others_arrived() {
    fn refuse() -> Step {
        Step::Answer(Verdict::Refused(vec![Refusal {
            record: 1,
            why: Failure::new("no such column"),
        }]))
    }
    let mut bench = bench(|_| {}, [refuse as fn() -> Step]);
    let (chunk, account) = numbered(0..3);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(account.get(Cause::Delivered), 2);
    assert_eq!(account.get(Cause::Destination), 1);
    let gaps = bench.seen.gaps.lock().unwrap();
    assert_eq!(
        gaps[0].lost,
        [(Cause::Destination, 1)],
        "the last batch tells of it"
    );
}

#[tokio::test(start_paused = true)]
async fn after_the_retry_limit_a_batch_is_dropped_counted_and_told_of() {
    let mut bench = bench(
        |settings| settings.retry_for = Duration::from_millis(120),
        [retry as fn() -> Step, retry, retry],
    );
    let (chunk, account) = numbered(0..3);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(account.get(Cause::RetryLimit), 3);
    assert_eq!(account.queued(), 0);
    let gaps = bench.seen.gaps.lock().unwrap();
    assert_eq!(gaps[0].lost, [(Cause::RetryLimit, 3)]);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_hangs_is_cut_off_and_tried_again() {
    let mut bench = bench(|_| {}, [(|| Step::Hang) as fn() -> Step]);
    let (chunk, account) = numbered(0..1);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(bench.batches(), [[0], [0]]);
    assert_eq!(account.get(Cause::Delivered), 1);
    assert_eq!(
        bench.health.last_failure().unwrap(),
        "the sink took longer than 11 s for a batch"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_panics_is_tried_again() {
    let mut bench = bench(|_| {}, [(|| Step::Panic) as fn() -> Step]);
    let (chunk, account) = numbered(0..1);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(account.get(Cause::Delivered), 1);
    assert_eq!(bench.health.last_failure().unwrap(), "the sink panicked");
}

#[tokio::test(start_paused = true)]
async fn at_the_end_what_cannot_be_delivered_is_counted_as_such() {
    let mut bench = bench(
        |settings| settings.batch_records = 1,
        vec![retry as fn() -> Step; 50],
    );
    let (chunk, account) = numbered(0..3);
    bench.inbox.accept(chunk);
    let end = Instant::now() + Duration::from_secs(2);
    bench.ending.send_replace(Ending::By(end));
    bench.finish().await;
    assert_eq!(account.get(Cause::Shutdown), 3);
    assert!(Instant::now() <= end + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn the_end_cuts_off_a_sink_that_hangs() {
    let mut bench = bench(|_| {}, [(|| Step::Hang) as fn() -> Step]);
    let (chunk, account) = numbered(0..1);
    bench.inbox.accept(chunk);
    let begin = Instant::now();
    bench
        .ending
        .send_replace(Ending::By(begin + Duration::from_secs(2)));
    bench.finish().await;
    assert_eq!(account.get(Cause::Shutdown), 1);
    assert_eq!((Instant::now() - begin).as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_takes_over_gets_the_batch_that_failed_too() {
    let mut bench = bench(|_| {}, vec![retry as fn() -> Step; 9]);
    let successor = Arc::new(Inbox::new("sink".into(), Settings::default()));
    let (chunk, account) = numbered(0..2);
    bench.inbox.accept(chunk);
    bench.inbox.accept(numbered(2..3).0);
    let kick = numbered(3..3 + Settings::default().batch_records as u64).0;
    bench.inbox.accept(kick);
    let ending = bench.ending.clone();
    let inbox = bench.inbox.clone();
    let next = successor.clone();
    let seen = bench.seen.clone();
    let take_over = async move {
        while seen.batches.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        inbox.hand_over_to(next.clone(), Arc::new(Entrance::new(next)));
        ending.send_replace(Ending::HandOver);
    };
    tokio::join!(bench.run(), take_over);
    assert_eq!(account.queued(), 2);
    let Look::Batch(batch) = successor.look(true) else {
        unreachable!("all records wait");
    };
    let first = batch.records().next().unwrap().fields().next();
    assert_eq!(first, Some(("a", Value::U64(0))), "in front of all else");
    assert_eq!(
        successor.load().records,
        3 + Settings::default().batch_records
    );
}

mod metrics;
mod refusals;
