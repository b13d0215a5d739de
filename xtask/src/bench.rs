//! `cargo xtask bench`: the benches, which are a program of their own.

use crate::{Failure, process};

/// Where the report belongs.
const REPORT: &str = "docs/benchmarks.md";

/// Where the figures of the sinks belong.
const SINKS: &str = "docs/sinks-benchmarks.md";

/// Runs `benches/`, which knows what to measure. Without words it measures everything and writes the report;
/// `sinks` measures how fast each sink is.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    if words == ["sinks"] {
        let mut command =
            process::cargo(&["run", "--release", "--package", "rheostat-faults", "--"]);
        return process::run(command.args(["--rates", "--write", SINKS]));
    }
    let mut command = process::cargo(&["run", "--release", "--package", "rheostat-benches", "--"]);
    if words.is_empty() {
        command.args(["--instructions", "--write", REPORT]);
    }
    process::run(command.args(words))
}
