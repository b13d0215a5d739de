//! The output that stands in for one that a build does not link.

use rheostat_policy::{Diagnostic, Vocabulary};

use super::{MatchedRule, Output, Staging};
use crate::callsite::Callsite;
use crate::plan::Planner;
use crate::record::Record;

/// Understands no action, so that it is never asked for a plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Nothing {
    /// The output.
    pub const fn new() -> Self {
        Self
    }
}

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
