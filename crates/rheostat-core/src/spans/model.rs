//! The slab under every interleaving.

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use super::late::{self, Node};
use super::{InnerIds, Key, Measure, Opening, Released, Slab};
use crate::callsite::CallsiteId;
use crate::scope::OpenSpan as _;
use crate::sync::{AtomicPtr, AtomicU64, Ordering};

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
fn a_pinned_span_is_open_inside_and_a_close_that_meets_a_pin_is_carried_out_once() {
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
        // Whether the inner subscriber has closed it, and what the one who closes it did before.
        let gone = Arc::new(Told(UnsafeCell::new(false)));
        let done = Arc::new(Told(UnsafeCell::new(false)));
        let pinner = {
            let (gone, done) = (gone.clone(), done.clone());
            thread::spawn(move || {
                let Some(inner) = slot.pin() else { return 0 };
                assert_eq!(inner, 5);
                assert!(!gone.get(), "what is pinned is open");
                let postponed = slot.unpin();
                for _ in 0..postponed {
                    assert!(done.get(), "it is closed after what was done in it");
                    gone.set();
                }
                postponed
            })
        };
        done.set();
        let mut closes = 0;
        if slot.begin_close() {
            closes += 1;
            gone.set();
            slot.inner_is_gone();
            slot.end_close();
        }
        let postponed = pinner.join().unwrap();
        assert_eq!(closes + postponed, 1);
    });
}

/// A fact that the model knows when it is read while it is written.
struct Told(UnsafeCell<bool>);

// SAFETY: loom reports whoever reads it while it is written.
unsafe impl Sync for Told {}
// SAFETY: as above.
unsafe impl Send for Told {}

impl Told {
    fn get(&self) -> bool {
        // SAFETY: the model fails where anybody still writes.
        self.0.with(|told| unsafe { *told })
    }

    fn set(&self) {
        // SAFETY: the model fails where anybody reads or writes too.
        self.0.with_mut(|told| unsafe { *told = true });
    }
}

#[test]
fn a_key_that_nobody_handed_over_finds_its_span_whole_or_not_at_all() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let told = Arc::new(AtomicU64::new(0));
        let other = {
            let (slab, told) = (slab.clone(), told.clone());
            thread::spawn(move || {
                let slot =
                    Key::from_u64(told.load(Ordering::Relaxed)).and_then(|key| slab.find(key));
                if let Some(slot) = slot {
                    assert_eq!(slot.engine(), 1);
                    assert_eq!(slot.inner(), Some(5));
                }
            })
        };
        let key = slab.open(Opening {
            engine: 1,
            callsite: CallsiteId(0),
            parent: None,
            inner: 5,
            opened: None,
            measure: Measure::default(),
        });
        told.store(key.expect("there is room").0, Ordering::Relaxed);
        other.join().unwrap();
    });
}

#[test]
fn whoever_closes_a_span_sees_what_all_holders_did() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let key = slab
            .open(Opening {
                engine: 1,
                callsite: CallsiteId(0),
                parent: None,
                inner: 0,
                opened: None,
                measure: Measure::EVENTS,
            })
            .expect("there is room");
        assert!(slab.hold(key));
        let holder = move |slab: &Slab| {
            slab.find(key).expect("it is held").saw_event(false);
            if let Released::Last(slot) = slab.release(key) {
                assert_eq!(slot.timings().events, Some(2));
                slab.free(slot);
            }
        };
        let other = {
            let slab = slab.clone();
            thread::spawn(move || holder(&slab))
        };
        holder(&slab);
        other.join().unwrap();
    });
}

#[test]
fn no_free_slot_is_lost() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let (one, two) = (open(&slab, None), open(&slab, None));
        let other = {
            let slab = slab.clone();
            thread::spawn(move || {
                release(&slab, one);
                release(&slab, two);
            })
        };
        let mine = open(&slab, None);
        other.join().unwrap();
        let made = slab.made();
        let mut open_now = vec![mine];
        for _ in 1..made {
            open_now.push(open(&slab, None));
        }
        assert_eq!(slab.made(), made, "a free slot was lost");
        open_now.sort_unstable_by_key(|key| key.0);
        open_now.dedup();
        assert_eq!(open_now.len(), made as usize);
    });
}

#[test]
fn two_threads_that_make_a_page_at_once_use_one() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let other = {
            let slab = slab.clone();
            thread::spawn(move || open(&slab, None))
        };
        let mine = open(&slab, None);
        let theirs = other.join().unwrap();
        assert_ne!(mine, theirs);
        assert!(slab.find(mine).is_some() && slab.find(theirs).is_some());
    });
}

#[test]
fn what_was_recorded_is_read_whole_and_the_latest_first() {
    loom::model(|| {
        let newest: Arc<AtomicPtr<Node<Number>>> = Arc::new(AtomicPtr::new(std::ptr::null_mut()));
        late::push(&newest, Number::new(1));
        let other = {
            let newest = newest.clone();
            thread::spawn(move || late::push(&newest, Number::new(2)))
        };
        // SAFETY: nothing is freed before the end.
        let (first, second) = unsafe { (late::nth(&newest, 0), late::nth(&newest, 1)) };
        let seen = [first, second].map(|seen| seen.map(Number::get));
        assert!([[Some(1), None], [Some(2), Some(1)], [Some(1), Some(1)]].contains(&seen));
        // What closes the span may have seen neither.
        let chain = late::take(&newest);
        let early = chain
            .iter()
            .flat_map(|chain| chain.blobs().map(Number::get))
            .count();
        other.join().unwrap();
        let rest = late::take(&newest);
        let late = rest
            .iter()
            .flat_map(|chain| chain.blobs().map(Number::get))
            .count();
        assert_eq!(early + late, 2);
    });
}

/// A number of which the model notices when it is read without having been handed over.
struct Number(UnsafeCell<u32>);

// SAFETY: it is not written to once it is shared; that readers find it whole is what the models test.
unsafe impl Sync for Number {}
// SAFETY: as above.
unsafe impl Send for Number {}

impl Number {
    fn new(number: u32) -> Self {
        let made = Self(UnsafeCell::new(0));
        // A write of its own: the model does not always see that of the making.
        // SAFETY: nobody else has it yet.
        made.0.with_mut(|place| unsafe { *place = number });
        made
    }

    fn get(&self) -> u32 {
        // SAFETY: the model fails where anybody still writes.
        self.0.with(|number| unsafe { *number })
    }
}

#[test]
fn an_id_whose_span_is_open_is_found_while_another_one_leaves() {
    loom::model(|| {
        let ids = Arc::new(InnerIds::ready());
        assert!(ids.insert(2, Key(70)));
        let other = {
            let ids = ids.clone();
            thread::spawn(move || ids.remove(2, Key(70)))
        };
        // It belongs where the other one is, so it goes there or further on.
        assert!(ids.insert(4, Key(90)));
        assert_eq!(ids.get(4), Some(Key(90)));
        other.join().unwrap();
        assert_eq!(ids.get(4), Some(Key(90)));
        assert_eq!(ids.get(2), None);
    });
}

#[test]
fn an_id_that_nobody_handed_over_is_found_with_its_own_key_or_not_at_all() {
    loom::model(|| {
        let ids = Arc::new(InnerIds::ready());
        let stranger = {
            let ids = ids.clone();
            thread::spawn(move || assert!([None, Some(Key(90))].contains(&ids.get(4))))
        };
        assert!(ids.insert(2, Key(70)));
        ids.remove(2, Key(70));
        assert!(ids.insert(4, Key(90)));
        stranger.join().unwrap();
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
