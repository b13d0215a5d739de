//! Benchmarks beside the peers: one process per configuration, short interleaved slots.
//!
//! `cargo run --release -p rheostat-benches` prints every job with its floor, ours and the peers:
//! minimum and median nanoseconds per operation and, with `--instructions`, callgrind's count.
//! `--check` compares the counts of our own cases with `benches/instructions.txt`, `--bless` writes that.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command prints its result"
)]

mod cases;
mod harness;
mod once;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["slots", case] => harness::child::slots(case),
        ["once", name] => harness::once::one(name),
        ["count", case, slices, operations] => harness::child::count(case, slices, operations),
        ["--bless"] => harness::counts::bless(),
        ["--check"] => harness::counts::check(),
        options => harness::options::read(options).and_then(|options| harness::run::all(&options)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
