use rheostat_core::Value;

use super::*;
use crate::testing::numbered;

fn inbox(change: impl FnOnce(&mut Settings)) -> Inbox {
    let mut settings = Settings::default();
    change(&mut settings);
    Inbox::new("sink".into(), settings)
}

/// The numbers of the records of the next batch.
fn taken(inbox: &Inbox) -> Vec<u64> {
    match inbox.look(true) {
        Look::Batch(batch) => {
            let numbers = batch
                .records()
                .map(|record| match record.fields().next() {
                    Some((_, Value::U64(number))) => number,
                    other => unreachable!("{other:?}"),
                })
                .collect();
            inbox.left(std::iter::empty());
            numbers
        }
        _ => Vec::new(),
    }
}

fn size_of_one() -> usize {
    numbered(0..1).0.size()
}

#[test]
fn records_come_out_in_the_order_in_which_they_came() {
    let inbox = inbox(|_| {});
    inbox.accept(numbered(0..3).0);
    inbox.accept(numbered(3..5).0);
    assert_eq!(taken(&inbox), [0, 1, 2, 3, 4]);
}

#[test]
fn a_batch_is_no_longer_than_it_may_be() {
    let inbox = inbox(|settings| settings.batch_records = 2);
    inbox.accept(numbered(0..3).0);
    inbox.accept(numbered(3..5).0);
    assert_eq!(taken(&inbox), [0, 1]);
    assert_eq!(taken(&inbox), [2, 3]);
    assert_eq!(taken(&inbox), [4]);
}

#[test]
fn a_batch_is_no_larger_than_it_may_be_but_holds_one_record() {
    let one = size_of_one();
    let inbox = inbox(|settings| settings.batch_bytes = one * 2);
    inbox.accept(numbered(0..3).0);
    assert_eq!(taken(&inbox), [0, 1]);
    assert_eq!(taken(&inbox), [2]);
    let tiny = self::inbox(|settings| settings.batch_bytes = 1);
    tiny.accept(numbered(0..2).0);
    assert_eq!(taken(&tiny), [0]);
}

#[test]
fn too_few_records_wait_until_they_are_overdue_or_wanted() {
    let inbox = inbox(|_| {});
    assert!(matches!(inbox.look(true), Look::Nothing));
    inbox.accept(numbered(0..1).0);
    assert!(matches!(inbox.look(false), Look::Some));
    assert!(matches!(inbox.look(true), Look::Batch(_)));
}

#[test]
fn drop_new_keeps_the_oldest_and_counts_the_rest() {
    let one = size_of_one();
    let inbox = inbox(|settings| settings.memory = one * 2);
    let (chunk, account) = numbered(0..5);
    inbox.accept(chunk);
    assert_eq!(account.get(Cause::QueueFull), 3);
    assert_eq!(account.queued(), 2);
    assert_eq!(taken(&inbox), [0, 1]);
}

#[test]
fn drop_old_keeps_the_newest_and_counts_the_rest() {
    let one = size_of_one();
    let inbox = inbox(|settings| {
        settings.memory = one * 2;
        settings.full = Full::DropOld;
    });
    let (first, account) = numbered(0..2);
    inbox.accept(first);
    inbox.accept(numbered(2..3).0);
    assert_eq!(account.get(Cause::QueueFull), 1);
    assert_eq!(taken(&inbox), [1, 2]);
}

#[test]
fn what_is_being_delivered_counts_against_the_memory() {
    let one = size_of_one();
    let inbox = inbox(|settings| settings.memory = one);
    inbox.accept(numbered(0..1).0);
    let Look::Batch(in_flight) = inbox.look(true) else {
        unreachable!("a record waits");
    };
    let (chunk, account) = numbered(1..2);
    inbox.accept(chunk);
    assert_eq!(account.get(Cause::QueueFull), 1);
    assert_eq!(in_flight.len(), 1);
}

#[test]
fn the_next_batch_says_what_went_missing_before_it() {
    let one = size_of_one();
    let inbox = inbox(|settings| settings.memory = one * 2);
    inbox.accept(numbered(0..5).0);
    inbox.lost(Cause::RingFull, 7);
    let Look::Batch(batch) = inbox.look(true) else {
        unreachable!("records wait");
    };
    let gap = batch.gap().unwrap();
    assert_eq!(gap.lost, [(Cause::RingFull, 7), (Cause::QueueFull, 3)]);
    assert!(gap.from <= gap.to && gap.from > 0);
}

#[test]
fn a_gap_is_told_once_and_again_when_it_could_not_be_told() {
    let inbox = inbox(|_| {});
    inbox.lost(Cause::RingFull, 1);
    inbox.accept(numbered(0..1).0);
    let Look::Batch(batch) = inbox.look(true) else {
        unreachable!("a record waits");
    };
    inbox.lost(Cause::QueueFull, 2);
    inbox.put_back(batch.gap().cloned());
    inbox.accept(numbered(1..2).0);
    let Look::Batch(batch) = inbox.look(true) else {
        unreachable!("a record waits");
    };
    assert_eq!(
        batch.gap().unwrap().lost,
        [(Cause::RingFull, 1), (Cause::QueueFull, 2)]
    );
    inbox.accept(numbered(2..3).0);
    let Look::Batch(batch) = inbox.look(true) else {
        unreachable!("a record waits");
    };
    assert_eq!(batch.gap(), None);
}

#[test]
fn a_last_gap_is_told_before_the_end_even_without_records() {
    let inbox = inbox(|_| {});
    inbox.lost(Cause::RingFull, 1);
    inbox.seal();
    assert!(matches!(inbox.look(false), Look::Batch(batch) if batch.gap().is_some()));
    assert!(matches!(inbox.look(false), Look::Finished));
}

#[test]
fn a_sealed_queue_takes_no_more_and_counts_it() {
    let inbox = inbox(|_| {});
    inbox.seal();
    assert_eq!(inbox.admit(), Err(Cause::Closed));
    let (chunk, account) = numbered(0..2);
    inbox.accept(chunk);
    assert_eq!(account.get(Cause::Closed), 2);
}

#[test]
fn a_closed_queue_still_takes_what_is_in_the_rings() {
    let inbox = inbox(|_| {});
    inbox.close();
    assert_eq!(inbox.admit(), Err(Cause::Closed));
    inbox.accept(numbered(0..2).0);
    assert_eq!(taken(&inbox), [0, 1]);
}

#[test]
fn block_makes_a_thread_wait_until_there_is_room() {
    let one = size_of_one();
    let inbox = Arc::new(inbox(|settings| {
        settings.memory = one;
        settings.full = Full::Block;
    }));
    inbox.accept(numbered(0..1).0);
    let waiting = {
        let inbox = inbox.clone();
        std::thread::spawn(move || inbox.admit())
    };
    assert_eq!(taken(&inbox), [0]);
    assert_eq!(waiting.join().unwrap(), Ok(()));
}

#[test]
fn block_gives_up_once_and_then_waits_no_more_until_there_was_room() {
    let one = size_of_one();
    let inbox = inbox(|settings| {
        settings.memory = one;
        settings.full = Full::Block;
    });
    inbox.accept(numbered(0..1).0);
    assert_eq!(inbox.admit(), Err(Cause::BlockLimit));
    // No clock is looked at: a second wait would be seen as a slow test only.
    assert!(inbox.lock().gave_up);
    assert_eq!(inbox.admit(), Err(Cause::BlockLimit));
    taken(&inbox);
    assert_eq!(inbox.admit(), Ok(()));
    assert!(!inbox.lock().gave_up);
}

#[test]
fn block_never_holds_up_a_thread_of_ours() {
    let one = size_of_one();
    let inbox = inbox(|settings| {
        settings.memory = one;
        settings.full = Full::Block;
    });
    inbox.accept(numbered(0..1).0);
    let refused = std::thread::scope(|scope| {
        let own = scope.spawn(|| {
            internal::mark_own_thread();
            (inbox.admit(), inbox.wait(0))
        });
        own.join().unwrap()
    });
    assert_eq!(refused, (Err(Cause::QueueFull), false));
}

#[test]
fn a_successor_gets_what_waits_in_front_of_its_own() {
    let old = inbox(|_| {});
    let new = Arc::new(inbox(|_| {}));
    let (first, account) = numbered(0..2);
    old.accept(first);
    old.lost(Cause::RingFull, 3);
    new.accept(numbered(2..3).0);
    let entrance = Arc::new(Entrance::new(new.clone()));
    old.hand_over_to(new.clone(), entrance);
    assert!(matches!(old.look(false), Look::Finished));
    let Look::Batch(batch) = new.look(true) else {
        unreachable!("records wait");
    };
    assert_eq!(batch.gap().unwrap().lost, [(Cause::RingFull, 3)]);
    assert_eq!(batch.len(), 3);
    assert_eq!(account.queued(), 2, "they wait as before");
    old.accept(numbered(3..4).0);
    new.left(std::iter::empty());
    assert_eq!(taken(&new), [3], "what comes late is passed on");
}

#[test]
fn a_successor_stays_open_until_nothing_comes_to_its_predecessor_any_more() {
    let old = inbox(|_| {});
    let new = Arc::new(inbox(|_| {}));
    let entrance = Arc::new(Entrance::new(new.clone()));
    old.hand_over_to(new.clone(), entrance.clone());
    // No route of its own is left, as where nothing fired under its policy.
    drop(entrance);
    old.accept(numbered(0..1).0);
    assert_eq!(taken(&new), [0], "what comes late is passed on");
    old.seal();
    assert_eq!(new.admit(), Err(Cause::Closed));
}

#[test]
fn abandoning_counts_what_waited() {
    let inbox = inbox(|_| {});
    let (chunk, account) = numbered(0..4);
    inbox.accept(chunk);
    assert_eq!(inbox.abandon(Cause::Shutdown), 4);
    assert_eq!((account.get(Cause::Shutdown), account.queued()), (4, 0));
    assert_eq!(inbox.load(), Load::default());
}

#[test]
fn waiting_ends_when_what_was_there_is_settled_whatever_comes_after() {
    let inbox = Arc::new(inbox(|_| {}));
    inbox.accept(numbered(0..2).0);
    let waiting = {
        let inbox = inbox.clone();
        std::thread::spawn(move || inbox.wait_settled(Instant::now() + Duration::from_secs(30)))
    };
    // Until the other thread waits, a batch of two is not due.
    let batch = loop {
        match inbox.look(false) {
            Look::Batch(batch) => break batch,
            _ => std::thread::yield_now(),
        }
    };
    inbox.accept(numbered(2..9).0);
    assert_eq!(batch.len(), 2);
    inbox.left(std::iter::empty());
    assert!(waiting.join().unwrap());
}

/// A queue that is on disk there.
fn on_disk(dir: &std::path::Path) -> Inbox {
    let home = rheostat_core::flow::Home {
        tap: Arc::new(rheostat_core::sink::NoTap),
        sink: "sink".into(),
        ledger: Arc::default(),
    };
    let spool = Spool::open(dir, crate::spool::Fsync::Never, home).unwrap();
    inbox(|settings| settings.disk = 1 << 20).with_spool(Some(Arc::new(spool)), false)
}

#[test]
fn a_gap_that_did_not_arrive_outlives_the_process_and_one_that_did_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let queue = on_disk(dir.path());
    queue.lost(Cause::RingFull, 5);
    queue.accept(numbered(0..1).0);
    // Handed to the sink; nobody knows whether it came there when the kill comes.
    assert!(matches!(queue.look(true), Look::Batch(batch) if batch.gap().is_some()));
    queue.lost(Cause::TooLarge, 1);
    queue.accept(numbered(1..2).0);
    drop(queue);
    let queue = on_disk(dir.path());
    let Look::Batch(batch) = queue.look(true) else {
        unreachable!("records wait")
    };
    let told = &batch.gap().unwrap().lost;
    assert_eq!(*told, [(Cause::TooLarge, 1), (Cause::RingFull, 5)]);
    queue.left(std::iter::empty());
    drop((queue, batch));
    let queue = on_disk(dir.path());
    assert!(queue.losses.is_empty());
}
