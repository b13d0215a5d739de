//! Each sink of the table, under each of its faults: a test for each sink.
//!
//! The tests come from the table, so this runs them itself, by the words that
//! `cargo test` and nextest pass: a filter, `--exact`, `--list`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it reports as a test harness does"
)]

use std::process::ExitCode;

use rheostat_faults::{run, table};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let is = |word: &str| words.iter().any(|one| one == word);
    let filters: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let wanted = |name: &str| {
        let by = |filter: &&String| {
            if is("--exact") {
                **filter == name
            } else {
                name.contains(filter.as_str())
            }
        };
        !is("--ignored")
            && (filters.iter().filter(|word| ***word != "terse").count() == 0
                || filters.iter().any(by))
    };
    let chosen = table::ALL.iter().filter(|subject| wanted(subject.name));
    if is("--list") {
        chosen.for_each(|subject| println!("{}: test", subject.name));
        return ExitCode::SUCCESS;
    }
    run::be(env!("CARGO_BIN_EXE_rheostat-faults"));
    let scale = run::Scale::of_ci();
    let mut failed = 0;
    for subject in chosen {
        let lines = run::one(subject, &scale);
        let holds = lines.iter().all(run::Line::holds);
        println!(
            "test {} ... {}",
            subject.name,
            if holds { "ok" } else { "FAILED" }
        );
        failed += usize::from(!holds);
    }
    println!(
        "test result: {}. {failed} failed",
        if failed == 0 { "ok" } else { "FAILED" }
    );
    ExitCode::from(u8::from(failed > 0))
}
