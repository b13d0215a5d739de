//! The program that is in trouble: it fires what it is told to, and tells how it stands.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rheostat_core::flow::Hub;
use rheostat_core::ledger::{Cause, Outcome};
use rheostat_testkit::{Kit, Mount};
use serde_json::{Map, Value, json};
use tracing::dispatcher::{self, Dispatch};

use crate::compare::{OF_RUN, OF_THREAD, THREADS};
use crate::control::{self, Control};
use crate::rates::{LIMIT, processor_time};

/// How many records a thread fires before it lets others run.
const CHUNK: u64 = 64;
/// How many records a second are fired until the program is killed, by all threads.
const RATE: f64 = 26_000.0;
/// What makes a record of a server's guilty: it wants a number there.
const TEXT: &str = "much";

struct Program {
    kit: Kit,
    dispatch: Dispatch,
    run: u64,
    /// Whether it counts, in place of sending records.
    counts: bool,
    /// How many records each thread fired.
    fired: [AtomicU64; THREADS as usize],
    /// The memory at the beginning, in bytes.
    before: u64,
}

/// Runs until the parent says that it is enough, or kills it.
///
/// # Panics
///
/// Where the parent is gone, or its policy is wrong.
pub fn main(folder: &Path, run: &str) {
    let policy = std::fs::read_to_string(folder.join("policy")).expect("the parent wrote it");
    let kit = Kit::new(crate::table::factories());
    let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
    dispatcher::with_default(&dispatch, || {
        kit.must_apply(&policy);
        kit.engine().installed();
    });
    let program = Program {
        kit,
        dispatch,
        run: run.parse().expect("a run has a number"),
        counts: policy.contains("count = {"),
        fired: Default::default(),
        before: control::memory("VmRSS:"),
    };
    let stream = UnixStream::connect(folder.join("control")).expect("the parent listens");
    let mut control = Control::new(stream);
    while let Some(line) = control.hear() {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| words[at].parse().expect("a number");
        let answer = match words[0] {
            "fire" => program.fire(number(1), number(2) as usize, words[3]),
            "keep" => program.keep_firing(folder),
            "flush" => program.flush(Duration::from_millis(number(1))),
            "status" => program.status(),
            "time" => program.time(|| program.fire_fast(number(1))),
            "series" => program.time(|| program.count_series(number(1), number(2))),
            "end" => {
                let report = program.kit.shutdown(Duration::from_millis(number(1)));
                json!(report.to_string())
            }
            other => panic!("the parent says {other}"),
        };
        control.say(&answer.to_string());
    }
}

impl Program {
    /// Fires so many from each thread; `odd` says what every seventh is like.
    fn fire(&self, records: u64, size: usize, odd: &str) -> Value {
        let text = "x".repeat(size);
        self.threads(|thread| {
            let fired = &self.fired[thread as usize];
            let first = fired.fetch_add(records, Ordering::Relaxed);
            for count in first..first + records {
                let number = self.number(thread, count);
                match odd {
                    "text" if count % 7 == 3 => {
                        tracing::info!(target: "faults", run = self.run, number, cents = TEXT, text, "order placed");
                    }
                    "long" if count % 7 == 3 => {
                        let text = "y".repeat(20_000);
                        tracing::info!(target: "faults", run = self.run, number, text, "order placed");
                    }
                    _ => {
                        tracing::info!(target: "faults", run = self.run, number, cents = 5_u64, text, "order placed");
                    }
                }
                if count % CHUNK == 0 {
                    std::thread::park_timeout(Duration::from_micros(100));
                }
            }
        });
        json!("fired")
    }

    /// How long it takes until all is delivered, by the clock and of the processors.
    fn time(&self, body: impl FnOnce()) -> Value {
        let (start, before) = (Instant::now(), processor_time());
        dispatcher::with_default(&self.dispatch, body);
        let report = self.kit.flush(LIMIT);
        let took = (start.elapsed().as_secs_f64(), processor_time() - before);
        let lost = self.losses();
        if report.is_complete() && lost.is_empty() {
            json!(took)
        } else {
            json!(format!("{report}; lost: {}", Value::Object(lost)))
        }
    }

    fn fire_fast(&self, records: u64) {
        for count in 0..records {
            let number = self.number(0, count);
            tracing::info!(target: "faults", run = self.run, number, cents = 5_u64, "order placed");
        }
    }

    fn count_series(&self, series: u64, reports: u64) {
        for _ in 0..reports {
            for run in 0..series {
                tracing::info!(target: "faults", run, "order placed");
            }
            self.kit.flush(LIMIT);
        }
    }

    fn number(&self, thread: u64, count: u64) -> u64 {
        self.run * OF_RUN + thread * OF_THREAD + count
    }

    fn threads(&self, body: impl Fn(u64) + Sync) {
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let body = &body;
                scope.spawn(move || dispatcher::with_default(&self.dispatch, || body(thread)));
            }
        });
    }

    /// Fires at a steady rate for as long as it lives, and writes down where a
    /// kill cannot take it back what was fired and what was accepted.
    fn keep_firing(&self, folder: &Path) -> Value {
        let mut options = OpenOptions::new();
        let notes = options.create(true).truncate(true).write(true);
        let notes = notes.open(folder.join(format!("notes-{}", self.run)));
        let notes = notes.expect("notes can be made");
        let start = Instant::now();
        // Where it counts, one thread does: it has to know that what is reported is its own.
        let threads = if self.counts { 1 } else { THREADS };
        self.threads(|thread| {
            if thread >= threads {
                return;
            }
            let mut count = 0;
            loop {
                let due = start.elapsed().as_secs_f64() * RATE / threads as f64;
                let upto = count + 500;
                while count < upto && (count as f64) < due {
                    let number = self.number(thread, count);
                    tracing::info!(target: "faults", run = self.run, number, "order placed");
                    count += 1;
                }
                note(&notes, thread * 2, count);
                if self.accepts() {
                    note(&notes, thread * 2 + 1, count);
                }
                std::thread::park_timeout(Duration::from_millis(1));
            }
        });
        json!("never")
    }

    /// Whether all that this thread fired is accepted: it is in the queue, or in a report that was taken.
    fn accepts(&self) -> bool {
        self.kit.drain();
        let status = &self.kit.queues().status()[0];
        if self.counts {
            return self.kit.flush(Duration::from_millis(500)).is_complete() && status.up;
        }
        self.losses().is_empty()
    }

    fn flush(&self, limit: Duration) -> Value {
        json!(self.kit.flush(limit).is_complete())
    }

    fn losses(&self) -> Map<String, Value> {
        let kept = [Outcome::Delivered, Outcome::Queued, Outcome::Recovered];
        let lines = self.kit.engine().ledger().lines().into_iter();
        lines
            .filter(|line| !kept.contains(&line.outcome) && line.records > 0)
            .map(|line| (line.cause.to_owned(), json!(line.records)))
            .collect()
    }

    fn status(&self) -> Value {
        let status = self.kit.queues().status().remove(0);
        let account = self.kit.engine().ledger().entry(&"r".into(), &"s".into());
        let fired = self.fired.iter().map(|fired| fired.load(Ordering::Relaxed));
        json!({
            "fired": fired.sum::<u64>(),
            "matched": account.matched(),
            "queued": account.queued(),
            "delivered": account.get(Cause::Delivered),
            "losses": self.losses(),
            "points_refused": status.points_refused,
            "up": status.up,
            "why": status.last_failure,
            "grown": control::memory("VmHWM:").saturating_sub(self.before),
            "rings": Hub::global().memory(),
        })
    }
}

fn note(notes: &File, place: u64, count: u64) {
    let written = notes.write_at(&count.to_le_bytes(), place * 8);
    written.expect("it can be written down");
}
