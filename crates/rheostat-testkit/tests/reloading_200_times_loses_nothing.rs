//! Sinks change, come and go 200 times while threads fire; everything accepted arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rheostat_core::ledger::{Cause, Line, Outcome};
use rheostat_testkit::reference::{ReferenceServer, ReferenceSinks};
use rheostat_testkit::{Kit, Mount};
use tracing_core::{Dispatch, dispatcher};

const THREADS: u64 = 2;
const RELOADS: usize = 200;
/// Numbers of one thread.
const OF_THREAD: u64 = 1_000_000_000;

/// One sink that is always there and changes, and one that comes and goes.
fn policy(round: usize, servers: [&ReferenceServer; 2], more: &str) -> String {
    let guest = if round.is_multiple_of(2) {
        "even"
    } else {
        "odd"
    };
    let records = [20, 50, 80][round % 3];
    format!(
        "version = 1
        [sinks.always]
        type = 'reference'
        address = '{}'
        only = ['events']
        batch = {{ records = {records}, every = '3ms' }}
        {more}
        [sinks.{guest}]
        type = 'reference'
        address = '{}'
        only = ['events']
        batch = {{ every = '3ms' }}
        {more}
        [[rules]]
        name = 'all'
        match = {{ target = 'reloading' }}
        stream = {{ sink = 'always' }}
        [[rules]]
        name = 'guests'
        match = {{ target = 'reloading' }}
        stream = {{ sink = '{guest}' }}",
        servers[0].address(),
        servers[1].address()
    )
}

fn fire(dispatch: &Dispatch, thread: u64, stop: &AtomicBool, fired: &AtomicU64) {
    dispatcher::with_default(dispatch, || {
        let mut count = 0;
        while !stop.load(Ordering::Relaxed) {
            for _ in 0..20 {
                let number = thread * OF_THREAD + count;
                tracing::info!(target: "reloading", number);
                count += 1;
            }
            // A steady load, not one that fills rings.
            std::thread::sleep(Duration::from_millis(1));
        }
        fired.fetch_add(count, Ordering::Relaxed);
    });
}

fn reload_under_load(more: &str) {
    let (always, guests) = (ReferenceServer::start(), ReferenceServer::start());
    let kit = Kit::new([Arc::new(ReferenceSinks) as _]);
    let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
    let (stop, fired) = (AtomicBool::new(false), AtomicU64::new(0));
    let text = |round| policy(round, [&always, &guests], more);
    dispatcher::with_default(&dispatch, || {
        kit.must_apply(&text(0));
        kit.engine().installed();
    });
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (dispatch, stop, fired) = (&dispatch, &stop, &fired);
            scope.spawn(move || fire(dispatch, thread, stop, fired));
        }
        for round in 1..=RELOADS {
            dispatcher::with_default(&dispatch, || kit.must_apply(&text(round)));
        }
        stop.store(true, Ordering::Relaxed);
    });
    let report = kit.flush(Duration::from_secs(60));
    assert!(report.is_complete(), "{report:?}");
    let ledger = kit.engine().ledger().lines();
    // What a ring had no room for was never accepted: on a machine that is
    // busy with other things the thread that empties them comes too late.
    let accepted = |line: &Line| line.cause != Cause::RingFull.as_str();
    let delivered = |line: &&Line| line.outcome == Outcome::Delivered;
    let all = ledger.iter().filter(|line| accepted(line));
    assert!(all.clone().all(|line| delivered(&line)), "{ledger:#?}");
    let fired = fired.load(Ordering::Relaxed);
    for (rule, server) in [("all", &always), ("guests", &guests)] {
        let of_rule = |line: &&Line| &*line.rule == rule;
        let matched: u64 = ledger.iter().filter(of_rule).map(|line| line.records).sum();
        assert_eq!(matched, fired, "{ledger:#?}");
        let sent: u64 = all.clone().filter(of_rule).map(|line| line.records).sum();
        assert_eq!(server.took().numbers.len() as u64, sent, "{ledger:#?}");
    }
    for thread in 0..THREADS {
        let took = always.took().numbers.into_iter();
        // Two guests that take turns at one server may overtake each other; this one may not.
        let of_thread = took.filter(|number| number / OF_THREAD == thread);
        assert!(of_thread.is_sorted(), "out of order");
    }
    kit.shutdown(Duration::from_secs(1));
}

#[test]
fn in_memory() {
    reload_under_load("buffer = { memory = '64MiB' }");
}

#[test]
fn on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    reload_under_load(&format!(
        "buffer = {{ memory = '64KiB', disk = '256MiB', dir = '{}', fsync = 'never' }}",
        folder.path().display()
    ));
}
