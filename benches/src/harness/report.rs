//! The report: what was measured, on what, and what came of it.

use std::process::Command;

use super::options::Options;
use super::table::{self, Row};
use super::targets;

/// The whole of `docs/benchmarks.md`.
pub(crate) fn render(rows: &[Row], options: &Options, once: String) -> String {
    let mut text = format!(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`; do not edit. Every case is installed as the only subscriber of {} processes of its\n\
         own, which take turns of 200 µs, {} each; compare minimum with minimum. Instructions are callgrind's, per\n\
         operation. The floors are what `tracing` itself costs with a bare `Registry`.\n\n\
         Measured on: {}.\n\n## Targets\n\n",
        options.processes,
        options.rounds,
        machine(),
    );
    text.push_str(&targets::render(rows));
    text.push_str("\n## Beside the peers\n\n");
    text.push_str(&table::render(rows));
    if !once.is_empty() {
        text.push_str("\n## Measured once\n\n");
        text.push_str(&once);
    }
    text
}

fn machine() -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("-V").output();
    let rustc = rustc.map_or_else(
        |_| "an unknown rustc".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    );
    format!("{model}, {threads} hardware threads, {rustc}")
}
