//! Whether trails of durable records can end where the policy says, once its sinks are open.

use std::collections::BTreeMap;
use std::sync::Arc;

use rheostat_policy::codes::sinks::DURABLE_SINK;
use rheostat_policy::diagnostic::{Diagnostic, Help, Label};
use rheostat_policy::model::{Action, CheckedPolicy, Sink};

use crate::staged::Running;

/// A finding for each action that asks a sink for more than it can give.
pub(super) fn check(
    policy: &CheckedPolicy,
    running: [&BTreeMap<Arc<str>, Running>; 2],
) -> Vec<Diagnostic> {
    let rules = policy.rules.iter().filter(|rule| rule.enabled);
    let actions = rules.flat_map(|rule| &rule.actions);
    let durable = actions.filter(|action| action.is_durable());
    let sent =
        durable.filter_map(|action| Some((action, policy.sinks.get(action.sink?.0 as usize)?)));
    let cannot = sent.filter(|(_, sink)| {
        // A sink that is staged goes before the one of its name that runs.
        let worker = running.iter().find_map(|all| all.get(&sink.name));
        worker.is_some_and(|running| !running.worker.keeps_trails)
    });
    cannot.map(|(action, sink)| finding(action, sink)).collect()
}

fn finding(action: &Action, sink: &Sink) -> Diagnostic {
    let label = |place, text: String| Label { place, text };
    Diagnostic {
        code: DURABLE_SINK.code,
        name: DURABLE_SINK.name,
        severity: DURABLE_SINK.severity,
        message: format!("no trail can end at the sink `{}`", sink.name),
        primary: label(action.place, "asks for records that survive".into()),
        others: vec![label(sink.place, format!("a sink of type `{}`", sink.ty))],
        helps: vec![Help {
            text: "name a sink that says what it has, such as one of type `file`, or leave `durable` out".into(),
            edit: None,
        }],
        notes: Vec::new(),
    }
}
