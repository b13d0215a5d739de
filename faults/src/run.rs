//! The whole table, or a part of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use rheostat_testkit::real;

use crate::fault::Fault;
use crate::judge::Outcome;
use crate::names;
use crate::place::Subject;
use crate::table;
use crate::trial::Stand;

/// So many sinks have their turn at the same time: a hang takes no processor.
const SIDE_BY_SIDE: usize = 4;

/// How long and how often.
#[derive(Clone, Debug)]
pub struct Scale {
    /// How long a server hangs.
    pub hang: Duration,
    /// How often a program is killed.
    pub kills: u64,
    /// Sinks by their names; all where there is none.
    pub only: Vec<String>,
    /// When no more is begun; what was not is told.
    pub until: Option<Instant>,
    /// Whether it is measured how fast they are, without any fault.
    pub rates: bool,
}

/// `rheostat-faults` itself, where somebody else runs the table.
static OURS: OnceLock<PathBuf> = OnceLock::new();

/// Says where `rheostat-faults` is, for a program that is another.
pub fn be(this: &str) {
    // Said twice, it is the same.
    let _first = OURS.set(PathBuf::from(this));
}

/// Our own program, which children and readers run.
pub(crate) fn this() -> &'static Path {
    OURS.get_or_init(|| std::env::current_exe().expect("a program knows itself"))
}

impl Scale {
    /// What every change is held to.
    pub fn of_ci() -> Self {
        Self {
            hang: Duration::from_secs(2),
            kills: 3,
            only: Vec::new(),
            until: None,
            rates: false,
        }
    }
}

impl Scale {
    /// Whether no more is to be begun.
    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() > until)
    }
}

/// One line of the result.
pub struct Line {
    /// The sink, as the table calls it.
    pub sink: &'static str,
    /// What went wrong there.
    pub fault: Fault,
    /// What came of it, or why it was not tried.
    pub outcome: Result<Outcome, String>,
}

impl Line {
    /// Whether it holds, or was not tried.
    pub fn holds(&self) -> bool {
        self.outcome
            .as_ref()
            .map_or(true, |outcome| outcome.wrong.is_empty())
    }
}

/// What came of all of them.
pub struct Whole {
    /// In the table's order.
    pub lines: Vec<Line>,
    /// How long it took.
    pub took: Duration,
}

impl Whole {
    /// Whether everything holds that was tried.
    pub fn holds(&self) -> bool {
        self.lines.iter().all(Line::holds)
    }
}

/// Runs the table.
///
/// # Panics
///
/// Where a server cannot be started.
pub fn all(scale: &Scale) -> Whole {
    let start = Instant::now();
    let wanted = |subject: &&Subject| {
        scale.only.is_empty() || scale.only.iter().any(|name| name == subject.name)
    };
    let subjects: Vec<&Subject> = table::ALL.iter().filter(wanted).collect();
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Vec<Line>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some((at, subject)) = turn(&next, &subjects) {
                    let lines = one(subject, scale);
                    done.lock()
                        .expect("nobody panics with it")
                        .push((at, lines));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("nobody panicked with it");
    done.sort_by_key(|(at, _)| *at);
    Whole {
        lines: done.into_iter().flat_map(|(_, lines)| lines).collect(),
        took: start.elapsed(),
    }
}

fn turn<'s>(next: &AtomicUsize, subjects: &[&'s Subject]) -> Option<(usize, &'s Subject)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    subjects.get(at).map(|subject| (at, *subject))
}

/// One fault. Where a server or its reader goes wrong, that is a line, and the others are run.
fn tried(stand: &mut Stand<'_>, fault: Fault, run: u64) -> Outcome {
    let outcome = catch_unwind(AssertUnwindSafe(|| match fault {
        Fault::Killed => stand.under_kills(run),
        fault => stand.under(fault, run),
    }));
    outcome.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        Outcome {
            wrong: vec![said.unwrap_or_else(|| "the trial panicked".to_owned())],
            ..Outcome::default()
        }
    })
}

/// One sink, under all its faults.
#[expect(clippy::print_stderr, reason = "a person who waits reads it")]
pub fn one(subject: &'static Subject, scale: &Scale) -> Vec<Line> {
    let faults = || subject.faults.iter().copied().chain([Fault::Killed]);
    let not = |why: &str| {
        let line = |fault| Line {
            sink: subject.name,
            fault,
            outcome: Err(why.to_owned()),
        };
        faults().map(line).collect()
    };
    if !real::have(subject.name, subject.needs) {
        return not("its server is not installed");
    }
    if subject.only_root && !rustix::process::getuid().is_root() {
        real::skip(subject.name, "only root may start its server");
        return not("only root may start its server");
    }
    if scale.is_over() {
        return not("there was no more time");
    }
    let mut stand = Stand::new(subject, scale);
    let mut lines = Vec::new();
    for (at, fault) in faults().enumerate() {
        let start = Instant::now();
        let outcome = if scale.is_over() {
            Err("there was no more time".to_owned())
        } else if fault == Fault::NameGone && !names::can_be_ours() {
            real::skip(subject.name, "names of our own need a mount namespace");
            Err("this machine gives no mount namespace".to_owned())
        } else {
            Ok(tried(&mut stand, fault, at as u64))
        };
        let said = match &outcome {
            Ok(outcome) if outcome.wrong.is_empty() => "holds".to_owned(),
            Ok(outcome) => format!("FAILS: {}", outcome.wrong.join("; ")),
            Err(why) => why.clone(),
        };
        let took = start.elapsed().as_secs_f64();
        eprintln!(
            "{:24} {:16} {took:6.1} s  {said}",
            subject.name,
            fault.as_str()
        );
        lines.push(Line {
            sink: subject.name,
            fault,
            outcome,
        });
    }
    lines
}
