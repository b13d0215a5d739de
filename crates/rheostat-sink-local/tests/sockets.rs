//! The sinks `tcp` and `unix`.

mod common;

use common::reader::{Reader, socket_path};
use common::{Folder, eventually, flush, numbers, start, told_lost};
use rheostat_core::ledger::Cause;

const QUICK: &str = "batch = { every = \"1ms\" }\nretry = { first = \"1ms\", max = \"5ms\" }";

fn tcp(address: &str, keys: &str) -> String {
    format!("type = \"tcp\"\naddress = \"{address}\"\n{QUICK}\n{keys}")
}

#[test]
fn records_arrive_over_tcp_in_order() {
    let (reader, address) = Reader::tcp("127.0.0.1:0");
    let running = start(&tcp(&address, ""));
    running.feed.put(0..3000);
    flush(&running.queues);
    eventually("all arrive", || reader.lines().len() == 3000);
    assert_eq!(numbers(reader.go()), (0..3000).collect::<Vec<_>>());
}

#[test]
fn records_arrive_over_a_unix_socket_in_order() {
    let folder = Folder::new();
    let path = socket_path(&folder);
    let reader = Reader::unix(&path);
    let running = start(&format!("type = \"unix\"\npath = {path:?}\n{QUICK}"));
    running.feed.put(0..3000);
    flush(&running.queues);
    eventually("all arrive", || reader.lines().len() == 3000);
    assert_eq!(numbers(reader.go()), (0..3000).collect::<Vec<_>>());
}

#[test]
fn a_peer_that_is_not_there_yet_is_no_finding_and_gets_all_when_it_comes() {
    // A port that was free a moment ago.
    let (nobody, address) = Reader::tcp("127.0.0.1:0");
    nobody.go();
    let running = start(&tcp(&address, ""));
    running.feed.put(0..10);
    eventually("the sink is down", || !running.queues.status()[0].up);
    let failure = running.queues.status()[0].last_failure.clone().unwrap();
    assert!(
        failure.starts_with(&format!("cannot connect to {address}: ")),
        "{failure}"
    );
    let (reader, _) = Reader::tcp(&address);
    flush(&running.queues);
    eventually("all arrive", || reader.lines().len() == 10);
    assert!(running.queues.status()[0].up);
}

#[test]
fn after_a_peer_went_and_came_back_records_arrive_again_and_none_is_unaccounted() {
    let (first, address) = Reader::tcp("127.0.0.1:0");
    let running = start(&tcp(&address, ""));
    running.feed.put(0..10);
    flush(&running.queues);
    eventually("all arrive", || first.lines().len() == 10);
    first.go();
    running.feed.put(10..20);
    let (second, _) = Reader::tcp(&address);
    flush(&running.queues);
    eventually("the rest arrives", || second.lines().len() == 10);
    assert_eq!(numbers(second.go()), (10..20).collect::<Vec<_>>());
    assert_eq!(running.feed.account.get(Cause::Delivered), 20);
}

#[test]
fn a_peer_that_stops_reading_holds_up_nobody_and_gets_all_when_it_goes_on() {
    let (reader, address) = Reader::tcp("127.0.0.1:0");
    reader.stop(true);
    let running = start(&tcp(
        &address,
        "timeout = \"50ms\"\nbuffer = { memory = \"64MiB\" }",
    ));
    let padding = "p".repeat(16_000);
    // Far more than the system keeps for a connection.
    let mut offered = 0;
    while offered < 2000 {
        let taken = running.feed.put_padded(offered..offered + 20, &padding);
        assert_eq!(taken, 20, "the threads that fire never wait nor lose");
        offered += 20;
        common::drain();
    }
    eventually("the sink is down", || !running.queues.status()[0].up);
    let waiting = running.queues.flush(std::time::Duration::from_millis(20));
    assert!(!waiting.is_complete());
    reader.stop(false);
    flush(&running.queues);
    eventually("all arrive", || reader.lines().len() == 2000);
    assert_eq!(numbers(reader.go()), (0..2000).collect::<Vec<_>>());
}

#[test]
fn what_a_stopped_peer_made_the_queue_drop_is_told_when_it_goes_on() {
    let (reader, address) = Reader::tcp("127.0.0.1:0");
    reader.stop(true);
    let running = start(&tcp(
        &address,
        "timeout = \"50ms\"\nbuffer = { memory = \"1MiB\" }",
    ));
    let padding = "p".repeat(16_000);
    for start in (0..2000).step_by(20) {
        running.feed.put_padded(start..start + 20, &padding);
        common::drain();
    }
    let account = running.feed.account.clone();
    assert!(account.get(Cause::QueueFull) > 0);
    reader.stop(false);
    flush(&running.queues);
    running.feed.put(5000..5001);
    flush(&running.queues);
    eventually("the last one arrives", || {
        reader
            .lines()
            .last()
            .is_some_and(|line| numbers([line]) == [5000])
    });
    let lines = reader.go();
    let arrived = numbers(&lines);
    assert!(arrived.is_sorted());
    assert_eq!(told_lost(&lines), account.get(Cause::QueueFull));
    assert_eq!(arrived.len() as u64 + account.get(Cause::QueueFull), 2001);
}
