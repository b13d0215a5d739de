//! Late insertion and replacement under every interleaving.

use std::ptr;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use super::{Found, InnerInterest, Inserted, Swapped, Table};
use crate::announce::Protection;
use crate::callsite::CallsiteId;

/// Something of which the model notices when it is read without having been handed over.
struct Plain(UnsafeCell<u32>);

// SAFETY: it is not written to once it is shared; that readers find it whole is what the models test.
unsafe impl Sync for Plain {}
// SAFETY: as above.
unsafe impl Send for Plain {}

impl Plain {
    fn new(number: u32) -> Self {
        let plain = Self(UnsafeCell::new(0));
        // A write of its own: the model does not always see that of the making.
        // SAFETY: nobody else has it yet.
        plain.0.with_mut(|place| unsafe { *place = number });
        plain
    }

    fn number(&self) -> u32 {
        // SAFETY: the model fails where anybody still writes.
        self.0.with(|number| unsafe { *number })
    }
}

/// Keys that start at the same slot.
fn key_of(id: CallsiteId) -> usize {
    // Only the bits above the lowest three are spread.
    (id.0 as usize + 1) << 60
}

fn table() -> Arc<Table<Plain>> {
    Arc::new(Table::new(1, key_of))
}

fn planned(table: &Table<Plain>, key: usize) -> Option<u32> {
    match table.find(key)?.0 {
        Found::Planned(entry) => Some(entry.plan.number()),
        Found::Idle(_) | Found::Wanted(_) => None,
    }
}

/// Shows a callsite and what it does.
fn insert(table: &Table<Plain>, id: CallsiteId, plan: u32) -> Inserted {
    let inserted = table.insert_wanted(key_of(id), id, InnerInterest::Never);
    table.settle(key_of(id), id, Some(Plain::new(plan)));
    inserted
}

#[test]
fn two_callsites_inserted_at_once_are_both_found() {
    loom::model(|| {
        let table = table();
        let (one, two) = (CallsiteId(0), CallsiteId(1));
        let other = {
            let table = table.clone();
            thread::spawn(move || {
                insert(&table, two, 22);
                assert_eq!(planned(&table, key_of(two)), Some(22));
            })
        };
        table.insert_idle(key_of(one), one, InnerInterest::Always);
        let found = table.find(key_of(one));
        assert!(matches!(found, Some((Found::Idle(id), InnerInterest::Always)) if id == one));
        other.join().unwrap();
        assert_eq!(planned(&table, key_of(two)), Some(22));
        assert_eq!(table.len(), 2);
    });
}

#[test]
fn one_callsite_inserted_twice_at_once_is_there_once() {
    loom::model(|| {
        let table = table();
        let id = CallsiteId(0);
        let insert = move |table: &Table<Plain>| insert(table, id, 11);
        let other = {
            let table = table.clone();
            thread::spawn(move || insert(&table))
        };
        let mine = insert(&table);
        let theirs = other.join().unwrap();
        assert_eq!(planned(&table, key_of(id)), Some(11));
        assert_eq!(table.len(), 1);
        assert_ne!(mine, theirs, "one is new, the other known");
        assert!([mine, theirs].contains(&Inserted::New));
    });
}

#[test]
fn a_reader_finds_an_entry_whole_or_not_at_all() {
    loom::model(|| {
        let table = table();
        let id = CallsiteId(0);
        let reader = {
            let table = table.clone();
            thread::spawn(move || {
                let plan = planned(&table, key_of(id));
                assert!(plan.is_none() || plan == Some(11));
            })
        };
        insert(&table, id, 11);
        table.set_inner(key_of(id), InnerInterest::Sometimes);
        reader.join().unwrap();
        let inner = table.find(key_of(id)).map(|(_, inner)| inner);
        assert_eq!(inner, Some(InnerInterest::Sometimes));
    });
}

#[test]
fn two_threads_that_settle_a_callsite_at_once_agree() {
    loom::model(|| {
        let table = table();
        let id = CallsiteId(0);
        table.insert_wanted(key_of(id), id, InnerInterest::Always);
        let settle = move |table: &Table<Plain>, plan| match table.settle(
            key_of(id),
            id,
            Some(Plain::new(plan)),
        ) {
            Some(Found::Planned(entry)) => entry.plan.number(),
            _ => 0,
        };
        let other = {
            let table = table.clone();
            thread::spawn(move || settle(&table, 11))
        };
        let mine = settle(&table, 22);
        let theirs = other.join().unwrap();
        assert_eq!(mine, theirs);
        assert_eq!(planned(&table, key_of(id)), Some(mine));
        let inner = table.find(key_of(id)).map(|(_, inner)| inner);
        assert_eq!(inner, Some(InnerInterest::Always));
    });
}

#[test]
fn a_larger_table_shows_whole_entries() {
    loom::model(|| {
        let table = table();
        let id = CallsiteId(0);
        let settler = {
            let table = table.clone();
            thread::spawn(move || insert(&table, id, 11))
        };
        let larger = table.grown();
        let plan = planned(&larger, key_of(id));
        assert!(plan.is_none() || plan == Some(11));
        settler.join().unwrap();
    });
}

/// A model frees nothing while it runs.
struct Unprotected;

// SAFETY: as it says.
unsafe impl Protection for Unprotected {}

/// What was replaced by another thread, or null.
struct Replaced(*mut Plain);

// SAFETY: whoever gets it waits for all readers.
unsafe impl Send for Replaced {}

#[test]
fn a_value_that_takes_the_place_of_another_is_found_whole() {
    loom::model(|| {
        let swapped = Arc::new(Swapped::new(Plain::new(1)));
        let reader = {
            let swapped = swapped.clone();
            thread::spawn(move || {
                assert!([1, 2, 3].contains(&swapped.get(&Unprotected).number()));
            })
        };
        let other = {
            let swapped = swapped.clone();
            thread::spawn(move || {
                let was = swapped.get(&Unprotected);
                let before = swapped.exchange_if(was, Plain::new(2));
                Replaced(before.unwrap_or(ptr::null_mut()))
            })
        };
        let before = swapped.exchange(Plain::new(3));
        // SAFETY: nothing was freed yet.
        assert!([1, 2].contains(&unsafe { &*before }.number()));
        let Replaced(replaced) = other.join().unwrap();
        reader.join().unwrap();
        for value in [before, replaced] {
            if !value.is_null() {
                // SAFETY: made by `Box::into_raw`, out of the pointer, and nobody reads it any more.
                drop(unsafe { Box::from_raw(value) });
            }
        }
    });
}
