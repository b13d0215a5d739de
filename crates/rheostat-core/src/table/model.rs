//! Late insertion under every interleaving.

use loom::sync::Arc;
use loom::thread;

use super::{Found, InnerInterest, Inserted, Table};
use crate::callsite::CallsiteId;

/// Keys that start at the same slot.
fn key_of(id: CallsiteId) -> usize {
    // Only the bits above the lowest three are spread.
    (id.0 as usize + 1) << 60
}

fn table() -> Arc<Table<u32>> {
    Arc::new(Table::new(1, key_of))
}

fn planned(table: &Table<u32>, key: usize) -> Option<u32> {
    match table.find(key)?.0 {
        Found::Planned(entry) => Some(entry.plan),
        Found::Idle(_) | Found::Wanted(_) => None,
    }
}

/// Shows a callsite and what it does.
fn insert(table: &Table<u32>, id: CallsiteId, plan: u32) -> Inserted {
    let inserted = table.insert_wanted(key_of(id), id, InnerInterest::Never);
    table.settle(key_of(id), id, Some(plan));
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
        let insert = move |table: &Table<u32>| insert(table, id, 11);
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
        let settle = move |table: &Table<u32>, plan| match table.settle(key_of(id), id, Some(plan))
        {
            Some(Found::Planned(entry)) => entry.plan,
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
