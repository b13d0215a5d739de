//! Policies from texts, for all tests of this crate.

use std::sync::Arc;

use rheostat_policy::{CheckedPolicy, NoEnvironment, check, first_party};

/// The policy that a text says, without its first line.
pub(crate) fn policy(text: &str) -> Arc<CheckedPolicy> {
    let text = format!("version = 1\n{text}");
    let env = NoEnvironment;
    let checked = check(text.as_bytes(), "policy", &first_party::vocabulary(), &env);
    match checked.policy {
        Some(policy) => Arc::new(policy),
        None => panic!("{}", checked.diagnostics),
    }
}
