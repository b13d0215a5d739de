//! `cargo xtask fuzz`: the policy language under libFuzzer, on the stable compiler.
//!
//! The targets are plain functions of `rheostat-policy`; `fuzz/` wraps each in
//! a program. Coverage comes from LLVM's own pass, asked for by compiler
//! flags, so no nightly and no extra tool is needed, only a C++ compiler. Every
//! fixture of the policy's tests is a seed. What crashes is left in
//! `fuzz/crashes`: it belongs among the fixtures, with the fix.

use std::path::Path;

use crate::{Failure, process};

/// The fuzzed programs of `fuzz/`.
const TARGETS: &[&str] = &["policy", "expression"];

/// What makes rustc instrument for libFuzzer.
const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions=on",
];

/// An explicit target, so that build scripts stay without instrumentation.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The largest input, in bytes; larger ones have tests of their own.
const LONGEST: &str = "-max_len=4096";

/// Builds the targets and gives each its share of the time.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let seconds = match words {
        [] => 60,
        [option, number] if option == "--seconds" => number
            .parse()
            .map_err(|_| Failure::new("--seconds needs a number"))?,
        _ => return Err(Failure::new("usage: cargo xtask fuzz [--seconds N]")),
    };
    let out = process::target().join("fuzz");
    build(&out)?;
    let share = (seconds / TARGETS.len() as u64).max(1);
    TARGETS
        .iter()
        .try_for_each(|target| fuzz(target, share, &out))
}

fn build(out: &Path) -> Result<(), Failure> {
    let manifest = process::root().join("fuzz/Cargo.toml");
    let mut command = process::cargo(&[
        "build",
        "--release",
        "--target",
        PLATFORM,
        "--manifest-path",
    ]);
    command
        .arg(manifest)
        .env("CARGO_TARGET_DIR", out)
        .env("RUSTFLAGS", COVERAGE.join(" "));
    process::run(&mut command)
}

fn fuzz(target: &str, seconds: u64, out: &Path) -> Result<(), Failure> {
    let corpus = out.join("corpus").join(target);
    let crashes = process::root().join("fuzz/crashes");
    for folder in [&corpus, &crashes] {
        std::fs::create_dir_all(folder).map_err(|source| {
            Failure::io(format_args!("cannot create {}", folder.display()), &source)
        })?;
    }
    let seeds = seeds(out)?;
    let program = out.join(PLATFORM).join("release").join(target);
    let mut command = std::process::Command::new(program);
    command.arg(corpus).arg(seeds).arg(LONGEST);
    command.arg(format!("-max_total_time={seconds}")).args([
        "-timeout=10",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
    ]);
    if std::env::var_os("CI").is_some() {
        // A change is judged by the same inputs each time; by hand and in `deep` every run tries others.
        command.arg("-seed=20261121");
    }
    command.arg(format!("-artifact_prefix={}/{target}-", crashes.display()));
    process::run(&mut command)
}

/// One flat folder with every fixture, since libFuzzer wants a folder.
fn seeds(out: &Path) -> Result<std::path::PathBuf, Failure> {
    let seeds = out.join("seeds");
    std::fs::create_dir_all(&seeds).map_err(|source| {
        Failure::io(format_args!("cannot create {}", seeds.display()), &source)
    })?;
    let fixtures = process::root().join("crates/rheostat-policy/tests/fixtures");
    let mut waiting = vec![fixtures];
    let mut found = 0_usize;
    while let Some(folder) = waiting.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|source| {
            Failure::io(format_args!("cannot read {}", folder.display()), &source)
        })?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                waiting.push(path);
            } else {
                found += 1;
                std::fs::copy(&path, seeds.join(format!("{found:04}"))).map_err(|source| {
                    Failure::io(format_args!("cannot copy {}", path.display()), &source)
                })?;
            }
        }
    }
    Ok(seeds)
}
