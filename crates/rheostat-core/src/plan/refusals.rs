//! Counting values that a rule could not record.

use std::sync::Arc;

use super::rule_state::{RefusedValue, RuleState};
use crate::program::Program;
use crate::record::{Phase, Record};

/// Where an output counts the values of one rule that it could not record.
#[derive(Clone, Debug)]
pub struct Refusals {
    pub(crate) state: Arc<RuleState>,
}

impl Refusals {
    /// Counts one value.
    pub fn refuse(&self, cause: RefusedValue) {
        self.state.refuse(cause);
    }

    /// Counts a value that is missing: a timing of a span that closed and was never timed counts as unmeasured.
    pub fn missing(&self, record: &Record<'_>, program: &Program) {
        let unmeasured = record.phase() == Phase::Close
            && program.reads_timings()
            && record
                .timings()
                .is_none_or(|timings| timings.duration.is_none());
        if unmeasured {
            self.state.count_unmeasured();
        } else {
            self.refuse(RefusedValue::Missing);
        }
    }

    /// The rule's name.
    pub fn rule(&self) -> &str {
        &self.state.name
    }
}
