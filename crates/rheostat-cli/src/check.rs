//! `rheostat check`: everything that is to be said about a policy.

use rheostat::MemoryBound;
use rheostat_core::Callsite;
use rheostat_core::plan::{unlent, unmatched};
use rheostat_policy::{CheckedPolicy, Diagnostic, Diagnostics, Severity};

use crate::arguments::{Check, Format};
use crate::{Verdict, input, print, vocabulary};

/// Prints the findings; errors among them make the verdict.
///
/// # Errors
///
/// The policy, the inventory or the vocabulary cannot be read.
pub(crate) fn run(arguments: &Check) -> Result<Verdict, String> {
    let vocabulary = vocabulary::of(&arguments.program)?;
    let mut checked = input::checked(&arguments.policy, &vocabulary)?;
    if let Some(inventory) = &arguments.inventory {
        let known = input::inventory(inventory)?;
        if let Some(policy) = &checked.policy {
            let items = &mut checked.diagnostics.items;
            items.extend(shown_by(policy, &known));
            items.sort_by_key(|item| (item.primary.place, item.code));
        }
    }
    let found = &checked.diagnostics;
    let is_error = |item: &Diagnostic| item.severity == Severity::Error;
    let wrong = checked.policy.is_none() || found.items.iter().any(is_error);
    let bound = checked.policy.as_ref().filter(|_| arguments.memory);
    let bound = bound.map(|policy| match arguments.threads {
        Some(threads) => MemoryBound::of(policy, threads),
        None => MemoryBound::of_this_machine(policy),
    });
    match arguments.format {
        Format::Json if arguments.memory => {
            let memory = bound.map_or_else(|| "null".to_owned(), |bound| bound.to_json());
            let findings = found.to_json();
            print::line(format!("{{\"findings\":{findings},\"memory\":{memory}}}"))?;
        }
        Format::Json => print::line(found.to_json())?,
        Format::Text => {
            if !found.items.is_empty() {
                print::line(found)?;
            }
            if let Some(policy) = checked.policy.as_ref().filter(|_| !wrong) {
                print::line(summary(policy, found))?;
            }
            if let Some(bound) = bound.filter(|_| !wrong) {
                print::line(bound)?;
            }
        }
    }
    Ok(if wrong {
        Verdict::Errors
    } else {
        Verdict::Fine
    })
}

/// What callsites show of a policy that its text does not.
fn shown_by(policy: &CheckedPolicy, known: &[Callsite]) -> Vec<Diagnostic> {
    let known: Vec<&Callsite> = known.iter().collect();
    let image = input::image(policy.clone());
    let mut found = unmatched(&image, &known);
    let unlent = unlent(&image, &known);
    found.extend(unlent.iter().map(|unlent| unlent.diagnostic(policy)));
    policy.lint.apply(&mut found);
    found
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
