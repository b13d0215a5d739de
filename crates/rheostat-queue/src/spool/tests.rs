use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;

use rheostat_core::Value;
use rheostat_core::ledger::{Cause, Ledger};
use rheostat_core::names::NameId;
use rheostat_core::sink::NoTap;
use tempfile::TempDir;

use super::*;
use crate::format::Format;
use crate::testing::{at, numbered, one};

const LIMIT: u64 = 1 << 30;

struct World {
    dir: TempDir,
    ledger: Arc<Ledger>,
}

impl World {
    fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
            ledger: Arc::default(),
        }
    }

    fn open(&self) -> Spool {
        let home = Home {
            tap: Arc::new(NoTap),
            sink: "sink".into(),
            ledger: self.ledger.clone(),
        };
        Spool::open(self.dir.path(), Fsync::Never, home).unwrap()
    }

    /// A spool with chunks of two records each, in one segment each.
    fn filled(&self, chunks: u64) -> Spool {
        let spool = self.open();
        for at in 0..chunks {
            let mut chunk = numbered(at * 2..at * 2 + 2).0;
            // Segments as small as they can be, and full with one chunk.
            spool.append(&mut chunk, false, 0).unwrap();
            spool.lock().active = None;
        }
        spool
    }

    fn segments(&self) -> Vec<PathBuf> {
        let folder = self.dir.path().join("sink");
        let mut all: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some())
            .collect();
        all.sort();
        all
    }
}

fn numbers(chunk: &Chunk) -> Vec<u64> {
    let number = |record: rheostat_core::flow::RecordView<'_>| match record.fields().next() {
        Some((_, Value::U64(number))) => number,
        other => unreachable!("{other:?}"),
    };
    chunk.records().map(number).collect()
}

/// Everything that can be read back, and how many could not.
fn all(spool: &Spool) -> (Vec<u64>, u64) {
    let (mut read, mut lost) = (Vec::new(), 0);
    while let Some(back) = spool.read_back() {
        read.extend(numbers(&back.chunk));
        lost += back.missing + back.damaged;
    }
    (read, lost)
}

#[test]
fn a_record_is_the_same_after_it_was_on_disk() {
    let chunk = one(
        |route| {
            route.labels = vec![("env".into(), "test".into())];
            route.fields[1].hide = Some(rheostat_policy::model::RedactionWith::Text("***".into()));
        },
        |draft| {
            draft.head(
                &at(1_795_300_199_123_456_789, 7),
                Some(Value::Formatted("placed")),
            );
            draft.field(0, Value::F64(12.5));
            draft.field(1, Value::Text("a secret"));
            draft.span(1, "request");
            draft.span_field(NameId::of("method"), Value::Text("GET"));
            draft.span(2, "order");
        },
    );
    let line = |chunk: &Chunk| {
        let mut out = Vec::new();
        chunk
            .records()
            .for_each(|record| Format::Json.record(&record, &mut out));
        String::from_utf8(out).unwrap()
    };
    let before = line(&chunk);
    let world = World::new();
    world.open().append(&mut { chunk }, false, LIMIT).unwrap();
    let bytes = fs::read(&world.segments()[0]).unwrap();
    assert!(
        !bytes.windows(8).any(|part| part == b"a secret"),
        "hidden on disk too"
    );
    let back = world.open().read_back().unwrap();
    assert_eq!(line(&back.chunk), before);
}

#[test]
fn what_an_earlier_process_left_comes_back_in_order_with_its_numbers() {
    let world = World::new();
    let before = world.filled(3);
    let first = before.origin();
    drop(before);
    let spool = world.open();
    assert_eq!(spool.on_disk().records, 6);
    let back = spool.read_back().unwrap();
    let id = back.chunk.ids().next().unwrap();
    assert_eq!((id.origin, id.number), (first, 0));
    assert_eq!(all(&spool), ((2..6).collect(), 0));
    assert_eq!(spool.on_disk().records, 0);
    let account = world.ledger.entry(&"orders".into(), &"sink".into());
    assert_eq!((account.recovered(), account.queued()), (6, 6));
    assert_eq!(account.matched(), 0, "another process counted them");
}

#[test]
fn what_was_settled_does_not_come_back_and_takes_no_room() {
    let world = World::new();
    let spool = world.filled(3);
    spool.settle_below(Some(3));
    drop(spool);
    assert_eq!(world.segments().len(), 2);
    let spool = world.open();
    assert_eq!(all(&spool), (vec![3, 4, 5], 0));
    spool.settle_below(None);
    drop(spool);
    assert_eq!(world.segments().len(), 0);
    assert_eq!(all(&world.open()), (vec![], 0));
    assert_eq!(world.open().next(), 6, "numbers go on");
}

#[test]
fn a_damaged_record_is_skipped_and_counted() {
    let world = World::new();
    drop(world.filled(3));
    let damaged = OpenOptions::new()
        .write(true)
        .open(&world.segments()[1])
        .unwrap();
    let end = damaged.metadata().unwrap().len();
    damaged.write_at(b"?", end - 3).unwrap();
    let spool = world.open();
    assert_eq!(all(&spool), (vec![0, 1, 4, 5], 2));
    assert_eq!(spool.on_disk().records, 0);
}

#[test]
fn a_damaged_head_costs_its_own_records_only() {
    let world = World::new();
    let spool = world.open();
    let mut lengths = Vec::new();
    for at in 0..3 {
        spool
            .append(&mut numbered(at..at + 1).0, false, LIMIT)
            .unwrap();
        lengths.push(spool.on_disk().bytes);
    }
    drop(spool);
    let damaged = OpenOptions::new()
        .write(true)
        .open(&world.segments()[0])
        .unwrap();
    damaged.write_at(b"?", lengths[0] + 5).unwrap();
    assert_eq!(all(&world.open()), (vec![0, 2], 1));
}

#[test]
fn a_lost_segment_is_missed() {
    let world = World::new();
    drop(world.filled(3));
    fs::remove_file(&world.segments()[1]).unwrap();
    assert_eq!(all(&world.open()), (vec![0, 1, 4, 5], 2));
}

#[test]
fn every_way_to_cut_the_end_off_leaves_the_records_before_it() {
    let world = World::new();
    let spool = world.open();
    spool.append(&mut numbered(0..2).0, false, LIMIT).unwrap();
    let whole = spool.on_disk().bytes;
    spool.append(&mut numbered(2..4).0, false, LIMIT).unwrap();
    drop(spool);
    let path = world.segments()[0].clone();
    let bytes = fs::read(&path).unwrap();
    for len in whole as usize..bytes.len() {
        fs::write(&path, &bytes[..len]).unwrap();
        let spool = world.open();
        assert_eq!(all(&spool), (vec![0, 1], 0), "cut at {len}");
        let mut next = numbered(9..10).0;
        spool.append(&mut next, false, LIMIT).unwrap();
        assert_eq!(all(&spool), (vec![9], 0));
        drop(spool);
        world.segments()[1..]
            .iter()
            .for_each(|path| fs::remove_file(path).unwrap());
    }
}

#[test]
fn damage_of_any_one_byte_is_survived_and_never_invents_a_record() {
    let world = World::new();
    drop(world.filled(2));
    let path = world.segments()[0].clone();
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        fs::write(&path, &damaged).unwrap();
        let (read, _) = all(&world.open());
        assert!(
            read == [0, 1, 2, 3] || read == [2, 3],
            "byte {at}: {read:?}"
        );
    }
}

#[test]
fn a_segment_makes_room_without_being_missed() {
    let world = World::new();
    let spool = world.filled(4);
    let bytes = spool.on_disk().bytes;
    let removed = spool.remove_oldest(2).unwrap();
    assert_eq!(removed.numbers, 2..4);
    assert_eq!(numbers(&removed.unread[0]), [2, 3]);
    assert!(spool.on_disk().bytes < bytes);
    assert_eq!(all(&spool), (vec![0, 1, 4, 5, 6, 7], 0));
}

#[test]
fn a_spool_has_one_owner() {
    let world = World::new();
    let spool = world.open();
    let home = Home {
        tap: Arc::new(NoTap),
        sink: "sink".into(),
        ledger: Arc::default(),
    };
    let second = Spool::open(world.dir.path(), Fsync::Never, home).unwrap_err();
    assert_eq!(second.to_string(), "another process has it in use");
    drop(spool);
    world.open();
}

#[test]
fn what_is_left_behind_is_read_again_by_whoever_comes_next() {
    let world = World::new();
    let spool = world.filled(1);
    let account = world.ledger.entry(&"orders".into(), &"sink".into());
    assert_eq!(all(&spool).0.len(), 2);
    account.settle(Cause::OnDisk, 0);
    spool.rewind();
    assert_eq!(all(&spool), (vec![0, 1], 0));
    assert_eq!(account.recovered(), 2);
}

#[test]
fn names_of_sinks_are_names_of_folders() {
    let dir = Path::new("spool");
    assert_eq!(folder::of_sink(dir, "lake"), dir.join("lake"));
    assert_eq!(folder::of_sink(dir, "../a b"), dir.join("%2e%2e%2fa%20b"));
}

/// A record that is not to be lost.
fn durable(number: u64) -> Chunk {
    one(
        |route| route.durable = true,
        |draft| {
            draft.head(&at(number, number), None);
            draft.field(0, Value::U64(number));
        },
    )
}

fn links(spool: &Spool) -> Vec<rheostat_core::flow::Link> {
    let mut found = Vec::new();
    while let Some(back) = spool.read_back() {
        found.extend(back.chunk.records().filter_map(|record| record.link()));
    }
    found
}

#[test]
fn a_durable_record_is_linked_and_comes_back_as_it_was() {
    let world = World::new();
    let spool = world.open();
    let mut chunk = durable(0);
    spool.append(&mut chunk, false, LIMIT).unwrap();
    let line = |chunk: &Chunk| {
        let mut out = Vec::new();
        let record = chunk.records().next().unwrap();
        Format::Json.record(&record, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert!(line(&chunk).contains("\"chain\":{\"id\":"));
    let back = spool.read_back().unwrap();
    assert_eq!(line(&back.chunk), line(&chunk));
}

#[test]
fn the_next_process_goes_on_from_the_last_hash_whether_its_record_waits_or_was_settled() {
    let world = World::new();
    let mut last = [0; 32];
    for run in 0..6 {
        let spool = world.open();
        spool.append(&mut durable(run), false, LIMIT).unwrap();
        spool.append(&mut numbered(90..91).0, false, LIMIT).unwrap();
        let link = links(&spool).pop().unwrap();
        assert_eq!((link.seq, link.prev), (0, last), "run {run}");
        last = link.hash;
        if run % 2 == 0 {
            spool.settle_below(None);
            assert_eq!(spool.on_disk().bytes, 0);
        }
    }
}

#[test]
fn a_chain_goes_on_from_a_record_that_was_written_just_before_a_kill() {
    let world = World::new();
    let spool = world.open();
    spool.append(&mut durable(0), false, LIMIT).unwrap();
    let head = world.dir.path().join("sink/chain");
    let before = fs::read(&head).unwrap();
    spool.append(&mut durable(1), false, LIMIT).unwrap();
    drop(spool);
    // The kill came between the record and the note of its hash.
    fs::write(&head, before).unwrap();
    let spool = world.open();
    spool.append(&mut durable(2), false, LIMIT).unwrap();
    let links = links(&spool);
    assert_eq!(links.len(), 3);
    assert_eq!(links[2].prev, links[1].hash);
}

#[test]
fn a_record_that_could_not_be_written_has_no_place_in_the_chain() {
    let world = World::new();
    let spool = world.open();
    spool.append(&mut durable(0), false, LIMIT).unwrap();
    spool.lock().active = None;
    fs::remove_dir_all(world.dir.path().join("sink")).unwrap();
    spool.append(&mut durable(1), false, 0).unwrap_err();
    let chain = spool.lock().chain;
    let mut next = durable(2);
    fs::create_dir(world.dir.path().join("sink")).unwrap();
    spool.append(&mut next, false, 0).unwrap();
    let link = next.records().next().unwrap().link().unwrap();
    assert_eq!((link.seq, link.prev), (1, chain.head()));
}

#[test]
fn what_made_room_is_not_missed_by_the_next_process() {
    let world = World::new();
    let spool = world.filled(6);
    // The second and third are one then, the fifth stands alone.
    for from in [2, 4, 8] {
        spool.remove_oldest(from).unwrap();
    }
    assert_eq!(world.segments().len(), 5);
    drop(spool);
    let spool = world.open();
    assert_eq!(spool.on_disk().records, 6);
    assert_eq!(all(&spool), (vec![0, 1, 6, 7, 10, 11], 0));
    spool.settle_below(None);
    assert_eq!(world.segments().len(), 0);
}

#[test]
fn what_the_sink_was_not_told_of_is_told_by_the_next_process_once() {
    let world = World::new();
    let gap = |lost| Gap {
        sink: "sink".into(),
        lost,
        from: 100,
        to: 200,
    };
    let spool = world.open();
    let (one, other) = (gap(vec![(Cause::Disk, 3)]), gap(vec![(Cause::RingFull, 4)]));
    spool.keep_untold([&one, &other].into_iter());
    drop(spool);
    let spool = world.open();
    let both = gap(vec![(Cause::RingFull, 4), (Cause::Disk, 3)]);
    assert_eq!(spool.take_gap(), Some(both));
    spool.keep_untold(std::iter::empty());
    drop(spool);
    assert_eq!(world.open().take_gap(), None);
}
