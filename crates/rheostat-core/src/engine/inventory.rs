//! Which callsites there are, and which rules they fall under.

use std::sync::Arc;

use rheostat_policy::model::{Level, Rule, RuleId};
use tracing_core::LevelFilter;

use super::core::Engine;
use super::interest::tracing_level;
use crate::callsite::{Callsite, CallsiteKind};
use crate::callsites;
use crate::matcher;
use crate::output::Output;
use crate::plan::{KeptBecause, PolicyImage};

/// One callsite under the policy in force.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The callsite.
    pub callsite: Arc<Callsite>,
    /// The live rules that match it, in file order.
    pub rules: Vec<RuleId>,
    /// The live rules for which its spans are kept, and why.
    pub kept_for: Vec<(RuleId, Vec<KeptBecause>)>,
}

impl<O: Output> Engine<O> {
    /// The policy in force with what its rules remember; `None` before the first.
    pub fn image(&self) -> Option<Arc<PolicyImage>> {
        self.era().map(|era| era.image.clone())
    }

    /// All callsites that have shown up in this process, in order of their numbers.
    ///
    /// Those below the level hint have not, nor those that never ran.
    pub fn inventory(&self) -> Vec<Listed> {
        let era = self.era();
        callsites::all()
            .map(|callsite| {
                let mut listed = Listed {
                    callsite: callsite.clone(),
                    rules: Vec::new(),
                    kept_for: Vec::new(),
                };
                if let Some(era) = &era {
                    for rule in era.image.live_rules() {
                        if matches(rule, callsite) {
                            listed.rules.push(rule.id);
                        }
                        let reasons = match callsite.kind {
                            CallsiteKind::Span => era.image.kept_for(rule.id, callsite),
                            CallsiteKind::Event | CallsiteKind::Hint => Vec::new(),
                        };
                        if !reasons.is_empty() {
                            listed.kept_for.push((rule.id, reasons));
                        }
                    }
                }
                listed
            })
            .collect()
    }

    /// The levels whose callsites the inventory cannot list, because nobody lets them register.
    pub fn unseen_levels(&self) -> Vec<Level> {
        let seen = LevelFilter::current().min(self.static_max_level);
        Level::ALL
            .into_iter()
            .filter(|level| LevelFilter::from_level(tracing_level(*level)) > seen)
            .collect()
    }
}

/// Whether a rule's static part holds for a callsite and one of its actions acts on it.
fn matches(rule: &Rule, callsite: &Callsite) -> bool {
    matcher::is_matched(rule, callsite)
        && !matcher::is_excepted(rule, callsite)
        && (rule.drop.is_some()
            || rule
                .actions
                .iter()
                .any(|action| matcher::acts(rule, action.selects, callsite)))
}
