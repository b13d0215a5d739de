//! What policies of this program may say.

use rheostat_core::Output;
use rheostat_policy::{Vocabulary, first_party};
use rheostat_queue::Queues;

/// What is linked, and what is known but not linked: that is checked, and then refused by name.
pub(crate) fn vocabulary(outputs: &impl Output, queues: &Queues) -> Vocabulary {
    let mut known = outputs.vocabulary();
    // A type that takes spans and more is defined by both who ship to it.
    let queued = queues.definitions();
    let also_queued = |name| queued.iter().any(|sink| sink.name == name);
    known.sinks.retain(|sink| !also_queued(sink.name));
    known.sinks.extend(queued);
    let missing = first_party::vocabulary();
    for mut action in missing.actions {
        if known
            .actions
            .iter()
            .all(|linked| linked.name != action.name)
        {
            action.not_in_this_build = true;
            known.actions.push(action);
        }
    }
    for mut sink in missing.sinks {
        if known.sinks.iter().all(|linked| linked.name != sink.name) {
            sink.not_in_this_build = true;
            known.sinks.push(sink);
        }
    }
    known
}
