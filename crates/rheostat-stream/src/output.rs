//! The output behind `stream`.

use rheostat_core::flow::{Carriage, Carrier};
use rheostat_core::{Callsite, MatchedRule, Output, Planner, Record, Staging};
use rheostat_policy::first_party::stream_def;
use rheostat_policy::vocabulary::RecordClass;
use rheostat_policy::{Diagnostic, Vocabulary};

/// Turns the records of callsites into raw records of their sinks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Streams;

/// What one policy means to [`Streams`]: the entrances to its sinks.
#[derive(Debug)]
pub struct StreamStaged {
    carriage: Carriage,
}

/// What one callsite needs: its actions, ready to hand records over.
#[derive(Debug)]
pub struct StreamPlan {
    carriers: Box<[Carrier]>,
}

impl Streams {
    /// The output.
    pub fn new() -> Self {
        Self
    }
}

impl Output for Streams {
    type Staged = StreamStaged;
    type Plan = StreamPlan;

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary {
            actions: vec![stream_def()],
            sinks: Vec::new(),
        }
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        _was: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        Ok(StreamStaged {
            carriage: Carriage::new(staging),
        })
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        _callsite: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        let mut carriers = Vec::new();
        for rule in rules {
            for action in &rule.actions {
                if action.action.name == "stream" {
                    let class = RecordClass::Events;
                    carriers.extend(Carrier::new(&staged.carriage, class, rule, action, planner));
                }
            }
        }
        (!carriers.is_empty()).then(|| StreamPlan {
            carriers: carriers.into(),
        })
    }

    fn commit(&self, _staged: &Self::Staged) {}

    #[inline]
    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        for carrier in &plan.carriers {
            carrier.carry(record);
        }
    }

    fn span_open(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.event(plan, record);
    }

    fn span_close(&self, plan: &Self::Plan, record: &Record<'_>) {
        self.event(plan, record);
    }
}
