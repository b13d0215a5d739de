//! Loom models of what is read and written without a lock.
//!
//! They run with `RUSTFLAGS="--cfg loom" cargo test -p rheostat-metrics --lib --release models`.
//! Each fails when an ordering that it is about is weakened; the place is named there.

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use crate::bank::{Banks, Leases, Storage};
use crate::grace::Announcements;
use crate::histogram::Exponential;
use crate::series::{Keyed, Table};
use crate::sync::{AtomicU64, Ordering};

/// Weaken `Leases::give_back` to `Relaxed` and a count is lost.
#[test]
fn a_bank_that_changes_hands_loses_no_count() {
    loom::model(|| {
        let leases = Arc::new(Leases::new());
        let storage = Arc::new(Storage::new(1));
        let cells = storage.take(1).expect("there is room");
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (leases, storage) = (Arc::clone(&leases), Arc::clone(&storage));
                thread::spawn(move || {
                    let number = leases.take().expect("there are more numbers than threads");
                    storage.writer_as(number).add(cells, 0, 1);
                    leases.give_back(number);
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        assert_eq!(storage.sum(cells, 0), 2);
    });
}

#[test]
fn two_threads_without_a_bank_share_one_exactly() {
    loom::model(|| {
        let storage = Arc::new(Storage::new(1));
        let cells = storage.take(1).expect("there is room");
        let other = {
            let storage = Arc::clone(&storage);
            thread::spawn(move || storage.writer_as(7).add(cells, 0, 1))
        };
        storage.writer_as(8).add(cells, 0, 2);
        other.join().expect("it does not panic");
        assert_eq!(storage.sum(cells, 0), 3);
    });
}

#[test]
fn a_later_sum_is_never_smaller() {
    loom::model(|| {
        let storage = Arc::new(Storage::new(1));
        let cells = storage.take(1).expect("there is room");
        let writer = {
            let storage = Arc::clone(&storage);
            thread::spawn(move || {
                storage.writer_as(0).add(cells, 0, 1);
                storage.writer_as(0).add(cells, 0, 1);
            })
        };
        let first = storage.sum(cells, 0);
        let second = storage.sum(cells, 0);
        assert!(first <= second);
        writer.join().expect("it does not panic");
    });
}

/// A thing in a table that knows when it is used after it was freed.
struct Item {
    count: AtomicU64,
    // Read by whoever uses the item, written when it is freed: loom reports both at once.
    memory: UnsafeCell<()>,
}

// SAFETY: the cell holds nothing; loom checks how it is reached.
unsafe impl Sync for Item {}
// SAFETY: as above.
unsafe impl Send for Item {}

impl Keyed for Item {
    fn hash(&self) -> u64 {
        5
    }

    fn key(&self) -> &[u8] {
        b"item"
    }
}

impl Item {
    fn new() -> Self {
        Self {
            count: AtomicU64::new(0),
            memory: UnsafeCell::new(()),
        }
    }

    fn add(&self) {
        self.memory.with(|_| ());
        self.count
            .store(self.count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

struct Shared {
    table: Table<Item>,
    announcements: Announcements,
    item: Item,
}

/// Weaken the fence of `reader_barrier`, the release in `Inside::drop` or the acquire in `is_over`, and
/// an item is freed while it is written to.
fn removal(number: usize) {
    let shared = Arc::new(Shared {
        table: Table::new(),
        announcements: Announcements::new(),
        item: Item::new(),
    });
    // SAFETY: the item lives as long as the table.
    unsafe { shared.table.link(&shared.item) };
    let writer = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let _inside = shared.announcements.enter_as(number);
            // SAFETY: announced until the end of this closure.
            let found = unsafe { shared.table.find(5, b"item") };
            found.inspect(|item| item.add()).is_some()
        })
    };

    shared.table.unlink(&shared.item);
    let seen = shared.item.count.load(Ordering::Relaxed);
    let mut ticket = shared.announcements.begin();
    while !shared.announcements.is_over(&mut ticket) {
        thread::yield_now();
    }
    let now = shared.item.count.load(Ordering::Relaxed);
    let kept = now != seen;
    if !kept {
        shared.item.memory.with_mut(|_| ());
    }
    let found = writer.join().expect("it does not panic");
    // What the writer added is in what was seen at the unlinking, or the item is kept for it.
    assert_eq!(u64::from(found), shared.item.count.load(Ordering::Relaxed));
    assert_eq!(u64::from(found), now);
}

#[test]
fn a_series_is_freed_only_when_nobody_can_hold_it() {
    loom::model(|| removal(0));
}

#[test]
fn nor_while_a_reader_without_a_number_holds_it() {
    loom::model(|| removal(usize::MAX));
}

/// Weaken the release of `Table::make_room` or of `Slots::put`, and a reader finds what is not there yet.
#[test]
fn a_reader_finds_what_is_linked_while_the_table_grows() {
    struct One(u64, UnsafeCell<u64>);
    // SAFETY: the cell is written before it is shared.
    unsafe impl Sync for One {}
    // SAFETY: as above.
    unsafe impl Send for One {}
    impl Keyed for One {
        fn hash(&self) -> u64 {
            self.0
        }
        fn key(&self) -> &[u8] {
            b""
        }
    }
    loom::model(|| {
        let table = Arc::new(Table::<One>::new());
        let first: Box<One> = Box::new(One(0, UnsafeCell::new(7)));
        // SAFETY: the boxes outlive the reader, which is joined below.
        let mut retired = vec![unsafe { table.link(&*first) }];
        let reader = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                // SAFETY: nothing is unlinked, and replaced slots are kept until the end.
                let old = unsafe { table.find(0, b"") };
                assert!(old.is_some(), "it was linked before");
                // One that is linked in the first slots, and one that makes the table grow.
                for hash in [1, 4] {
                    // SAFETY: as above.
                    if let Some(new) = unsafe { table.find(hash, b"") } {
                        // SAFETY: written before it was linked.
                        assert_eq!(new.1.with(|value| unsafe { *value }), hash);
                    }
                }
            })
        };
        let mut more = Vec::new();
        for hash in 1..=4 {
            let one = Box::new(One(hash, UnsafeCell::new(0)));
            // SAFETY: nobody else has it yet.
            one.1.with_mut(|value| unsafe { *value = hash });
            // SAFETY: as above.
            retired.push(unsafe { table.link(&*one) });
            more.push(one);
        }
        reader.join().expect("it does not panic");
    });
}

/// Make `Exponential::block` store its block without an exchange and a count is lost.
#[test]
fn two_threads_that_open_one_octave_count_in_one_block() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let storage = Arc::new(Storage::new(2));
        let exponential = Arc::new(Exponential::new());
        let other = {
            let (storage, exponential) = (Arc::clone(&storage), Arc::clone(&exponential));
            thread::spawn(move || {
                let _ = exponential.count(&storage, storage.writer_as(0), 1.5, 1);
            })
        };
        let _ = exponential.count(&storage, storage.writer_as(1), 1.5, 1);
        other.join().expect("it does not panic");
        assert_eq!(exponential.read(&storage, 0).positive, [(5, 2)]);
    });
}

/// Weaken the exchange in `Bank::make` and a segment is used before its zeros are there.
#[test]
fn a_segment_that_two_threads_make_is_made_once() {
    loom::model(|| {
        let storage = Storage::new(1);
        let cells = storage.take(2).expect("there is room");
        let banks = Arc::new(Banks::new(1));
        let other = {
            let banks = Arc::clone(&banks);
            thread::spawn(move || banks.writer_as(7).add(cells, 0, 1))
        };
        banks.writer_as(8).add(cells, 1, 1);
        other.join().expect("it does not panic");
        assert_eq!((banks.sum(cells, 0), banks.sum(cells, 1)), (1, 1));
    });
}
