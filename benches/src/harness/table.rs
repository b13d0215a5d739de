//! The table: one line a case, grouped by job.

use std::fmt::Write;

use crate::cases::Case;
use crate::harness::sibling::Program;

/// The figures of one case.
#[derive(Debug)]
pub(crate) struct Row {
    job: &'static str,
    name: &'static str,
    minimum: f64,
    median: f64,
    instructions: Option<f64>,
    program: Program,
}

impl Row {
    /// From the sorted figures of all rounds.
    pub(crate) fn new(case: &Case, sorted: &[f64], instructions: Option<f64>) -> Self {
        let minimum = sorted.first().copied().unwrap_or(f64::NAN);
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN);
        Self {
            job: case.job,
            name: case.name,
            minimum,
            median,
            instructions,
            program: case.program,
        }
    }
}

/// The minimum of a case, if it ran.
pub(super) fn minimum(rows: &[Row], name: &str) -> Option<f64> {
    rows.iter()
        .find(|row| row.name == name)
        .map(|row| row.minimum)
}

/// What runs a case.
pub(super) fn program(rows: &[Row], name: &str) -> Program {
    let row = rows.iter().find(|row| row.name == name);
    row.map_or(Program::Plain, |row| row.program)
}

/// The instructions of a case, if they were counted.
pub(super) fn instructions(rows: &[Row], name: &str) -> Option<f64> {
    rows.iter().find(|row| row.name == name)?.instructions
}

/// The rows as a Markdown table; ratios are to the event or span floor of the same run.
pub(crate) fn render(rows: &[Row]) -> String {
    let floor = |job: &str| {
        minimum(
            rows,
            if job.starts_with("span") {
                "span floor"
            } else {
                "event floor"
            },
        )
    };
    let mut text = String::from(
        "| job | case | min ns | median ns | × floor | instructions |\n|--|--|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let ratio =
            floor(row.job).map_or(String::new(), |floor| format!("{:.2}", row.minimum / floor));
        let instructions = row
            .instructions
            .map_or(String::new(), |count| format!("{count:.1}"));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {:.1} | {:.1} | {ratio} | {instructions} |",
            row.job, row.name, row.minimum, row.median
        );
    }
    text
}
