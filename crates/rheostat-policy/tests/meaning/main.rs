//! What a policy means: a text, and what the engine is handed for it.

mod file;
mod metrics;
mod rules;
mod sinks;
mod turns;

use rheostat_policy::{Checked, CheckedPolicy, MapEnvironment, check, first_party};

fn environment() -> MapEnvironment {
    MapEnvironment::new()
        .with_var("REPLICA", "7")
        .with_var("OFF", "false")
        .with_var("TOKEN", "hush")
        .with_secret("/run/secrets/token", "from a file\n")
}

fn checked(text: &str) -> Checked {
    let text = format!("version = 1\n{text}");
    check(
        text.as_bytes(),
        "policy",
        &first_party::vocabulary(),
        &environment(),
    )
}

/// The policy of a text without errors.
fn policy(text: &str) -> CheckedPolicy {
    let checked = checked(text);
    let said = checked.diagnostics.to_string();
    checked.policy.unwrap_or_else(|| panic!("{said}"))
}

/// The names of all findings, in the order of the text.
fn findings(text: &str) -> Vec<&'static str> {
    let checked = checked(text);
    checked
        .diagnostics
        .items
        .iter()
        .map(|item| item.name)
        .collect()
}
