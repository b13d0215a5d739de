//! Instruction counts that are held: a file of them, compared with what is counted now.
//!
//! Under the compiler and the dependencies that the file names, a count may differ by a hundredth or by two;
//! under others both columns are shown, and only what became dearer by a twentieth fails.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use super::instructions;
use super::sibling::Program;
use crate::cases::{self, Case};

/// Runs of a case at most: tables are seeded anew in each process, and two keys may collide in one of them.
const TRIES: usize = 3;

/// Where the counts stand.
fn file() -> PathBuf {
    top().join("benches/instructions.txt")
}

fn top() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Counts and writes the file.
///
/// # Errors
///
/// A case that could not be counted, or a file that could not be written.
pub(crate) fn bless() -> Result<(), String> {
    let (rustc, lock) = setting()?;
    let mut text = format!("rustc: {rustc}\nlock: {lock}\n");
    for case in held() {
        let count = (0..TRIES)
            .map(|_| count(&case))
            .try_fold(f64::INFINITY, |least, count| {
                count.map(|count| least.min(count))
            })?;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{count:.1}\t{}", case.name);
    }
    std::fs::write(file(), text).map_err(|error| format!("{}: {error}", file().display()))
}

/// Compares with the file.
///
/// # Errors
///
/// The cases that differ, or whatever went wrong.
pub(crate) fn check() -> Result<(), String> {
    let text = std::fs::read_to_string(file())
        .map_err(|error| format!("{}: {error}", file().display()))?;
    let (rustc, lock) = setting()?;
    let says = |key: &str, value: &str| {
        text.lines()
            .any(|line| line.strip_prefix(key) == Some(value))
    };
    let same = says("rustc: ", &rustc) && says("lock: ", &lock);
    let mut failed = Vec::new();
    println!("| case | held | now |\n|--|--:|--:|");
    for case in held() {
        let Some(held) = find(&text, case.name) else {
            failed.push(format!("`{}` has no count yet", case.name));
            continue;
        };
        let mut now = f64::INFINITY;
        for _ in 0..TRIES {
            now = now.min(count(&case)?);
            if fits(held, now, same) {
                break;
            }
        }
        println!("| {} | {held:.1} | {now:.1} |", case.name);
        if !fits(held, now, same) {
            failed.push(format!("`{}` took {held:.1} and takes {now:.1}", case.name));
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\nif that is meant, `cargo xtask bench --bless` writes the new counts",
        failed.join("\n")
    ))
}

fn fits(held: f64, now: f64, same: bool) -> bool {
    if same {
        (now - held).abs() <= (held / 100.0).max(2.0)
    } else {
        now <= held * 1.05
    }
}

fn find(text: &str, name: &str) -> Option<f64> {
    text.lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(_, case)| *case == name)
        .and_then(|(count, _)| count.parse().ok())
}

/// Ours, and the floors beside them.
fn held() -> impl Iterator<Item = Case> {
    let ours = |case: &Case| case.name.starts_with("rheostat") || case.name.ends_with("floor");
    cases::all()
        .into_iter()
        .filter(move |case| case.threads == 1 && case.program == Program::Plain && ours(case))
}

fn count(case: &Case) -> Result<f64, String> {
    instructions::per_operation(case.name, case.program)?
        .ok_or_else(|| "valgrind is not installed".into())
}

/// The compiler and the hash of the lock file.
fn setting() -> Result<(String, String), String> {
    let output = Command::new("rustc")
        .arg("-V")
        .output()
        .map_err(|error| format!("cannot run rustc: {error}"))?;
    let rustc = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let path = top().join("Cargo.lock");
    let lock = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    // FNV: any hash will do that is the same everywhere.
    let hash = lock.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    Ok((rustc, format!("{hash:016x}")))
}
