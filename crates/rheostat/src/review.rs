//! What the callsites of a running program show of its policy, told once per policy.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rheostat_core::internal::{self, Notice};
use rheostat_core::plan::{PolicyImage, unlent};
use rheostat_core::{Callsite, callsites};
use rheostat_policy::Diagnostics;
use rheostat_policy::model::RuleId;

/// What was looked at, and what was told.
#[derive(Debug, Default)]
pub(crate) struct Review {
    done: Mutex<Done>,
}

#[derive(Debug, Default)]
struct Done {
    generation: u64,
    callsites: u32,
    told: HashSet<(RuleId, Arc<str>)>,
}

impl Review {
    /// Looks at the callsites, if there are new ones or another policy. On a thread of ours: it may speak.
    pub(crate) fn look(&self, image: &PolicyImage) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if done.generation != image.generation() {
            *done = Done {
                generation: image.generation(),
                ..Done::default()
            };
        }
        let known = callsites::count();
        if done.callsites == known {
            return;
        }
        done.callsites = known;
        let all: Vec<&Callsite> = callsites::all().map(|callsite| &**callsite).collect();
        let policy = image.policy();
        let mut items: Vec<_> = unlent(image, &all)
            .iter()
            .filter(|found| done.told.insert((found.rule, found.name.clone())))
            .map(|found| found.diagnostic(policy))
            .collect();
        policy.lint.apply(&mut items);
        if !items.is_empty() {
            let source = policy.source.clone();
            internal::notice(&Notice {
                code: "policy-warnings",
                text: Diagnostics { source, items }.to_string(),
            });
        }
    }
}
