//! Instruction counts by callgrind: the difference of two runs, so that start-up falls out.

use std::process::Command;

const FEW: u64 = 2_000;
const MANY: u64 = 12_000;

/// Instructions per operation of a case; `None` where valgrind is not installed.
///
/// # Errors
///
/// A run that failed, or output that holds no count.
pub(crate) fn per_operation(case: &str) -> Result<Option<f64>, String> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let few = instructions(case, FEW)?;
    let many = instructions(case, MANY)?;
    Ok(Some((many as f64 - few as f64) / (MANY - FEW) as f64))
}

/// The instructions of a whole run.
fn instructions(case: &str, operations: u64) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args([
            "--collect-atstart=no",
            "--toggle-collect=rheostat_bench_counted",
        ])
        .arg(program)
        .args(["count", case, &operations.to_string()])
        .output()
        .map_err(|error| format!("cannot run valgrind: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("`{case}` failed under valgrind:\n{report}"));
    }
    report
        .lines()
        .find_map(|line| line.split("Collected :").nth(1))
        .and_then(|count| count.trim().parse().ok())
        .ok_or_else(|| format!("valgrind printed no count for `{case}`"))
}
