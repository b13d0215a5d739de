//! What waits is on disk.

use std::path::Path;
use std::time::Duration;

use rheostat_core::ledger::Cause;
use rheostat_testkit::reference::{Fault, ReferenceServer};

use crate::bench::{Bench, RULE, SINK};

fn on_disk(folder: &Path, size: &str, more: &str) -> String {
    format!(
        "buffer = {{ memory = '16KiB', disk = '{size}', dir = '{}', fsync = 'never' }}\n{more}",
        folder.display()
    )
}

#[test]
fn an_outage_that_memory_does_not_hold_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = ReferenceServer::start();
    server.fault(Fault::Broken);
    let mut bench = Bench::at(&server, &on_disk(folder.path(), "64MiB", ""));
    bench.fire(5_000);
    assert!(bench.kit.queues().status()[0].disk_bytes > 100_000);
    server.fault(Fault::None);
    bench.fire(500);
    bench.flush();
    assert_eq!(bench.lost(), 0);
    bench.assert_sums(&server);
    assert!(server.took().numbers.is_sorted(), "out of order");
    assert_eq!(bench.kit.queues().status()[0].disk_bytes, 0);
}

#[test]
fn what_a_program_leaves_the_next_one_delivers() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = ReferenceServer::start();
    server.fault(Fault::Broken);
    let mut first = Bench::at(&server, &on_disk(folder.path(), "64MiB", ""));
    first.fire(3_000);
    let report = first.kit.shutdown(Duration::from_millis(100));
    assert!(!report.is_complete());
    assert_eq!(first.ended(Cause::OnDisk), 3_000);
    assert_eq!(first.lost(), 3_000);
    drop(first);
    server.fault(Fault::None);
    let second = Bench::at(&server, &on_disk(folder.path(), "64MiB", ""));
    second.flush();
    let took = server.took();
    assert!(took.numbers.into_iter().eq(0..3_000));
    assert_eq!(took.repeats, 0);
    let account = second
        .kit
        .engine()
        .ledger()
        .entry(&RULE.into(), &SINK.into());
    assert_eq!((account.recovered(), account.matched()), (3_000, 0));
    assert_eq!(account.get(Cause::Delivered), 3_000);
}

#[test]
fn a_disk_that_is_full_refuses_what_comes_and_it_is_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = ReferenceServer::start();
    server.fault(Fault::Broken);
    let mut bench = Bench::at(&server, &on_disk(folder.path(), "256KiB", ""));
    bench.fire(5_000);
    assert!(bench.kit.queues().status()[0].disk_bytes <= 256 << 10);
    server.fault(Fault::None);
    bench.flush();
    assert!(bench.ended(Cause::QueueFull) > 0);
    bench.assert_sums(&server);
}

#[test]
fn drop_old_keeps_the_newest_within_its_bound() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = ReferenceServer::start();
    server.fault(Fault::Broken);
    let keys = on_disk(folder.path(), "512KiB", "full = 'drop_old'");
    let mut bench = Bench::at(&server, &keys);
    bench.fire(8_000);
    assert!(bench.kit.queues().status()[0].disk_bytes <= 600 << 10);
    server.fault(Fault::None);
    bench.flush();
    assert!(bench.ended(Cause::QueueFull) > 0);
    bench.assert_sums(&server);
    assert_eq!(server.took().numbers.last(), Some(&7_999));
    assert_eq!(bench.ended(Cause::Corrupt), 0);
}

#[test]
fn a_folder_that_goes_away_is_counted_as_a_disk_that_takes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = folder.path().join("spool");
    let server = ReferenceServer::start();
    let mut bench = Bench::at(&server, &on_disk(&spool, "64MiB", ""));
    std::fs::remove_dir_all(&spool).expect("it is there");
    bench.fire(100);
    bench.flush();
    assert_eq!(bench.ended(Cause::Disk), 100);
    bench.assert_sums(&server);
    std::fs::create_dir_all(spool.join(SINK)).expect("a folder");
    bench.fire(100);
    bench.flush();
    assert_eq!(bench.ended(Cause::Delivered), 100);
    bench.assert_sums(&server);
}
