//! A reader that does not leave: its table stays, nothing is lost, and all is freed when it goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rheostat_testkit::Mount;

use crate::load::{Done, ONE, OTHER, SHARED, assert_nothing_left, installed, work};

/// Reloads across which one reader stays inside a `Debug`.
const PARKED_ACROSS: u32 = 100;

/// A reader stays inside a `Debug` across a hundred reloads, while others go on.
pub(crate) fn parked_in_a_debug(mount: Mount) {
    let kit = installed(mount);
    rheostat_core::internal::set_notice_hook(Some(Arc::new(|_| {})));
    let gate = Arc::new(Gate::default());
    let parked = {
        let gate = gate.clone();
        std::thread::spawn(
            move || tracing::info!(target: "load", worker = 0, tenant = ?Parked(&gate), amount = 1),
        )
    };
    gate.wait_for_the_reader();
    let (done, over) = (Arc::new(Done::default()), Arc::new(AtomicBool::new(false)));
    let worker = {
        let (done, over) = (done.clone(), over.clone());
        std::thread::spawn(move || work(1, &done, &over))
    };
    for reload in 0..PARKED_ACROSS {
        let more = if reload.is_multiple_of(2) { ONE } else { OTHER };
        kit.must_apply(&format!("{SHARED}{more}"));
    }
    assert!(
        kit.engine().status().unfreed_tables > 0,
        "the reader holds a table"
    );
    gate.open();
    parked.join().expect("the reader does not panic");
    over.store(true, Ordering::Relaxed);
    worker.join().expect("no worker panics");
    let steps = kit.counter("steps_total", &[("worker", "0"), ("tenant", "parked")]);
    assert_eq!(steps, 1, "the record of the reader counts once");
    let own = done.steps[1].load(Ordering::Relaxed);
    let sum: u64 = ["acme", "zeta"]
        .iter()
        .map(|tenant| kit.counter("steps_total", &[("worker", "1"), ("tenant", tenant)]))
        .sum();
    assert_eq!(sum, own);
    assert_nothing_left(&kit);
}

/// Where the reader and the test meet.
#[derive(Debug, Default)]
struct Gate {
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Gate {
    fn change(&self, change: impl FnOnce(&mut (bool, bool))) {
        change(&mut self.state.lock().expect("nobody panics with it"));
        self.changed.notify_all();
    }

    fn wait(&self, until: impl Fn(&(bool, bool)) -> bool) {
        let limit = Duration::from_secs(120);
        let state = self.state.lock().expect("nobody panics with it");
        let waited = self
            .changed
            .wait_timeout_while(state, limit, |state| !until(state));
        let timed_out = waited.expect("nobody panics with it").1.timed_out();
        assert!(!timed_out, "nothing happened for {limit:?}");
    }

    fn wait_for_the_reader(&self) {
        self.wait(|(inside, _)| *inside);
    }

    fn open(&self) {
        self.change(|(_, open)| *open = true);
    }
}

/// Says when it is formatted, and then waits.
struct Parked<'g>(&'g Gate);

impl std::fmt::Debug for Parked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.change(|(inside, _)| *inside = true);
        self.0.wait(|(_, open)| *open);
        f.write_str("parked")
    }
}
