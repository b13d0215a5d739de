//! The report: what was measured, on what, and what came of it.

use std::path::Path;

use super::options::Options;
use super::table::{self, Row};
use super::{machine, targets};

/// What was measured besides the cases, as Markdown; empty where it was not.
#[derive(Debug, Default)]
pub(crate) struct Beyond {
    pub(crate) once: String,
    pub(crate) scale: String,
    pub(crate) service: String,
}

/// The folder of a report's pictures.
pub(crate) fn pictures(report: &str) -> String {
    Path::new(report)
        .with_extension("")
        .to_string_lossy()
        .into_owned()
}

/// The whole of `docs/benchmarks.md`.
///
/// # Errors
///
/// A case that missed its target and could not be profiled.
pub(crate) fn render(rows: &[Row], options: &Options, beyond: &Beyond) -> Result<String, String> {
    let mut text = format!(
        "# Benchmarks\n\n\
         Written by `cargo xtask bench`; do not edit. Every case is installed as the only subscriber of {} processes of its\n\
         own, which take turns of 200 µs, {} each; compare minimum with minimum. Instructions are callgrind's, per\n\
         operation. The floors are what `tracing` itself costs with a bare `Registry`.\n\n\
         Measured on: {} at the end. What a long run does to memory is in [an accelerated day](soak.md).\n\n## Targets\n\n",
        options.processes,
        options.rounds,
        machine::shown(),
    );
    text.push_str(&targets::render(rows, options.instructions)?);
    text.push_str("\n## Beside the peers\n\n");
    text.push_str(&table::render(rows));
    for (title, section) in [
        ("Measured once", &beyond.once),
        ("A real service", &beyond.service),
        ("How costs grow", &beyond.scale),
    ] {
        if !section.is_empty() {
            text.push_str(&format!("\n## {title}\n\n{}", section.trim_start()));
        }
    }
    Ok(text)
}
