//! A program with a spool is killed at random moments; what its queue had accepted is there, once and in order.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{POSTGRES, Postgres, Program, STREAM};
use rheostat_testkit::real;

const KILLS: u64 = 3;
/// The latest moment of a kill, after the program began to fire.
const WITHIN_MS: u64 = 1_000;
/// Numbers of one run.
const OF_RUN: u64 = 1_000_000_000;
/// The last run only delivers.
const LAST: u64 = KILLS;

const ROLE: &str = "RHEOSTAT_POSTGRES_CHILD";
const NAME: &str = "three_kills_take_nothing_that_was_accepted";

#[test]
fn three_kills_take_nothing_that_was_accepted() {
    if let Ok(role) = std::env::var(ROLE) {
        return child(&role);
    }
    if !real::have("postgres: three_kills_take_nothing", &[POSTGRES]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Postgres::start_with("autovacuum = off", "", |_| {});
    let mut random = 0x9e37_79b9_7f4a_7c15_u64 ^ u64::from(std::process::id());
    for run in 0..KILLS {
        let mut child = start(folder.path(), &server, run);
        real::eventually("something is accepted", || {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            accepted(folder.path(), run) > 0
        });
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let moment = Instant::now() + Duration::from_micros((random >> 33) % (WITHIN_MS * 1_000));
        while Instant::now() < moment {
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(
        start(folder.path(), &server, LAST)
            .wait()
            .unwrap()
            .success()
    );

    let mut seen = vec![Vec::new(); usize::try_from(KILLS).unwrap()];
    // A gap has no number.
    let text = server.sql("SELECT number FROM events ORDER BY ctid");
    for number in text.lines() {
        let number: u64 = number.parse().expect("nothing went missing");
        seen[usize::try_from(number / OF_RUN).unwrap()].push(number % OF_RUN);
    }
    for (run, arrived) in (0..KILLS).zip(&seen) {
        let whole = arrived.iter().copied().eq(0..arrived.len() as u64);
        assert!(whole, "run {run}: a gap, a repeat or another order");
        let accepted = accepted(folder.path(), run);
        // A few more may have arrived than were written down as accepted.
        assert!(
            arrived.len() as u64 >= accepted,
            "run {run}: {accepted} were accepted, {} arrived",
            arrived.len()
        );
    }
}

fn start(folder: &Path, server: &Postgres, run: u64) -> Child {
    let role = format!("{run} {} {}", server.address, folder.display());
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(ROLE, role)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How many records of a run were accepted for sure.
fn accepted(folder: &Path, run: u64) -> u64 {
    let mut bytes = [0; 8];
    let read = File::open(folder.join(format!("accepted-{run}")))
        .and_then(|file| file.read_at(&mut bytes, 0));
    if read.is_ok_and(|read| read == 8) {
        u64::from_le_bytes(bytes)
    } else {
        0
    }
}

/// Fires until it is killed; the last one delivers what is left.
fn child(role: &str) {
    let words: Vec<&str> = role.splitn(3, ' ').collect();
    let (address, folder) = (words[1], Path::new(words[2]));
    let run: u64 = words[0].parse().unwrap();
    let keys = format!(
        "{}\ncreate = true\nonly = ['events']\ncolumns = {{ number = 'bigint' }}\n\
         retry = {{ first = '5ms', max = '50ms' }}\nbatch = {{ records = 200, every = '2ms' }}\n\
         buffer = {{ memory = '256KiB', disk = '1GiB', dir = '{}', fsync = '1s' }}",
        common::postgres::keys(address),
        folder.join("spool").display()
    );
    let program = Program::new(&keys, STREAM);
    if run == LAST {
        return program.flush();
    }
    let mut options = OpenOptions::new();
    let notes = options.create(true).truncate(true).write(true);
    let notes = notes.open(folder.join(format!("accepted-{run}"))).unwrap();
    program.run(|| {
        for count in 0_u64.. {
            tracing::info!(target: "shop", number = run * OF_RUN + count, "order placed");
            if count % 100 == 99 {
                // What is drained is accepted: nothing here is ever full.
                program.kit.drain();
                notes.write_at(&(count + 1).to_le_bytes(), 0).unwrap();
                std::thread::park_timeout(Duration::from_millis(2));
            }
        }
    });
}
