//! The cases: each a name, what it installs, and a loop over one operation.

mod calls;
mod floor;
mod ours;
mod peers;

use std::any::Any;

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
}

/// All of them, in the order of the table.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = floor::cases();
    cases.extend(ours::cases());
    cases.extend(peers::cases());
    let order = [
        "nothing",
        "disabled",
        "event",
        "counter",
        "counter 2 labels",
        "histogram",
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
fn global(subscriber: impl tracing::Subscriber + Send + Sync) -> Box<dyn Any> {
    #[expect(
        clippy::expect_used,
        reason = "a bench that cannot install measures nothing"
    )]
    tracing::subscriber::set_global_default(subscriber)
        .expect("this process installs one subscriber");
    Box::new(())
}
