//! The cases: each a name, what it installs, and a loop over one operation.

mod calls;
mod floor;
mod ours;
mod peers;
mod shipped;

pub(crate) use calls::record;

use std::any::Any;

use crate::harness::sibling::Program;

/// One configuration and what it does.
pub(crate) struct Case {
    /// The job it does; cases of one job stand beside each other.
    pub(crate) job: &'static str,
    /// Its name, unique.
    pub(crate) name: &'static str,
    /// Installs it in this process; what it returns lives as long as the measurement.
    pub(crate) install: fn() -> Box<dyn Any>,
    /// Does the operation so many times.
    pub(crate) run: fn(u64),
    /// How many threads do that at once.
    pub(crate) threads: usize,
    /// What runs it.
    pub(crate) program: Program,
}

/// A case.
fn case(
    job: &'static str,
    name: &'static str,
    install: fn() -> Box<dyn Any>,
    run: fn(u64),
) -> Case {
    Case {
        job,
        name,
        install,
        run,
        threads: 1,
        program: Program::Plain,
    }
}

impl Case {
    /// The same under another name, on two threads.
    fn on_two_threads(self, name: &'static str) -> Self {
        Self {
            name,
            threads: 2,
            ..self
        }
    }
}

/// All of them, in the order of the table.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = floor::cases();
    cases.extend(ours::cases());
    cases.extend(peers::cases());
    cases.extend(shipped::cases());
    cases.retain(|case| case.program.is_there());
    let order = [
        "nothing",
        "disabled",
        "event",
        "counter",
        "counter 2 labels",
        "counter, formatted labels",
        "histogram",
        "gauge",
        "where",
        "label from a span",
        "span",
        "span duration",
        "stream",
    ];
    cases.sort_by_key(|case| order.iter().position(|job| *job == case.job));
    cases
}

/// Installs nothing.
fn nothing() -> Box<dyn Any> {
    Box::new(())
}

/// Makes a subscriber the global one.
pub(crate) fn global(subscriber: impl tracing::Subscriber + Send + Sync) -> Box<dyn Any> {
    #[expect(
        clippy::expect_used,
        reason = "a bench that cannot install measures nothing"
    )]
    tracing::subscriber::set_global_default(subscriber)
        .expect("this process installs one subscriber");
    Box::new(())
}
