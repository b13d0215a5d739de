//! What is measured of spans, for the sake of any rule.

use rheostat_policy::expr::BuiltIn;

use super::PolicyImage;
use super::reads::{reads, refs_of_rule};

/// What is measured of the spans that a policy keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measures {
    /// When they opened.
    pub(crate) opened: bool,
    /// Enters and exits.
    pub(crate) enters: bool,
    /// Events in them.
    pub(crate) events: bool,
    /// Whether one of those was at ERROR.
    pub(crate) errors: bool,
}

impl PolicyImage {
    /// What is measured of every span that is kept.
    ///
    /// The same for all spans, so that no edit of one rule loses what another
    /// reads of a span that is open.
    pub(crate) fn measures(&self) -> Measures {
        let rules = || self.live_rules();
        let read = |names: &[BuiltIn]| {
            rules().any(|rule| {
                let refs = refs_of_rule(rule);
                names.iter().any(|name| reads(&refs, *name))
            })
        };
        // A record of a span that goes to a sink shows all its timings.
        let shown = rules().any(|rule| rule.actions.iter().any(|action| action.sink.is_some()));
        let enters = shown
            || read(&[
                BuiltIn::Active,
                BuiltIn::Busy,
                BuiltIn::Idle,
                BuiltIn::Polls,
            ]);
        Measures {
            opened: enters || read(&[BuiltIn::Duration, BuiltIn::Elapsed]),
            enters,
            events: self.counts_events(),
            errors: self.marks_errors(),
        }
    }
}
