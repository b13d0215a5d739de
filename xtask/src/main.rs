//! The project's own chores, as `cargo xtask CHORE`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "chores talk to the person who runs them"
)]

use std::process::ExitCode;

mod bench;
mod deep;
mod failure;
mod fuzz;
mod matcher;
mod process;
mod sanitize;
mod test;
mod tidy;

use failure::Failure;

/// A chore: its name, what it does, and how.
type Chore = (
    &'static str,
    &'static str,
    fn(&[String]) -> Result<(), Failure>,
);

const CHORES: &[Chore] = &[
    (
        "tidy",
        "check the shape of the source tree: imports, sizes, docs, licences, words",
        tidy::run,
    ),
    (
        "test",
        "set up and pass all tests (RHEOSTAT_TEST_INSTALL=1 installs real servers)",
        test::run,
    ),
    (
        "bench",
        "measure, beside the peers, and write docs/benchmarks.md",
        bench::run,
    ),
    (
        "soak",
        "an accelerated day: memory stays flat, nothing is lost (--short: a minute of one)",
        bench::soak,
    ),
    (
        "fuzz",
        "fuzz the policy language for 60 seconds (--seconds N)",
        fuzz::run,
    ),
    (
        "matcher",
        "apply the example of a new matcher to a copy and test it",
        matcher::run,
    ),
    (
        "sanitize",
        "exactness under load and hostile programs under the address sanitizer",
        sanitize::run,
    ),
    (
        "deep",
        "what takes too long for every change: sanitizers, models (name the stages, or all)",
        deep::run,
    ),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let chosen = words
        .first()
        .and_then(|word| CHORES.iter().find(|chore| chore.0 == word));
    let Some((name, _, chore)) = chosen else {
        eprintln!("usage: cargo xtask CHORE");
        for (name, does, _) in CHORES {
            eprintln!("  {name:8} {does}");
        }
        return ExitCode::from(2);
    };
    match chore(&words[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cargo xtask {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}
