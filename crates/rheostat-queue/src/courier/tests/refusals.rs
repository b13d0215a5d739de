//! What becomes of what a sink refuses.

use super::*;

/// Refuses batches that hold one of these numbers, without saying which.
fn poisoned(poison: &'static [u64]) -> Bench {
    let mut bench = bench(|_| {}, []);
    let courier = bench.courier.as_mut().unwrap();
    courier.sink = Box::new(Poisoned {
        seen: bench.seen.clone(),
        poison,
    });
    bench
}

struct Poisoned {
    seen: Seen,
    poison: &'static [u64],
}

impl Sink for Poisoned {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        let numbers: Vec<u64> = numbers(batch);
        let bad = numbers.iter().any(|number| self.poison.contains(number));
        let gap = batch.gap().cloned();
        let verdict = if bad {
            Verdict::RefusedWhole(Failure::new("400: cannot parse"))
        } else {
            self.seen.batches.lock().unwrap().push(numbers);
            self.seen.gaps.lock().unwrap().extend(gap);
            Verdict::Delivered
        };
        Box::pin(std::future::ready(verdict))
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_batch_is_halved_until_the_guilty_stand_alone() {
    let mut bench = poisoned(&[5, 6, 40]);
    let (chunk, account) = numbered(0..64);
    bench.inbox.accept(chunk);
    bench.finish().await;
    let mut arrived = bench.batches().concat();
    assert!(arrived.is_sorted(), "order is kept: {arrived:?}");
    arrived.extend([5, 6, 40]);
    arrived.sort_unstable();
    assert!(arrived.into_iter().eq(0..64));
    assert_eq!(account.get(Cause::Delivered), 61);
    assert_eq!(account.get(Cause::Destination), 3);
    assert!(bench.health.is_up());
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_told_though_the_record_behind_it_is_refused() {
    let mut bench = poisoned(&[0]);
    bench.inbox.note_loss(Cause::QueueFull, 7);
    bench.inbox.accept(numbered(0..2).0);
    bench.finish().await;
    let gaps = bench.seen.gaps.lock().unwrap();
    let told: u64 = gaps
        .iter()
        .flat_map(|gap| &gap.lost)
        .filter(|(cause, _)| *cause == Cause::QueueFull)
        .map(|(_, lost)| lost)
        .sum();
    assert_eq!(told, 7);
}

#[tokio::test(start_paused = true)]
async fn an_answer_for_each_record_is_followed_to_the_letter() {
    fn each() -> Step {
        Step::Answer(Verdict::Partly {
            refused: vec![Refusal {
                record: 1,
                why: Failure::new("mapper_parsing_exception"),
            }],
            again: vec![0, 3],
            after: Some(Duration::from_secs(3)),
            why: Failure::new("429"),
        })
    }
    let mut bench = bench(|_| {}, [each as fn() -> Step]);
    let (chunk, account) = numbered(0..4);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(bench.batches()[..2], [vec![0, 1, 2, 3], vec![0, 3]]);
    assert_eq!(bench.waits()[0].as_secs(), 3);
    assert_eq!(account.get(Cause::Delivered), 3);
    assert_eq!(account.get(Cause::Destination), 1);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_is_set_up_wrongly_is_down_and_asked_seldom() {
    fn denied() -> Step {
        Step::Answer(Verdict::Misconfigured(Failure::new("403: no such user")))
    }
    let mut bench = bench(|_| {}, [denied as fn() -> Step, denied]);
    let (chunk, account) = numbered(0..4);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(
        bench.batches(),
        vec![vec![0, 1, 2, 3]; 3],
        "never taken apart"
    );
    assert_eq!(bench.waits()[0].as_secs(), 30);
    assert_eq!(account.get(Cause::Delivered), 4);
    assert_eq!(bench.health.last_failure().unwrap(), "403: no such user");
}

#[tokio::test(start_paused = true)]
async fn refused_records_are_put_into_the_dead_letter_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.jsonl");
    let mut bench = poisoned(&[2]);
    bench.courier.as_mut().unwrap().dead_letters =
        Some(DeadLetters::open(&path, "sink".into()).unwrap());
    let (chunk, account) = numbered(0..4);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(account.get(Cause::DeadLettered), 1);
    let lines = std::fs::read_to_string(&path).unwrap();
    let letter: serde_json::Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(letter["sink"], "sink");
    assert_eq!(letter["why"], "400: cannot parse");
    assert_eq!(letter["record"]["fields"]["a"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_the_same_token_at_each_attempt_and_no_other_has_it() {
    let inbox = Inbox::new("sink".into(), Settings::default());
    inbox.accept(numbered(0..4).0);
    inbox.accept(numbered(4..6).0);
    let Look::Batch(mut batch) = inbox.look(true) else {
        unreachable!("records wait");
    };
    let whole = batch.token().unwrap();
    let front = batch.split_front(2).token().unwrap();
    let rest = batch.token().unwrap();
    batch.keep(&[0, 3]);
    let mut all = vec![whole, front, rest, batch.token().unwrap()];
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4, "{all:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_without_a_name_is_counted_and_not_sent_again() {
    fn some() -> Step {
        Step::Answer(Verdict::Unnamed {
            refused: 3,
            why: Failure::new("3 of 4 are too old"),
        })
    }
    let mut bench = bench(|_| {}, [some as fn() -> Step]);
    let (chunk, account) = numbered(0..4);
    bench.inbox.accept(chunk);
    bench.finish().await;
    assert_eq!(bench.batches(), [vec![0, 1, 2, 3], vec![]], "then the gap");
    let gaps = bench.seen.gaps.lock().unwrap().clone();
    assert_eq!(gaps[0].lost, [(Cause::Destination, 3)]);
    assert_eq!(account.get(Cause::Delivered), 1);
    assert_eq!(account.get(Cause::Destination), 3);
    assert_eq!(account.queued(), 0);
    assert!(bench.health.is_up());
}
