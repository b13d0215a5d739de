//! Instruction counts by callgrind: the cheapest of a few slices, each counted by itself.
//!
//! What happens once, such as a table that grows, falls out with the slices that it happens in.

use std::path::Path;
use std::process::Command;

use super::sibling::Program;

const SLICES: u64 = 4;
/// Operations of a slice. All slices together leave a ring of records less than half full, so that no count
/// depends on how far the thread has come that empties it.
const OPERATIONS: u64 = 1_000;

/// Instructions per operation of a case; `None` where valgrind is not installed.
///
/// # Errors
///
/// A run that failed, or output that holds no count.
pub(crate) fn per_operation(case: &str, program: Program) -> Result<Option<f64>, String> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    run(case, program, folder.path())?;
    let counts = (1..=SLICES).map(|slice| total(folder.path(), slice));
    let least = counts.reduce(|least, count| Ok(least?.min(count?)));
    least
        .transpose()
        .map(|least| least.map(|count| count as f64 / OPERATIONS as f64))
}

/// Runs a case under valgrind, which writes a file for each slice.
fn run(case: &str, program: Program, folder: &Path) -> Result<(), String> {
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!(
            "--callgrind-out-file={}",
            folder.join("slice").display()
        ))
        .args([
            "--collect-atstart=no",
            "--toggle-collect=rheostat_bench_counted",
            "--dump-after=rheostat_bench_counted",
        ])
        .arg(program.path()?)
        .args(["count", case])
        .args([SLICES, OPERATIONS].map(|number| number.to_string()))
        .output()
        .map_err(|error| format!("cannot run valgrind: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let report = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{case}` failed under valgrind:\n{report}"))
}

/// The instructions of a slice.
fn total(folder: &Path, slice: u64) -> Result<u64, String> {
    let path = folder.join(format!("slice.{slice}"));
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines()
        .find_map(|line| line.strip_prefix("totals: "))
        .and_then(|count| count.trim().parse().ok())
        .ok_or_else(|| format!("{}: valgrind wrote no total", path.display()))
}
