//! `cargo xtask deep`: what takes too long for every change.

use crate::{Failure, process};

/// A stage: its name, what it is for, and how it runs.
type Stage = (&'static str, &'static str, fn() -> Result<(), Failure>);

const STAGES: &[Stage] = &[
    (
        "address",
        "every test of the engine under the address sanitizer",
        || sanitized("address"),
    ),
    (
        "leak",
        "every test of the engine under the leak sanitizer",
        || sanitized("leak"),
    ),
    (
        "loom",
        "the lock-free types of the engine and the metrics, model-checked",
        loom,
    ),
    ("fuzz", "ten minutes of fuzzing", || {
        crate::fuzz::run(&["--seconds".into(), "600".into()])
    }),
    (
        "faults",
        "every sink under every fault: hangs of 30 s, 50 kills each; writes docs/faults.md",
        faults,
    ),
];

/// Where sanitizers run: they need the target named.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Runs the stages named, or all of them.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = words
        .iter()
        .find(|word| STAGES.iter().all(|stage| stage.0 != *word))
    {
        let known: Vec<String> = STAGES
            .iter()
            .map(|(name, what, _)| format!("  {name:8} {what}"))
            .collect();
        return Err(Failure::new(format!(
            "no stage is called {unknown}; there are\n{}",
            known.join("\n")
        )));
    }
    for (name, what, stage) in STAGES {
        if words.is_empty() || words.iter().any(|word| word == name) {
            eprintln!("== {name}: {what}");
            stage()?;
        }
    }
    Ok(())
}

fn sanitized(sanitizer: &str) -> Result<(), Failure> {
    let mut command = process::cargo(&["test", "--target", PLATFORM, "--tests"]);
    command.args([
        "--package",
        "rheostat-core",
        "--package",
        "rheostat-metrics",
    ]);
    // Sanitizers are not stable; this is the compiler's own way to use them all the same.
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", format!("-Zsanitizer={sanitizer}"));
    command.env("CARGO_TARGET_DIR", process::target().join(sanitizer));
    process::run(&mut command)
}

fn loom() -> Result<(), Failure> {
    let mut command = process::cargo(&["test", "--release", "--tests"]);
    command.args([
        "--package",
        "rheostat-core",
        "--package",
        "rheostat-metrics",
        "loom",
    ]);
    command
        .env("RUSTFLAGS", "--cfg loom")
        .env("CARGO_TARGET_DIR", process::target().join("loom"));
    process::run(&mut command)
}

fn faults() -> Result<(), Failure> {
    let mut command = process::cargo(&["run", "--release", "--package", "rheostat-faults", "--"]);
    command.args(["--hang", "30", "--kills", "50", "--write"]);
    command.arg(process::root().join("docs/faults.md"));
    process::run(crate::test::with_parts(&mut command))
}
