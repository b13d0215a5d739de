//! The slab under every interleaving.

use loom::sync::Arc;
use loom::thread;

use super::{Key, Measure, Opening, Released, Slab};
use crate::callsite::CallsiteId;

fn open(slab: &Slab, parent: Option<Key>) -> Key {
    slab.open(Opening {
        engine: 1,
        callsite: CallsiteId(0),
        parent,
        inner: 0,
        opened: None,
        measure: Measure::default(),
    })
    .expect("there is room")
}

fn release(slab: &Slab, key: Key) -> bool {
    match slab.release(key) {
        Released::Still => false,
        Released::Last(slot) => {
            slab.free(slot);
            true
        }
    }
}

#[test]
fn exactly_one_holder_is_the_last() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let key = open(&slab, None);
        assert!(slab.hold(key));
        let other = {
            let slab = slab.clone();
            thread::spawn(move || release(&slab, key))
        };
        let mine = release(&slab, key);
        let theirs = other.join().unwrap();
        assert!(mine ^ theirs);
        assert!(slab.find(key).is_none());
    });
}

#[test]
fn two_threads_never_open_one_slot() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let round = |slab: &Slab| {
            let key = open(slab, None);
            let slot = slab.find(key).expect("it is open");
            assert_eq!(slot.key(), key);
            assert!(release(slab, key));
            assert!(slab.find(key).is_none());
        };
        // One free slot to fight for.
        let first = open(&slab, None);
        release(&slab, first);
        let other = {
            let slab = slab.clone();
            thread::spawn(move || round(&slab))
        };
        round(&slab);
        other.join().unwrap();
    });
}

#[test]
fn a_stale_key_finds_and_holds_nothing() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let stale = open(&slab, None);
        let other = {
            let slab = slab.clone();
            thread::spawn(move || {
                release(&slab, stale);
                open(&slab, None)
            })
        };
        if slab.hold(stale) {
            // Then it was open still, and stays so until this.
            assert!(slab.find(stale).is_some());
            release(&slab, stale);
        }
        let fresh = other.join().unwrap();
        assert_ne!(stale, fresh);
        assert!(slab.find(stale).is_none());
        assert!(slab.find(fresh).is_some());
    });
}

#[test]
fn a_close_that_meets_a_pin_is_carried_out_once() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let key = slab
            .open(Opening {
                engine: 1,
                callsite: CallsiteId(0),
                parent: None,
                inner: 5,
                opened: None,
                measure: Measure::default(),
            })
            .expect("there is room");
        let slot = slab.find(key).expect("it is open");
        let pinner = thread::spawn(move || match slot.pin() {
            Some(inner) => {
                assert_eq!(inner, 5);
                slot.unpin()
            }
            None => 0,
        });
        let mut closes = 0;
        if slot.begin_close() {
            closes += 1;
            slot.inner_is_gone();
            slot.end_close();
        }
        let postponed = pinner.join().unwrap();
        assert_eq!(closes + postponed, 1);
    });
}

#[test]
fn what_was_left_with_a_span_goes_with_its_last_holder() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let key = open(&slab, None);
        let gone = Arc::new(());
        slab.find(key)
            .expect("it is open")
            .left
            .push(Box::new(gone.clone()));
        assert!(slab.hold(key));
        let other = {
            let slab = slab.clone();
            thread::spawn(move || release(&slab, key))
        };
        release(&slab, key);
        other.join().unwrap();
        assert_eq!(Arc::strong_count(&gone), 1);
    });
}
