//! Announcements under every interleaving, in their fenced form: loom knows no `membarrier`.

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use super::barrier::Barrier;
use super::list::Announcements;
use super::slot::Slot;
use crate::sync::{AtomicPtr, Ordering, fence};

const ALIVE: u32 = 7;

struct World {
    all: Announcements,
    current: AtomicPtr<UnsafeCell<u32>>,
}

// SAFETY: the cell is what the model checks: loom reports any race on it.
unsafe impl Send for World {}
// SAFETY: as above.
unsafe impl Sync for World {}

fn value() -> *mut UnsafeCell<u32> {
    Box::into_raw(Box::new(UnsafeCell::new(ALIVE)))
}

fn read(world: &World, enter: fn(&Slot)) {
    let slot = world.all.lease(true, 0);
    for _ in 0..2 {
        enter(slot);
        assert!(
            !slot.enter(),
            "a nested announcement is covered by the outer one"
        );
        let current = world.current.load(Ordering::Acquire);
        // SAFETY: announced before it was loaded; this is the claim under test.
        unsafe { (*current).with(|value| assert_eq!(*value, ALIVE)) };
        slot.leave();
    }
    slot.give_back();
}

fn replace(world: &World) {
    let old = world.current.swap(value(), Ordering::AcqRel);
    assert!(Barrier::Fence.issue());
    for (slot, turn) in world.all.inside() {
        while !slot.has_left(turn) {
            thread::yield_now();
        }
    }
    // SAFETY: nobody who announced before the swap is still inside.
    unsafe { (*old).with_mut(|value| *value = 0) };
}

#[test]
fn nothing_is_freed_under_a_reader() {
    check(|slot| assert!(slot.enter()));
}

#[test]
fn nor_under_one_that_announces_itself_the_plain_way() {
    check(|slot| {
        slot.announce();
        // What the writer's `membarrier` does to this thread.
        fence(Ordering::SeqCst);
    });
}

fn check(enter: fn(&Slot)) {
    loom::model(move || {
        let world = Arc::new(World {
            all: Announcements::new(),
            current: AtomicPtr::new(value()),
        });
        let reader = {
            let world = world.clone();
            thread::spawn(move || read(&world, enter))
        };
        replace(&world);
        reader.join().unwrap();
    });
}

#[test]
fn two_threads_never_lease_one_slot() {
    loom::model(|| {
        let all = Arc::new(Announcements::new());
        let lease = |all: &Announcements| {
            let slot = all.lease(true, 0);
            assert!(slot.enter());
            slot.leave();
            slot.give_back();
        };
        let other = {
            let all = all.clone();
            thread::spawn(move || lease(&all))
        };
        lease(&all);
        other.join().unwrap();
    });
}
