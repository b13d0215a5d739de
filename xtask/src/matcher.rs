//! `cargo xtask matcher`: the example of a new matcher still applies, builds and passes its test.

use std::process::Command;

use crate::{Failure, process};

/// The example, from the tree's top.
const DIFF: &str = "docs/adding-a-matcher/package.diff";

/// Applies the diff to a copy of what is committed, and runs the tests that it adds.
pub(crate) fn run(_words: &[String]) -> Result<(), Failure> {
    let copy = process::target().join("adding-a-matcher");
    let io = |source| {
        Failure::io(
            format_args!("cannot make a copy at {}", copy.display()),
            &source,
        )
    };
    if copy.exists() {
        std::fs::remove_dir_all(&copy).map_err(io)?;
    }
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        command.args(words).current_dir(process::root());
        command
    };
    process::run(git(&["clone", "--quiet", "--no-hardlinks", "."]).arg(&copy))?;
    process::run(
        Command::new("git")
            .args(["apply", "--verbose"])
            .arg(process::root().join(DIFF))
            .current_dir(&copy),
    )?;
    // A build folder of its own, beside the copy: what it builds is nobody else's.
    let build = process::target().join("adding-a-matcher-build");
    process::run(
        process::cargo(&["test", "--package", "rheostat-core", "--lib", "package"])
            .current_dir(&copy)
            .env("CARGO_TARGET_DIR", build),
    )
}
