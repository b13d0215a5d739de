//! The output that stands in for one whose feature is off.
#![allow(dead_code, reason = "with all features on nothing is missing")]

use rheostat_core::output::{MatchedRule, Output, Staging};
use rheostat_core::plan::Planner;
use rheostat_core::{Callsite, Record};
use rheostat_policy::{Diagnostic, Vocabulary};

/// Understands no action, so that it is never asked for a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nothing;

impl Output for Nothing {
    type Staged = ();
    type Plan = ();

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::default()
    }

    fn stage(&self, _staging: &Staging<'_>, _was: Option<&()>) -> Result<(), Vec<Diagnostic>> {
        Ok(())
    }

    fn plan(
        &self,
        (): &(),
        _callsite: &Callsite,
        _rules: &[MatchedRule<'_>],
        _planner: &mut Planner<'_>,
    ) -> Option<()> {
        None
    }

    fn commit(&self, (): &()) {}

    fn event(&self, (): &(), _record: &Record<'_>) {}
}
