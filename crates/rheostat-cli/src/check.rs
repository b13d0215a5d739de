//! `rheostat check`: everything that is to be said about a policy.

use rheostat_policy::Severity;

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
            println!("{}", summary(&checked));
        }
    }
    Ok(if checked.policy.is_some() {
        Verdict::Fine
    } else {
        Verdict::Errors
    })
}

/// One line: how much is wrong, and how much there is.
fn summary(checked: &rheostat_policy::Checked) -> String {
    let count = |severity| {
        checked
            .diagnostics
            .items
            .iter()
            .filter(|item| item.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let name = &checked.diagnostics.source.name;
    match &checked.policy {
        Some(policy) => format!(
            "{name}: fine, {}, {}, {}; {}",
            counted(policy.rules.len(), "rule"),
            counted(policy.metrics.len(), "metric"),
            counted(policy.sinks.len(), "sink"),
            counted(warnings, "warning"),
        ),
        None => format!(
            "{name}: {}, {}",
            counted(errors, "error"),
            counted(warnings, "warning")
        ),
    }
}

fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
