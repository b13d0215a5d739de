//! When a sink is told of metrics.

use super::*;

/// A source with one counter that goes up by one at each reading.
#[derive(Default)]
struct Rising(std::sync::atomic::AtomicU64);

impl MetricSource for Rising {
    fn read(&self) -> Reading {
        let whole = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        Reading {
            const_labels: Arc::default(),
            families: vec![Family {
                name: "readings_total".into(),
                kind: MetricKind::Counter,
                unit: None,
                help: None,
                labels: Arc::default(),
                points: vec![Point {
                    labels: Arc::default(),
                    from: 0,
                    to: whole,
                    amount: Amount::Counter {
                        whole,
                        part: 0.0,
                        exemplar: None,
                    },
                }],
            }],
        }
    }
}

/// Takes reports unless there is an answer left for it, and no records ever.
struct Reported {
    seen: Arc<Mutex<Vec<(String, f64)>>>,
    script: VecDeque<Verdict>,
}

impl Sink for Reported {
    fn deliver<'a>(&'a mut self, _batch: &'a Batch) -> Answer<'a, Verdict> {
        let why = Failure::new("no such table");
        Box::pin(std::future::ready(Verdict::Misconfigured(why)))
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        let amount = report.points().map(|(_, point)| point.amount.number());
        self.seen
            .lock()
            .unwrap()
            .push((report.token.clone(), amount.sum()));
        let verdict = self.script.pop_front().unwrap_or(Verdict::Delivered);
        Box::pin(std::future::ready(verdict))
    }
}

type Told2 = Arc<Mutex<Vec<(String, f64)>>>;

fn reported(script: impl IntoIterator<Item = Verdict>) -> (Bench, Told2, Kept) {
    let mut bench = bench(|_| {}, []);
    let seen = Told2::default();
    let kept = Kept::default();
    let courier = bench.courier.as_mut().unwrap();
    courier.sink = Box::new(Reported {
        seen: seen.clone(),
        script: script.into_iter().collect(),
    });
    courier.metrics = Some(Feed {
        source: Arc::new(Rising::default()),
        every: Duration::from_secs(10),
        kept: kept.clone(),
    });
    (bench, seen, kept)
}

async fn run_for(bench: &mut Bench, time: Duration) {
    let end = Instant::now() + time;
    bench.ending.send_replace(Ending::By(end));
    let inbox = bench.inbox.clone();
    let seal = async move {
        tokio::time::sleep_until(end - Duration::from_millis(1)).await;
        inbox.seal();
    };
    tokio::join!(bench.run(), seal);
}

#[tokio::test(start_paused = true)]
async fn metrics_are_told_every_so_often_and_once_at_the_end() {
    let (mut bench, seen, _) = reported([]);
    run_for(&mut bench, Duration::from_secs(25)).await;
    let amounts: Vec<f64> = seen
        .lock()
        .unwrap()
        .iter()
        .map(|(_, amount)| *amount)
        .collect();
    assert_eq!(amounts, [1.0, 1.0, 1.0], "at 10 s, at 20 s, at the end");
}

#[tokio::test(start_paused = true)]
async fn a_report_that_was_not_taken_comes_again_with_its_token() {
    let retry = || Verdict::retry(Failure::new("503"));
    let (mut bench, seen, _) = reported([retry(), retry()]);
    run_for(&mut bench, Duration::from_secs(15)).await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[1], seen[2]);
    assert_ne!(seen[2].0, seen[3].0);
}

#[tokio::test(start_paused = true)]
async fn metrics_arrive_though_records_cannot() {
    let (mut bench, seen, _) = reported([]);
    let (chunk, account) = numbered(0..2);
    bench.inbox.accept(chunk);
    run_for(&mut bench, Duration::from_secs(25)).await;
    assert_eq!(account.get(Cause::Shutdown), 2);
    assert!(seen.lock().unwrap().len() >= 2);
}

#[tokio::test(start_paused = true)]
async fn who_takes_over_knows_what_the_sink_was_told_of_metrics() {
    let (mut bench, seen, kept) = reported([]);
    let next = Arc::new(Inbox::new("sink".into(), Settings::default()));
    let (ending, inbox) = (bench.ending.clone(), bench.inbox.clone());
    let told = seen.clone();
    let take_over = async move {
        while told.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        inbox.hand_over_to(next.clone(), Arc::new(Entrance::new(next)));
        ending.send_replace(Ending::HandOver);
    };
    tokio::join!(bench.run(), take_over);
    assert_eq!(seen.lock().unwrap().len(), 1);
    let mut reports = kept.lock().unwrap().take().unwrap();
    reports.collect();
    let report = reports.next().unwrap();
    assert_eq!(report.points().next().unwrap().1.amount.number(), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_takes_metrics_and_no_records_is_down_and_stays_so() {
    let (mut bench, seen, _) = reported([]);
    bench.inbox.accept(numbered(0..1).0);
    let health = bench.health.clone();
    run_for(&mut bench, Duration::from_secs(35)).await;
    assert!(seen.lock().unwrap().len() >= 3, "it takes reports");
    assert!(!health.is_up());
}
