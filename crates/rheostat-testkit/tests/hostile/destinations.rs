//! Destinations that fail: a full disk, a closed socket, a reader that stops.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use rheostat_core::ledger::Cause;

use crate::world::{World, hostile, number_of};

/// A second way for the same records, whose sink gives up soon.
const SECOND: &str = r#"
retry = { first = "1ms", max = "5ms", for = "50ms" }
[[rules]]
name = "second"
match = { target = "app", event = "*" }
stream = { sink = "second" }
"#;

fn fire(records: std::ops::Range<u64>, size: usize) {
    let text = "x".repeat(size);
    for number in records {
        tracing::info!(target: "app", number, text);
    }
}

fn second(world: &World, cause: Cause) -> u64 {
    world.kit.ended("second", "second", cause)
}

#[test]
fn a_full_disk_loses_what_was_to_be_written_there_and_nothing_else() {
    let name = "destinations::a_full_disk_loses_what_was_to_be_written_there_and_nothing_else";
    let sink = format!("[sinks.second]\ntype = 'file'\npath = '/dev/full'\n{SECOND}");
    hostile(name, &sink, |world| {
        fire(0..40, 10);
        world.assert_all_kept(40);
        assert_eq!(second(world, Cause::RetryLimit), 40);
        assert_eq!(second(world, Cause::Delivered), 0);
    });
}

#[test]
fn a_closed_socket_loses_what_comes_after_and_nothing_else() {
    let name = "destinations::a_closed_socket_loses_what_comes_after_and_nothing_else";
    hostile(name, "", |world| {
        let listener = UnixListener::bind(world.path("socket")).expect("a socket can be bound");
        world.apply(&format!(
            "[sinks.second]\ntype = 'unix'\npath = '{{folder}}/socket'\n{SECOND}"
        ));
        fire(0..20, 10);
        world.flush();
        let (reader, _) = listener.accept().expect("the sink connected");
        let mut lines = BufReader::new(reader).lines();
        let before: Vec<_> = lines
            .by_ref()
            .take(20)
            .map(|line| number_of(&line.expect("the sink wrote it")))
            .collect();
        assert!(before.iter().copied().eq((0..20).map(Some)), "{before:?}");
        drop((lines, listener));
        fire(20..50, 10);
        world.assert_all_kept(50);
        assert_eq!(second(world, Cause::Delivered), 20);
        assert_eq!(second(world, Cause::RetryLimit), 30);
    });
}

#[test]
fn a_reader_that_stops_loses_what_waits_at_the_end_and_nothing_else() {
    let name = "destinations::a_reader_that_stops_loses_what_waits_at_the_end_and_nothing_else";
    hostile(name, "", |world| {
        let listener = UnixListener::bind(world.path("socket")).expect("a socket can be bound");
        let patient = SECOND.replace("50ms", "5m");
        world.apply(&format!(
            "[sinks.second]\ntype = 'unix'\npath = '{{folder}}/socket'\n{patient}"
        ));
        for round in 0..40 {
            fire(round * 50..(round + 1) * 50, 500);
            world.kit.drain();
        }
        let (mut reader, _) = listener.accept().expect("the sink connected");
        // It reads no more until the program has given up.
        let report = world.kit.shutdown(Duration::from_millis(500));
        assert!(!report.is_complete(), "something was left: {report:?}");
        let delivered = second(world, Cause::Delivered);
        let lost = second(world, Cause::Shutdown);
        assert!(lost > 0, "all {delivered} found room in the socket");
        assert_eq!(delivered + lost, 2_000);
        let mut text = Vec::new();
        reader
            .read_to_end(&mut text)
            .expect("what the sink wrote can be read");
        let whole = text
            .split_inclusive(|byte| *byte == b'\n')
            .filter(|line| line.ends_with(b"\n"));
        let read: Vec<_> = whole
            .map(|line| number_of(&String::from_utf8_lossy(line)))
            .collect();
        // A batch that was under way at the limit counts as lost, though the socket took its beginning.
        assert!(
            read.len() as u64 >= delivered,
            "{} of {delivered} are there",
            read.len()
        );
        assert!(
            read.iter()
                .copied()
                .eq((0..2_000).map(Some).take(read.len())),
            "in order, none twice"
        );
        let mut kept = world.numbers();
        kept.sort_unstable();
        assert!(
            kept.iter().copied().eq(0..2_000),
            "the other sink lost none: {} are there",
            kept.len()
        );
    });
}
