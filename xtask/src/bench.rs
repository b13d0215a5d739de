//! `cargo xtask bench`: the benches, which are a program of their own.

use crate::{Failure, process};

/// Runs `benches/` with the words given; it knows what to measure and write.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut command = process::cargo(&["run", "--release", "--package", "rheostat-benches", "--"]);
    process::run(command.args(words))
}
