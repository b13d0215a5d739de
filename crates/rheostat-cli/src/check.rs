//! `rheostat check`: everything that is to be said about a policy.

use rheostat_policy::{CheckedPolicy, Diagnostics, Severity};

use crate::Verdict;
use crate::arguments::{Check, Format};
use crate::input;

/// Prints the findings; errors among them make the verdict.
///
/// # Errors
///
/// The policy cannot be read.
pub(crate) fn run(arguments: &Check) -> Result<Verdict, String> {
    let checked = input::checked(&arguments.policy)?;
    let found = &checked.diagnostics;
    match arguments.format {
        Format::Json => println!("{}", found.to_json()),
        Format::Text => {
            if !found.items.is_empty() {
                println!("{found}");
            }
            if let Some(policy) = &checked.policy {
                println!("{}", summary(policy, found));
            }
        }
    }
    Ok(if checked.policy.is_some() {
        Verdict::Fine
    } else {
        Verdict::Errors
    })
}

/// One line: what a policy without errors holds.
fn summary(policy: &CheckedPolicy, found: &Diagnostics) -> String {
    let warnings = found
        .items
        .iter()
        .filter(|item| item.severity == Severity::Warning)
        .count();
    format!(
        "{}: fine, {}, {}, {}; {}",
        policy.source.name,
        counted(policy.rules.len(), "rule"),
        counted(policy.metrics.len(), "metric"),
        counted(policy.sinks.len(), "sink"),
        counted(warnings, "warning"),
    )
}

fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
