//! The command as a person runs it.

use std::path::Path;
use std::process::Command;

/// Its exit code, and all that it printed.
pub(crate) fn rheostat(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rheostat"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("it runs");
    let shown = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&shown).into_owned(),
    )
}

/// Every part was printed.
pub(crate) fn assert_shown(shown: &str, parts: &[&str]) {
    for part in parts {
        assert!(shown.contains(part), "no {part:?} in\n{shown}");
    }
}
