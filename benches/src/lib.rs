//! Benchmarks beside the peers: one process per configuration, short interleaved slots.
//!
//! `cargo run --release -p rheostat-benches` prints every job with its floor, ours and the peers:
//! minimum and median nanoseconds per operation and, with `--instructions`, callgrind's count.
//! `--check` compares the counts of our own cases with `benches/instructions.txt`, `--bless` writes that.
//! `scale` shows how costs grow, `service` what a web service pays, `soak` what a long run does to memory.
//!
//! What links OpenTelemetry or the shop is in a second program, `rheostat-benches-service`, so that no other
//! case is measured with it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command prints its result"
)]

mod cases;
mod harness;
mod memory;
mod once;
mod plot;
mod program;
mod scale;
mod service;
mod soak;

pub use program::run;
