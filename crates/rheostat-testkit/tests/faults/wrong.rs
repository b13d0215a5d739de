//! The server is there and answers wrongly, late or not at all.

use std::time::Duration;

use rheostat_core::ledger::Cause;
use rheostat_testkit::reference::{Fault, ReferenceServer};

use crate::bench::Bench;

/// Fires before, during and after a fault that passes; everything arrives.
fn passes(fault: Fault) -> String {
    let server = ReferenceServer::start();
    let mut bench = Bench::at(&server, "");
    bench.fire(300);
    bench.flush();
    server.fault(fault);
    bench.fire(1_000);
    let why = bench.wait_down();
    server.fault(Fault::None);
    bench.fire(300);
    bench.flush();
    assert_eq!(bench.lost(), 0);
    bench.assert_sums(&server);
    let numbers = server.took().numbers;
    assert!(numbers.is_sorted(), "out of order");
    assert!(bench.kit.queues().status()[0].up);
    why
}

#[test]
fn a_connection_that_is_reset_in_the_middle_of_a_batch() {
    let why = passes(Fault::ResetMidBatch);
    assert!(why.starts_with("cannot deliver to 127.0.0.1:"), "{why}");
}

#[test]
fn a_connection_that_is_reset_before_the_answer() {
    passes(Fault::ResetBeforeAnswer);
}

#[test]
fn a_server_that_hangs() {
    let why = passes(Fault::Hang);
    assert!(why.contains("timed out"), "{why}");
}

#[test]
fn a_server_that_answers_a_byte_at_a_time_and_never_in_time() {
    passes(Fault::Drip(Duration::from_millis(150)));
}

#[test]
fn a_server_that_is_out_of_order() {
    assert_eq!(passes(Fault::Broken), "500: out of order");
}

#[test]
fn a_server_that_has_too_much_to_do() {
    let why = passes(Fault::TooMany(Duration::from_millis(30)));
    assert_eq!(why, "429: too many requests");
}

#[test]
fn a_server_that_does_not_know_the_sink() {
    let why = passes(Fault::Deny);
    assert!(why.starts_with("403: "), "{why}");
}

#[test]
fn a_server_that_takes_small_batches_only() {
    let server = ReferenceServer::start();
    server.fault(Fault::TooLarge(10));
    let mut bench = Bench::at(&server, "");
    bench.fire(1_000);
    bench.flush();
    assert_eq!(bench.lost(), 0);
    bench.assert_sums(&server);
    assert!(server.took().numbers.is_sorted());
}

/// Every seventh number is refused; the others arrive.
fn refuses(fault: Fault) {
    let folder = tempfile::tempdir().expect("a folder");
    let letters = folder.path().join("refused.jsonl");
    let server = ReferenceServer::start();
    server.fault(fault);
    let mut bench = Bench::at(&server, &format!("dead_letter = '{}'", letters.display()));
    bench.fire(1_000);
    bench.flush();
    assert_eq!(bench.ended(Cause::DeadLettered), 143);
    assert_eq!(bench.lost(), 143);
    bench.assert_sums(&server);
    let lines = std::fs::read_to_string(&letters).expect("dead letters");
    let guilty = lines.lines().map(|line| {
        let mark = "\"number\":";
        let at = line.find(mark).expect("a number") + mark.len();
        let digits: String = line[at..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        digits.parse::<u64>().expect("a number")
    });
    let mut guilty: Vec<u64> = guilty.collect();
    guilty.sort_unstable();
    assert!(guilty.into_iter().eq((0..1_000).step_by(7)));
    server.fault(Fault::None);
    bench.fire(1);
    bench.flush();
    let gaps = server.took().gaps.join("\n");
    assert!(
        gaps.contains("\"dead_letter\":"),
        "it is told of them: {gaps}"
    );
}

#[test]
fn a_server_that_refuses_without_a_name() {
    refuses(Fault::RefuseWhole(7));
}

#[test]
fn a_server_that_names_what_it_refuses() {
    refuses(Fault::RefuseSome(7));
}

#[test]
fn a_server_that_refuses_some_and_wants_some_later() {
    refuses(Fault::Partly(7));
}

#[test]
fn a_full_queue_drops_and_the_next_batch_says_how_many() {
    let server = ReferenceServer::start();
    server.fault(Fault::Hang);
    let mut bench = Bench::at(&server, "buffer = { memory = '16KiB' }");
    bench.fire(5_000);
    server.fault(Fault::None);
    bench.flush();
    bench.fire(1);
    bench.flush();
    let dropped = bench.ended(Cause::QueueFull);
    assert!(dropped > 0);
    bench.assert_sums(&server);
    let told: u64 = server.took().gaps.iter().map(|gap| queue_full(gap)).sum();
    assert_eq!(told, dropped);
}

fn queue_full(gap: &str) -> u64 {
    let mark = "\"queue_full\":";
    let Some(at) = gap.find(mark) else { return 0 };
    let digits: String = gap[at + mark.len()..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().expect("a number")
}
