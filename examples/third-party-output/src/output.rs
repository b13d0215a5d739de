//! The output: from the action's definition to a store when a callsite fires.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rheostat_core::program::Program;
use rheostat_core::{Callsite, MatchedRule, Output, Planner, Record, Staging, StepId};
use rheostat_policy::vocabulary::{ActionDef, KeyDef, Selects, Type};
use rheostat_policy::{Diagnostic, Vocabulary};

use crate::board::{Board, Slot};

/// Puts values on a [`Board`].
#[derive(Debug)]
pub struct BoardOutput(pub Board);

/// One `board` action at one callsite.
pub struct Put {
    step: StepId,
    value: Program,
    slot: Slot,
}

impl Output for BoardOutput {
    type Staged = BTreeMap<Arc<str>, Slot>;
    type Plan = Vec<Put>;

    fn vocabulary(&self) -> Vocabulary {
        let keys = vec![
            KeyDef::new("slot", Type::Text, "where on the board", r#""queue""#).required(),
            KeyDef::new("of", Type::Value, "the number to put there", r#""length""#).required(),
        ];
        let board = ActionDef {
            name: "board",
            doc: "puts the last value of a field on a board that the program reads",
            example: r#"board = { slot = "queue", of = "length" }"#,
            selects: Selects::EventsFirst,
            metric: None,
            sink: None,
            limits: false,
            phases: false,
            keys,
            not_in_this_build: false,
        };
        Vocabulary {
            actions: vec![board],
            sinks: Vec::new(),
        }
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        _: Option<&Self::Staged>,
    ) -> Result<Self::Staged, Vec<Diagnostic>> {
        let actions = staging.policy.rules.iter().flat_map(|rule| &rule.actions);
        let slots = actions
            .filter(|action| action.name == "board")
            .filter_map(|action| action.args.text("slot"));
        Ok(slots
            .map(|name| (Arc::clone(name), self.0.slot(name)))
            .collect())
    }

    fn plan(
        &self,
        staged: &Self::Staged,
        _: &Callsite,
        rules: &[MatchedRule<'_>],
        planner: &mut Planner<'_>,
    ) -> Option<Self::Plan> {
        let mut puts = Vec::new();
        for rule in rules {
            for matched in rule
                .actions
                .iter()
                .filter(|matched| matched.action.name == "board")
            {
                let args = &matched.action.args;
                let (Some(name), Some(of)) = (args.text("slot"), args.expr("of")) else {
                    continue;
                };
                let slot = Arc::clone(staged.get(name)?);
                puts.push(Put {
                    step: matched.step,
                    value: planner.value(rule, of),
                    slot,
                });
            }
        }
        (!puts.is_empty()).then_some(puts)
    }

    fn commit(&self, _: &Self::Staged) {}

    fn event(&self, plan: &Self::Plan, record: &Record<'_>) {
        for put in plan {
            if record.passes(put.step).is_some()
                && let Some(number) = record.value(&put.value).number()
            {
                put.slot.store(number.to_f64().to_bits(), Ordering::Relaxed);
            }
        }
    }
}
