//! The least severe level at which a policy needs to see anything.

use rheostat_policy::model::{Level, Rule, Selector};

use super::PolicyImage;
use crate::matcher::verbosity;

impl PolicyImage {
    /// The least severe level that some callsite of interest may have; `None` where nothing is of interest.
    ///
    /// Callsites below it need not even register. It covers spans that rules read from, of which the policy
    /// alone does not tell whether they exist.
    pub fn level_hint(&self) -> Option<Level> {
        let of_rules = self
            .live_rules()
            .filter_map(|rule| self.hint_of(rule))
            .max();
        let of_spans = [
            self.counts_events().then_some(Level::Trace),
            self.marks_errors().then_some(Level::Error),
            self.policy().inventory.level,
        ];
        of_spans.into_iter().flatten().chain(of_rules).max()
    }

    fn hint_of(&self, rule: &Rule) -> Option<Level> {
        // Every list must have a selector that holds, so the strictest list bounds the rule.
        let matched = rule.matches.iter().map(|list| least_severe(list)).min()??;
        let reads = &self.reads[rule.id.0 as usize];
        let lends = !reads.bare.is_empty() || self.names_span_fields(rule);
        let read = match (lends, rule.within.is_empty()) {
            (false, _) => None,
            (true, true) => Some(self.policy().defaults.scope_level),
            // An ancestor of a `within` span lends its fields whatever its level.
            (true, false) => Some(Level::Trace),
        };
        let of_span = (!reads.of_span.is_empty()).then_some(Level::Trace);
        let within = rule
            .within
            .iter()
            .filter_map(|list| least_severe(list))
            .max();
        [Some(matched), read, of_span, within]
            .into_iter()
            .flatten()
            .max()
    }

    fn names_span_fields(&self, rule: &Rule) -> bool {
        rule.actions.iter().any(|action| {
            let globs = action.args.globs("span_fields");
            globs.is_some_and(|globs| globs.iter().any(|glob| glob.as_str() != "**"))
        })
    }
}

fn least_severe(list: &[Selector]) -> Option<Level> {
    list.iter().filter_map(verbosity).max()
}
