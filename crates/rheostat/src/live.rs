//! Everything that runs, joined: a text comes in, and all of it changes or nothing does.

use std::sync::Arc;

use rheostat_core::internal::{self, Notice};
use rheostat_policy::{Diagnostics, Severity, Vocabulary, check};
use rheostat_queue::Queues;
use rheostat_reload::Text;

use crate::environment::ProcessEnvironment;
use crate::inventory::Inventory;
use crate::linked::Endpoint;
use crate::linked::trace::Traces;
use crate::refusal::Refusal;
use crate::review::Review;
use crate::running::Running;

/// The engine with its outputs, the queues with their sinks, the endpoint.
pub(crate) struct Live {
    pub(crate) engine: Arc<dyn Running>,
    pub(crate) queues: Arc<Queues>,
    pub(crate) endpoint: Endpoint,
    pub(crate) traces: Option<Traces>,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) inventory: Inventory,
    pub(crate) review: Review,
}

impl Live {
    /// Brings a text into force: stage everything, swap, commit everything.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or what it needs of this machine and cannot have. Nothing has changed then.
    pub(crate) fn apply(&self, text: &Text, stays: u64) -> Result<u64, Refusal> {
        let checked = check(
            &text.bytes,
            &text.name,
            &self.vocabulary,
            &ProcessEnvironment,
        );
        let Some(policy) = checked.policy else {
            return Err(Refusal::new(checked.diagnostics, stays));
        };
        let policy = Arc::new(policy);
        let refuse = |items| {
            let source = policy.source.clone();
            Refusal::new(Diagnostics { source, items }, stays)
        };
        let endpoint = self
            .endpoint
            .prepare(&policy)
            .map_err(|item| refuse(vec![*item]))?;
        let sinks = self.queues.stage(&policy).map_err(refuse)?;
        let generation = self
            .engine
            .apply(policy.clone(), &sinks)
            .map_err(|found| Refusal::new(found, stays))?;
        self.queues.commit(sinks);
        self.endpoint.commit(endpoint);
        self.inventory.follow(&policy);
        tell_warnings(checked.diagnostics);
        Ok(generation.0)
    }

    /// What is to be done about once a second.
    pub(crate) fn tick(&self) {
        self.engine.tick();
        self.endpoint.tick();
        if let Some(image) = self.engine.image() {
            self.review.look(&image);
        }
        if self.inventory.is_kept() {
            let listed = self.engine.inventory();
            self.inventory
                .update(listed.iter().map(|listed| &*listed.callsite));
        }
    }
}

/// A policy can apply and still say something that was hardly meant.
fn tell_warnings(mut found: Diagnostics) {
    found
        .items
        .retain(|item| item.severity == Severity::Warning);
    if !found.items.is_empty() {
        internal::notice(&Notice {
            code: "policy-warnings",
            text: found.to_string(),
        });
    }
}
