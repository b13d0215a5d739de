//! A piece of program under a policy.

use std::sync::Arc;

use rheostat_core::engine::{Engine, Options};
use rheostat_core::flow::Hub;
use rheostat_policy::{CheckedPolicy, NoEnvironment, first_party};
use tracing_core::dispatcher;

use crate::caught::Caught;
use crate::kit::outputs;
use crate::mount::Mount;
use crate::seen::Seen;

/// Reads a policy of all first-party actions and sinks.
///
/// # Panics
///
/// Where the text is no valid policy, with the diagnostics.
pub fn policy(text: &str) -> Arc<CheckedPolicy> {
    let known = first_party::vocabulary();
    let checked = rheostat_policy::check(text.as_bytes(), "policy", &known, &NoEnvironment);
    match checked.policy {
        Some(policy) => Arc::new(policy),
        None => panic!("{}", checked.diagnostics),
    }
}

/// Runs a piece of program under a policy, on this thread, and gives what came of it.
///
/// Counts, histograms, gauges, streams and logs are made as in production;
/// sinks take everything and write nothing. What other threads do is not seen.
///
/// # Panics
///
/// Where the text is no valid policy, with the diagnostics; and with the program.
pub fn check(text: &str, program: impl FnOnce()) -> Seen {
    let policy = policy(text);
    let caught = Caught::of(&policy);
    let (outputs, registry) = outputs();
    let options = Options {
        canary: false,
        ..Options::default()
    };
    let engine = Engine::new(outputs, options);
    let dispatch = Mount::Subscriber.dispatch(engine.clone());
    dispatcher::with_default(&dispatch, || {
        if let Err(found) = engine.apply(policy, &caught) {
            panic!("{found}");
        }
        engine.installed();
        program();
    });
    // Rings are shared by the process, but each record finds the sink of its own policy.
    Hub::global().drain();
    Seen {
        metrics: registry.snapshot(),
        sinks: caught.records(),
        ledger: engine.ledger().lines(),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn metrics_and_records_are_seen() {
        let seen = check(
            r#"
            version = 1
            [sinks.audit]
            type = "stdout"
            [[rules]]
            name = "logins"
            match = { target = "app", event = "*" }
            where = "user > 1"
            count = { metric = "logins_total" }
            histogram = { metric = "users", of = "user" }
            stream = { sink = "audit" }
            "#,
            || {
                for user in 1..4 {
                    tracing::info!(target: "app", user, "login");
                }
            },
        );
        assert_eq!(seen.counter("logins_total", &[]), 2);
        assert_eq!(seen.histogram("users", &[]), Some((2, 5.0)));
        let users: Vec<_> = seen
            .records("audit")
            .iter()
            .map(|record| record.field("user"))
            .collect();
        assert_eq!(users, [Some("2"), Some("3")]);
        assert_eq!(seen.records("audit")[0].message.as_deref(), Some("login"));
        let lines = seen
            .ledger()
            .iter()
            .map(|line| (line.outcome.as_str(), line.records));
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [("filtered", 1), ("delivered", 2)]
        );
    }

    #[test]
    fn two_policies_side_by_side_do_not_meet() {
        let policy =
            "version = 1\n[[rules]]\nmatch = { target = 'app' }\ncount.metric = 'seen_total'";
        let outer = check(policy, || {
            tracing::info!(target: "app", "outer");
        });
        assert_eq!(outer.counter("seen_total", &[]), 1);
        assert_eq!(check(policy, || {}).counter("seen_total", &[]), 0);
    }
}
