//! A program is killed at random moments; what its queue had accepted arrives, in order.
//!
//! The parent keeps the server and compares every number. The child fires on
//! two threads and writes down, where a kill cannot take it back, up to which
//! number everything was accepted.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rheostat_core::ledger::Outcome;
use rheostat_testkit::reference::{Fault, ReferenceServer, ReferenceSinks};
use rheostat_testkit::{Kit, Mount};
use tracing_core::dispatcher;

/// How often the child is killed; `RHEOSTAT_KILLS` says another number.
const KILLS: u64 = 50;
/// The latest moment of a kill, after the child began to fire; `RHEOSTAT_KILL_WITHIN_MS` says another.
const WITHIN_MS: u64 = 250;
const THREADS: u64 = 2;
/// Numbers of one thread in one run.
const OF_THREAD: u64 = 1_000_000_000;
const OF_RUN: u64 = OF_THREAD * THREADS;

const ROLE: &str = "RHEOSTAT_KILL_CHILD";
const NAME: &str = "fifty_kills_take_nothing_that_was_accepted";

#[test]
fn fifty_kills_take_nothing_that_was_accepted() {
    if let Ok(role) = std::env::var(ROLE) {
        return child(&role);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = ReferenceServer::start();
    let kills = number_from("RHEOSTAT_KILLS", KILLS);
    let within = number_from("RHEOSTAT_KILL_WITHIN_MS", WITHIN_MS);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64 ^ u64::from(std::process::id());
    for run in 0..kills {
        let faults = [
            Fault::None,
            Fault::ResetBeforeAnswer,
            Fault::Broken,
            Fault::Hang,
        ];
        server.fault(faults[run as usize % faults.len()]);
        let mut child = start(folder.path(), &server, &run.to_string());
        wait_for_first(folder.path(), run, &mut child);
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let moment = Instant::now() + Duration::from_micros((random >> 33) % (within * 1_000));
        while Instant::now() < moment {
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().expect("it runs");
        child.wait().expect("it was killed");
    }
    server.fault(Fault::None);
    let mut last = start(folder.path(), &server, "deliver");
    assert!(last.wait().expect("it ends").success());
    compare(folder.path(), &server, kills);
}

fn number_from(variable: &str, usual: u64) -> u64 {
    let said = std::env::var(variable).ok();
    said.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Every number that was accepted arrived, once, and those of a thread in order.
fn compare(folder: &Path, server: &ReferenceServer, kills: u64) {
    let took = server.took();
    let mut seen: Vec<Vec<u64>> = vec![Vec::new(); (kills * THREADS) as usize];
    for number in &took.numbers {
        seen[(number / OF_THREAD) as usize].push(number % OF_THREAD);
    }
    let mut accepted_in_all = 0;
    for run in 0..kills {
        for thread in 0..THREADS {
            let accepted = accepted(folder, run, thread);
            let arrived = &seen[(run * THREADS + thread) as usize];
            accepted_in_all += accepted;
            // A few more may have arrived than were written down as accepted.
            let whole = arrived.iter().copied().eq(0..arrived.len() as u64);
            assert!(
                whole,
                "run {run}, thread {thread}: a gap, a repeat or another order"
            );
            assert!(
                arrived.len() as u64 >= accepted,
                "run {run}, thread {thread}: {accepted} were accepted, {} arrived",
                arrived.len()
            );
        }
    }
    assert!(accepted_in_all > 0);
    assert!(took.gaps.is_empty(), "{:?}", took.gaps);
}

/// How many records of a thread were accepted for sure.
fn accepted(folder: &Path, run: u64, thread: u64) -> u64 {
    let mut bytes = [0; 8];
    let read = File::open(notes(folder, run)).and_then(|file| file.read_at(&mut bytes, thread * 8));
    if read.is_ok_and(|read| read == 8) {
        u64::from_le_bytes(bytes)
    } else {
        0
    }
}

fn notes(folder: &Path, run: u64) -> PathBuf {
    folder.join(format!("accepted-{run}"))
}

fn wait_for_first(folder: &Path, run: u64, child: &mut Child) {
    let until = Instant::now() + Duration::from_secs(60);
    while (0..THREADS).any(|thread| accepted(folder, run, thread) == 0) {
        let ended = child.try_wait().expect("a child can be waited for");
        assert!(ended.is_none(), "the child ended by itself: {ended:?}");
        assert!(Instant::now() < until, "the child accepts nothing");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn start(folder: &Path, server: &ReferenceServer, role: &str) -> Child {
    let this = std::env::current_exe().expect("a test knows its own program");
    let child = Command::new(this)
        .args(["--exact", NAME, "--nocapture"])
        .env(
            ROLE,
            format!("{role} {} {}", server.address(), folder.display()),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    child.expect("a test can start itself")
}

fn child(role: &str) {
    let mut words = role.splitn(3, ' ');
    let mut word = || words.next().expect("three words");
    let (role, address, folder) = (word(), word(), Path::new(word()));
    let kit = Kit::new([Arc::new(ReferenceSinks) as _]);
    let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
    dispatcher::with_default(&dispatch, || {
        kit.must_apply(&policy(address, folder));
        kit.engine().installed();
    });
    let Ok(run) = role.parse::<u64>() else {
        let report = kit.flush(Duration::from_secs(120));
        assert!(report.is_complete(), "{report:?}");
        let ledger = kit.engine().ledger().lines();
        let fine = |outcome| [Outcome::Delivered, Outcome::Recovered].contains(&outcome);
        assert!(ledger.iter().all(|line| fine(line.outcome)), "{ledger:?}");
        return;
    };
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(true).write(true);
    let file = file.open(notes(folder, run)).expect("a file");
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (kit, dispatch, file) = (&kit, &dispatch, &file);
            let fire = move || fire(kit, file, run, thread);
            scope.spawn(move || dispatcher::with_default(dispatch, fire));
        }
    });
}

/// Fires for as long as it lives.
fn fire(kit: &Kit, file: &File, run: u64, thread: u64) {
    let first = run * OF_RUN + thread * OF_THREAD;
    for count in 0.. {
        tracing::info!(target: "killed", number = first + count, "order placed");
        if count % 100 == 99 {
            // What is drained is accepted: nothing here is ever full.
            kit.drain();
            let accepted: u64 = count + 1;
            file.write_at(&accepted.to_le_bytes(), thread * 8)
                .expect("it can be written down");
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

fn policy(address: &str, folder: &Path) -> String {
    format!(
        "version = 1
        [sinks.tested]
        type = 'reference'
        address = '{address}'
        only = ['events']
        timeout = '100ms'
        retry = {{ first = '2ms', max = '20ms' }}
        batch = {{ records = 200, every = '2ms' }}
        buffer = {{ memory = '256KiB', disk = '1GiB', dir = '{}', fsync = '1s' }}
        [[rules]]
        name = 'all'
        match = {{ target = 'killed' }}
        stream = {{ sink = 'tested' }}",
        folder.join("spool").display()
    )
}
