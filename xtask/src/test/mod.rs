//! `cargo xtask test`: sets up what the tests need, runs all of them, and says
//! what was left out.
//!
//! Tests against real programs look for those programs themselves. By hand, one
//! that is missing skips its tests, which is said at the end with the command
//! that installs it. In CI (`CI=true`) it fails them.

mod install;
mod parts;
mod skipped;

use std::process::Command;

use crate::{Failure, process};
use skipped::Skipped;

/// Installs if asked to, then runs every test and every example in the docs.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    if std::env::var("RHEOSTAT_TEST_INSTALL").is_ok_and(|value| value == "1") {
        install::missing()?;
    }
    let skipped = Skipped::begin()?;
    let result = tests(words, &skipped).and_then(|()| {
        if words.is_empty() {
            doc_tests(&skipped)
        } else {
            Ok(())
        }
    });
    match result {
        Ok(()) => println!("{}", skipped.summary()?),
        // Where tests fail, or were not even built, a list of skipped ones would mislead.
        Err(_) => println!("not every test was passed"),
    }
    result
}

/// All tests, by nextest where it is installed. Further words are passed on,
/// to run a part of them.
fn tests(words: &[String], skipped: &Skipped) -> Result<(), Failure> {
    let nextest = process::succeeds(&mut process::cargo(&["nextest", "--version"]));
    let mut command = if nextest {
        process::cargo(&["nextest", "run", "--workspace", "--all-features"])
    } else {
        process::cargo(&["test", "--workspace", "--all-features", "--all-targets"])
    };
    process::run(prepared(command.args(words), skipped))
}

fn doc_tests(skipped: &Skipped) -> Result<(), Failure> {
    let mut command = process::cargo(&["test", "--workspace", "--all-features", "--doc"]);
    process::run(prepared(&mut command, skipped))
}

/// Tells the tests where Python and npm's packages are and where to say what they skip.
fn prepared<'a>(command: &'a mut Command, skipped: &Skipped) -> &'a mut Command {
    with_parts(command.env("RHEOSTAT_SKIPPED", skipped.file()))
}

/// Tells whoever needs them where Python and npm's packages are.
pub(crate) fn with_parts(command: &mut Command) -> &mut Command {
    if let Some(python) = parts::python() {
        command.env("RHEOSTAT_PYTHON", python);
    }
    command.env("RHEOSTAT_NODE_MODULES", parts::node_modules())
}
