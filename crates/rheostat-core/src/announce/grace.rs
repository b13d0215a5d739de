//! The time after which nobody can still see what was unlinked before it began.

use std::time::{Duration, Instant};

use super::barrier::Barrier;
use super::slot::Slot;
use super::thread;

/// A grace period: begin it after unlinking something, free that something when it is over.
///
/// Beginning costs a system call and a look at every thread's slot; asking
/// whether it is over costs a load for each thread that was inside then.
#[derive(Debug)]
pub struct Grace {
    /// Who was inside when it began, and has not been seen to leave.
    inside: Vec<(&'static Slot, usize)>,
    /// The barrier failed, so nothing is known: it never ends.
    unknown: bool,
}

impl Grace {
    /// Begins now. What the calling thread unlinked before is what it protects.
    ///
    /// Called inside an announcement, it waits for that one too.
    pub fn begin() -> Self {
        let unknown = !Barrier::of_this_process().issue();
        bury_the_dead();
        Self {
            inside: thread::all().inside(),
            unknown,
        }
    }

    /// Whether everybody who was inside has left. Never blocks.
    pub fn is_over(&mut self) -> bool {
        self.inside.retain(|(slot, turn)| !slot.has_left(*turn));
        self.inside.is_empty() && !self.unknown
    }

    /// Waits until it is over, but at most `limit`; says whether it is.
    ///
    /// For threads of our own: it yields and sleeps.
    pub fn wait(&mut self, limit: Duration) -> bool {
        let start = Instant::now();
        let mut turns = 0_u32;
        while !self.is_over() {
            if start.elapsed() >= limit {
                return false;
            }
            turns += 1;
            if turns < 64 {
                std::thread::yield_now();
            } else {
                std::thread::sleep(Duration::from_micros(100));
            }
        }
        true
    }
}

/// After a `fork`: frees the slots of threads that exist only in the parent.
///
/// The one thread that a child starts with is the only living one whose slot
/// bears the parent's number, so only when that thread comes by is it known
/// that the others are dead.
fn bury_the_dead() {
    let process = std::process::id();
    let Some(mine) = thread::mine() else { return };
    if mine.process() == process {
        return;
    }
    let old = mine.process();
    mine.adopt(process);
    thread::all()
        .slots()
        .filter(|slot| slot.process() == old)
        .for_each(Slot::bury);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    #[test]
    fn a_reader_that_entered_before_holds_the_grace_back_until_it_leaves() {
        let (entered, when_entered) = mpsc::channel();
        let (leave, may_leave) = mpsc::channel::<()>();
        let reader = thread::spawn(move || {
            let _inside = crate::announce::enter();
            entered.send(()).unwrap();
            may_leave.recv().unwrap();
        });
        when_entered.recv().unwrap();
        let mut grace = Grace::begin();
        assert!(!grace.is_over());
        leave.send(()).unwrap();
        assert!(grace.wait(SOON));
        reader.join().unwrap();
    }

    #[test]
    fn a_reader_that_enters_later_holds_nothing_back() {
        let mut grace = Grace::begin();
        let _inside = crate::announce::enter();
        assert!(grace.wait(SOON));
    }

    #[test]
    fn a_nested_announcement_ends_with_the_outermost() {
        let outer = crate::announce::enter();
        drop(crate::announce::enter());
        let mut grace = Grace::begin();
        assert!(!grace.is_over());
        drop(outer);
        assert!(grace.wait(SOON));
    }

    #[test]
    fn a_thread_can_announce_after_its_slot_was_given_back() {
        struct Late(mpsc::Sender<bool>);
        impl Drop for Late {
            fn drop(&mut self) {
                let _inside = crate::announce::enter();
                let held_back = !Grace::begin().is_over();
                self.0.send(held_back).unwrap();
            }
        }
        thread_local!(static LATE: std::cell::RefCell<Option<Late>> = const { std::cell::RefCell::new(None) });
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            // Registered first, hence dropped last on some systems and first on
            // others; both orders must work.
            LATE.with(|late| *late.borrow_mut() = Some(Late(sender)));
            drop(crate::announce::enter());
        })
        .join()
        .unwrap();
        assert!(receiver.recv().unwrap());
    }
}
