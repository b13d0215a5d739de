//! What installs a global subscriber, each in a process of its own.

use std::path::Path;
use std::process::{Command, Output};

/// Names the case that a child is to run.
const CASE: &str = "RHEOSTAT_CASE";
/// The folder that parent and child share.
const FOLDER: &str = "RHEOSTAT_FOLDER";

/// The case that this process is to run as a child, and the folder it shares with its parent.
pub(crate) fn case() -> Option<(String, std::path::PathBuf)> {
    let case = std::env::var(CASE).ok()?;
    let folder = std::env::var_os(FOLDER)?;
    Some((case, folder.into()))
}

/// Runs one case in a child: this very test, which finds it with [`case`].
pub(crate) fn run(test: &str, case: &str, folder: &Path) -> Output {
    let program = std::env::current_exe().expect("a test knows itself");
    Command::new(program)
        .args(["--exact", test, "--nocapture"])
        .env(CASE, case)
        .env(FOLDER, folder)
        .output()
        .expect("it can be run again")
}
