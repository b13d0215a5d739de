//! The slab under every interleaving.

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use super::stack::Stack;
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

/// Something of which the model notices when it is read without having been handed over.
struct Plain(UnsafeCell<u32>);

// SAFETY: models read it only after it was taken off a stack; that this suffices is what they test.
unsafe impl Send for Plain {}

fn number(plain: &Plain) -> u32 {
    // SAFETY: the model fails where anybody still writes.
    plain.0.with(|number| unsafe { *number })
}

#[test]
fn what_is_left_on_a_stack_is_taken_whole_and_once() {
    loom::model(|| {
        let stack = Arc::new(Stack::new());
        let leave = |number| {
            let stack = stack.clone();
            thread::spawn(move || stack.push(Plain(UnsafeCell::new(number))))
        };
        let (one, two) = (leave(1), leave(2));
        let mut taken: Vec<u32> = stack.take().map(|plain| number(&plain)).collect();
        one.join().unwrap();
        two.join().unwrap();
        taken.extend(stack.take().map(|plain| number(&plain)));
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
        assert!(stack.take().next().is_none());
    });
}

#[test]
fn two_that_take_at_once_share_what_was_left() {
    loom::model(|| {
        let stack = Arc::new(Stack::new());
        stack.push(Plain(UnsafeCell::new(1)));
        let other = {
            let stack = stack.clone();
            thread::spawn(move || {
                stack.push(Plain(UnsafeCell::new(2)));
                stack.take().map(|plain| number(&plain)).collect::<Vec<_>>()
            })
        };
        let mut taken: Vec<u32> = stack.take().map(|plain| number(&plain)).collect();
        taken.extend(other.join().unwrap());
        taken.extend(stack.take().map(|plain| number(&plain)));
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
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
