//! Where a case that missed its target spends its instructions.

use std::process::Command;

use crate::harness::sibling::Program;

/// How many functions are named.
const TOP: usize = 4;

/// The dearest functions of a case with their share, by callgrind; empty where its tools are missing.
///
/// # Errors
///
/// A run that failed.
pub(crate) fn of(case: &str, program: Program) -> Result<Vec<String>, String> {
    if Command::new("callgrind_annotate")
        .arg("--version")
        .output()
        .is_err()
    {
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let profile = folder.path().join("profile");
    let ran = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .arg("--toggle-collect=rheostat_bench_counted")
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(program.path()?)
        .args(["count", case, "1", "1000"])
        .output()
        .map_err(|error| format!("cannot run valgrind: {error}"))?;
    if !ran.status.success() {
        return Err(format!("`{case}` failed under valgrind"));
    }
    let annotated = Command::new("callgrind_annotate")
        .args(["--threshold=100", "--auto=no"])
        .arg(&profile)
        .output()
        .map_err(|error| format!("cannot run callgrind_annotate: {error}"))?;
    Ok(top(&String::from_utf8_lossy(&annotated.stdout)))
}

/// The first functions of a listing: `12,345 (12.3%)  file.rs:module::function [program]`.
fn top(listing: &str) -> Vec<String> {
    let line = |line: &str| {
        let (share, rest) = line.split_once('(')?.1.split_once("%)")?;
        let function = rest.trim_start().split_once(':')?.1;
        let function = function
            .rsplit_once(" [")
            .map_or(function, |(name, _)| name);
        let share: f64 = share.trim().parse().ok()?;
        Some((share, without_hash(function).to_owned()))
    };
    let functions = listing.lines().filter_map(line);
    functions
        .filter(|(share, name)| *share < 99.9 && !name.contains("PROGRAM TOTALS"))
        .take(TOP)
        .map(|(share, name)| format!("`{name}` {share:.0} %"))
        .collect()
}

/// A name without the hash that the compiler ends it with, and without what follows.
fn without_hash(name: &str) -> &str {
    name.split("::h")
        .next()
        .filter(|_| {
            name.rsplit("::h").next().is_some_and(|hash| {
                hash.len() >= 16 && hash.bytes().take(16).all(|b| b.is_ascii_hexdigit())
            })
        })
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::top;

    #[test]
    fn functions_are_named_with_their_share() {
        let listing = "Ir\n----\n2,000 (100.0%)  PROGRAM TOTALS\n----\n\
                       1,200 (60.00%)  src/a.rs:one::two [/x/y]\n\
                       300 (15.00%)  ???:three::hfedcba9876543210 [/x/y]\n";
        assert_eq!(top(listing), ["`one::two` 60 %", "`three` 15 %"]);
    }
}
