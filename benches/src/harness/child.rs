//! A child process: one configuration, installed once, run a slot at a time.

use std::cell::LazyCell;
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::cases::{self, Case};

/// How long one slot lasts, about.
const SLOT: Duration = Duration::from_micros(200);

/// Answers every line on stdin with the nanoseconds per operation of one slot.
///
/// # Errors
///
/// An unknown case, or a parent that is gone.
pub(crate) fn slots(name: &str) -> Result<(), String> {
    let case = find(name)?;
    let installed = (case.install)();
    // At the first turn, when no other process runs: while all of them start, a slot would seem full too soon.
    let crew = LazyCell::new(|| Crew::of(&case, calibrate(&case)));
    let mut answers = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        line.map_err(|error| error.to_string())?;
        let nanoseconds = crew.slot() / crew.operations as f64;
        writeln!(answers, "{nanoseconds}").map_err(|error| error.to_string())?;
        answers.flush().map_err(|error| error.to_string())?;
    }
    drop(installed);
    Ok(())
}

/// The threads of a case: this one, and others that run the same at the same time.
struct Crew {
    run: fn(u64),
    operations: u64,
    others: Vec<(Sender<()>, Receiver<f64>)>,
}

impl Crew {
    fn of(case: &Case, operations: u64) -> Self {
        let run = case.run;
        let others = (1..case.threads).map(|_| {
            let (start, started) = channel();
            let (done, finished) = channel();
            std::thread::spawn(move || {
                while started.recv().is_ok() {
                    if done.send(timed(run, operations)).is_err() {
                        return;
                    }
                }
            });
            (start, finished)
        });
        Self {
            run,
            operations,
            others: others.collect(),
        }
    }

    /// The nanoseconds of one slot, of the thread that took longest.
    fn slot(&self) -> f64 {
        for (start, _) in &self.others {
            // A thread that died is noticed below.
            let _ = start.send(());
        }
        let mine = timed(self.run, self.operations);
        let others = self.others.iter();
        others.fold(mine, |longest, (_, finished)| {
            longest.max(finished.recv().unwrap_or(f64::NAN))
        })
    }
}

fn timed(run: fn(u64), operations: u64) -> f64 {
    let start = Instant::now();
    run(operations);
    start.elapsed().as_nanos() as f64
}

/// Runs a fixed number of operations several times, for callgrind.
///
/// # Errors
///
/// An unknown case, or a number that is none.
pub(crate) fn count(name: &str, slices: &str, operations: &str) -> Result<(), String> {
    let case = find(name)?;
    let number = |text: &str| {
        text.parse::<u64>()
            .map_err(|_| format!("`{text}` is not a number"))
    };
    let (slices, operations) = (number(slices)?, number(operations)?);
    let installed = (case.install)();
    // Once outside of what is counted, so that callsites are registered and threads have their storage.
    (case.run)(1);
    for _ in 0..slices {
        rheostat_bench_counted(case.run, operations);
    }
    drop(installed);
    Ok(())
}

/// What callgrind counts, by its name: this thread, and nothing before or after.
#[inline(never)]
#[unsafe(no_mangle)]
fn rheostat_bench_counted(run: fn(u64), operations: u64) {
    run(operations);
}

fn find(name: &str) -> Result<Case, String> {
    cases::all()
        .into_iter()
        .find(|case| case.name == name)
        .ok_or_else(|| format!("no case is named `{name}`"))
}

/// How many operations fill a slot.
fn calibrate(case: &Case) -> u64 {
    let mut operations = 16;
    loop {
        let start = Instant::now();
        (case.run)(operations);
        let took = start.elapsed();
        if took >= SLOT || operations >= 1 << 24 {
            let share = SLOT.as_nanos() as f64 / took.as_nanos().max(1) as f64;
            return ((operations as f64 * share) as u64).max(1);
        }
        operations *= 2;
    }
}
