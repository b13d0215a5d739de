//! `cargo xtask bench` and `cargo xtask soak`: the benches, which are programs of their own.

use crate::{Failure, process};

/// Where the report belongs; its pictures are in a folder of the same name.
const REPORT: &str = "docs/benchmarks.md";

/// Where the figures of the sinks belong.
const SINKS: &str = "docs/sinks-benchmarks.md";

const PACKAGE: [&str; 3] = ["--release", "--package", "rheostat-benches"];

/// Runs `benches/`, which knows what to measure. Without words it measures everything and writes the report;
/// `sinks` measures how fast each sink is.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    if words == ["sinks"] {
        let mut command =
            process::cargo(&["run", "--release", "--package", "rheostat-faults", "--"]);
        command.args(["--rates", "--write", SINKS]);
        return process::run(crate::test::with_parts(&mut command));
    }
    let whole = words.is_empty();
    if whole || words.first().is_some_and(|word| word == "service") {
        // What links the shop and OpenTelemetry is another program beside the first.
        let mut build = process::cargo(&["build"]);
        build.args(PACKAGE);
        build.args(["--features", "service", "--bin", "rheostat-benches-service"]);
        process::run(&mut build)?;
    }
    let mut command = process::cargo(&["run"]);
    command.args(PACKAGE).arg("--");
    if whole {
        command.args(["--instructions", "--write", REPORT]);
    }
    process::run(command.args(words))
}

/// Runs an accelerated day, and writes its report; with `--short` a minute of one, and writes nothing.
pub(crate) fn soak(words: &[String]) -> Result<(), Failure> {
    let mut command = process::cargo(&["run"]);
    command.args(PACKAGE).args(["--", "soak"]);
    if words.is_empty() {
        command.args(["--write", "docs"]);
    }
    process::run(command.args(words))
}
