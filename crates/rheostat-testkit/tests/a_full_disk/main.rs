//! A disk that is really full: nothing is accepted by half, what was accepted stays, what is lost is counted and told,
//! and when there is room again it goes on by itself.
#![cfg(target_os = "linux")]

mod small_disk;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rheostat_core::ledger::Cause;
use rheostat_core::sink::SinkFactory;
use rheostat_sink_local::FileSinks;
use rheostat_testkit::reference::{Fault, ReferenceServer, ReferenceSinks};
use rheostat_testkit::{Kit, Mount};
use serde_json::Value as Json;
use small_disk::{fill, free, on_a_small_disk, with_short_files};
use tracing_core::{Dispatch, dispatcher};

const PATIENCE: Duration = Duration::from_secs(60);

/// A program with one rule that streams to one sink.
struct Program {
    kit: Kit,
    dispatch: Dispatch,
    fired: u64,
}

impl Program {
    fn new(sink: &str, options: &str) -> Self {
        let factories: [Arc<dyn SinkFactory>; 2] = [Arc::new(ReferenceSinks), Arc::new(FileSinks)];
        let kit = Kit::new(factories);
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let text = format!(
            "version = 1
            [sinks.tested]
            {sink}
            only = ['events']
            batch = {{ records = 100, every = '2ms' }}
            retry = {{ first = '2ms', max = '20ms' }}
            [[rules]]
            name = 'all'
            match = {{ target = 'full' }}
            stream = {{ sink = 'tested', {options} }}"
        );
        dispatcher::with_default(&dispatch, || {
            kit.must_apply(&text);
            kit.engine().installed();
        });
        Self {
            kit,
            dispatch,
            fired: 0,
        }
    }

    fn fire(&mut self, records: u64) {
        dispatcher::with_default(&self.dispatch, || {
            for number in self.fired..self.fired + records {
                tracing::info!(target: "full", number, "order placed");
                if number % 20 == 0 {
                    self.kit.drain();
                }
            }
        });
        self.kit.drain();
        self.fired += records;
    }

    fn ended(&self, cause: Cause) -> u64 {
        self.kit.ended("all", "tested", cause)
    }

    fn flush(&self) {
        let report = self.kit.flush(PATIENCE);
        assert!(report.is_complete(), "{report}");
    }
}

fn reference(server: &ReferenceServer, more: &str) -> String {
    format!(
        "type = 'reference'\naddress = '{}'\n{more}",
        server.address()
    )
}

fn spool(folder: &Path) -> String {
    format!(
        "buffer = {{ memory = '64KiB', disk = '64MiB', dir = '{}' }}\nfull = 'block'",
        folder.join("spool").display()
    )
}

/// What the gaps say was lost to the disk.
fn told(server: &ReferenceServer) -> u64 {
    let gaps = server.took().gaps.into_iter();
    gaps.map(|gap| serde_json::from_str::<Json>(&gap).expect("JSON"))
        .filter_map(|gap| gap["lost"]["disk"].as_u64())
        .sum()
}

/// The numbers of the records in their chain, as they arrived.
fn places_in_chain(server: &ReferenceServer) -> Vec<u64> {
    let lines = server.took().lines.into_iter();
    lines
        .map(|line| serde_json::from_str::<Json>(&line).expect("JSON"))
        .filter_map(|line| line["chain"]["seq"].as_u64())
        .collect()
}

#[test]
fn under_a_spool() {
    on_a_small_disk("under_a_spool", |folder| {
        let server = ReferenceServer::start();
        server.fault(Fault::Broken);
        let mut program = Program::new(&reference(&server, &spool(folder)), "durable = true");
        program.fire(400);
        assert_eq!(program.ended(Cause::Disk), 0);
        let filler = fill(folder);
        program.fire(400);
        let lost = program.ended(Cause::Disk);
        // The last page that the log has already takes a few.
        assert!((300..=400).contains(&lost), "{lost}");
        free(&filler);
        program.fire(400);
        assert_eq!(program.ended(Cause::Disk), lost, "there is room again");
        server.fault(Fault::None);
        program.flush();
        assert_eq!(program.ended(Cause::Delivered), program.fired - lost);
        let took = server.took();
        assert_eq!(took.numbers.len() as u64, program.fired - lost);
        assert!(took.numbers.is_sorted(), "out of order");
        assert_eq!(told(&server), lost);
        let places = places_in_chain(&server);
        assert!(
            places.iter().copied().eq(0..places.len() as u64),
            "{places:?}"
        );
    });
}

#[test]
fn under_a_spool_of_a_process_that_is_gone() {
    on_a_small_disk("under_a_spool_of_a_process_that_is_gone", |folder| {
        let server = ReferenceServer::start();
        server.fault(Fault::Broken);
        let sink = reference(&server, &spool(folder));
        let mut before = Program::new(&sink, "durable = true");
        before.fire(400);
        fill(folder);
        before.fire(400);
        let lost = before.ended(Cause::Disk);
        before.kit.shutdown(Duration::from_millis(10));
        drop(before);
        // The next one begins on the full disk; what is delivered gives room.
        let mut after = Program::new(&sink, "durable = true");
        server.fault(Fault::None);
        after.flush();
        assert_eq!(after.ended(Cause::Delivered), 800 - lost);
        assert_eq!(server.took().numbers.len() as u64, 800 - lost);
        assert_eq!(told(&server), lost);
        after.fired = 800;
        after.fire(1);
        after.flush();
        assert_eq!(server.took().numbers.last(), Some(&800));
    });
}

#[test]
fn under_a_file_sink() {
    on_a_small_disk("under_a_file_sink", |folder| {
        let path = folder.join("out.jsonl");
        let sink = format!("type = 'file'\npath = '{}'", path.display());
        let mut program = Program::new(&sink, "sample = 1.0");
        program.fire(400);
        program.flush();
        let filler = fill(folder);
        program.fire(400);
        let until = Instant::now() + PATIENCE;
        while program.kit.queues().status()[0].up {
            assert!(Instant::now() < until, "the disk is not full");
            std::thread::yield_now();
        }
        let failure = program.kit.queues().status()[0].last_failure.clone();
        let failure = failure.expect("it is down");
        assert!(failure.contains("No space left on device"), "{failure}");
        free(&filler);
        program.fire(400);
        program.flush();
        assert_eq!(program.ended(Cause::Delivered), program.fired);
        assert_eq!(
            numbers(&path, "number"),
            (0..program.fired).collect::<Vec<_>>()
        );
    });
}

#[test]
fn under_a_dead_letter_file() {
    on_a_small_disk("under_a_dead_letter_file", |folder| {
        let server = ReferenceServer::start();
        server.fault(Fault::RefuseSome(2));
        let path = folder.join("refused.jsonl");
        let sink = reference(&server, &format!("dead_letter = '{}'", path.display()));
        let mut program = Program::new(&sink, "sample = 1.0");
        let mut put_aside = 0;
        let mut round = |program: &mut Program| {
            program.fire(200);
            program.flush();
            let now = program.ended(Cause::DeadLettered);
            now - std::mem::replace(&mut put_aside, now)
        };
        assert_eq!(round(&mut program), 100);
        let filler = fill(folder);
        let few = round(&mut program);
        assert!(few < 20, "the disk is not full: {few}");
        assert_eq!(program.ended(Cause::Destination), 100 - few);
        free(&filler);
        assert_eq!(round(&mut program), 100);
        assert_eq!(program.ended(Cause::Destination), 100 - few);
        // Each line is whole, and those that are counted are there.
        let letters = numbers(&path, "record");
        assert_eq!(letters.len() as u64, program.ended(Cause::DeadLettered));
    });
}

/// A limit on the length of files is met in the middle of one, and only makes more of them.
#[test]
fn a_limit_on_the_length_of_files() {
    with_short_files("a_limit_on_the_length_of_files", |folder| {
        let server = ReferenceServer::start();
        server.fault(Fault::Broken);
        let mut program = Program::new(&reference(&server, &spool(folder)), "durable = true");
        program.fire(3000);
        server.fault(Fault::None);
        program.flush();
        assert_eq!(program.ended(Cause::Delivered), 3000);
        assert!(server.took().numbers.iter().copied().eq(0..3000));
    });
}

/// The numbers of the records in a file, every line of which is whole.
fn numbers(path: &Path, at: &str) -> Vec<u64> {
    let text = fs::read_to_string(path).expect("it was written");
    assert!(text.ends_with('\n'));
    let number = |line: &str| {
        let line: Json = serde_json::from_str(line).expect("a whole line");
        let record = line.get(at).unwrap_or(&line);
        record["fields"]["number"].as_u64().expect("a number")
    };
    text.lines().map(number).collect()
}
