//! One expression for one record.

use std::cell::Cell;

use rheostat_policy::NoEnvironment;
use rheostat_policy::expr::{Expr, parse};
use rheostat_policy::model::{Level, RuleId};

use super::event;
use super::world::World;
use crate::capture::{Fields, Scratch, Stage, capture};
use crate::plan::draft::Draft;
use crate::program::Program;
use crate::record::{Phase, Record};
use crate::scope::Scope;
use crate::value::{Value, shown};

pub(crate) fn expression(text: &str) -> Expr {
    match parse(text, &NoEnvironment) {
        Ok(expr) => expr,
        Err(problems) => panic!("{text}: {}", problems[0].message),
    }
}

/// What an expression shows for an event with these fields; `-` for a missing value.
pub(crate) fn evaluated(text: &str, fields: &[(&'static str, Value<'_>)]) -> String {
    let world = World::new("[[rules]]\nmatch = { target = \"app\" }\ncount.metric = \"a_total\"");
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = fields.iter().map(|(_, value)| *value).collect();
    let callsite = event("app", Level::Info, &names);
    let mut draft = Draft::new(&world.image, &callsite);
    let program = Program::of(draft.fold(RuleId(0), &expression(text)));
    let plan = draft.capture.finish(4_096);
    let scratch = Scratch::new();
    let record = Record {
        callsite: &callsite,
        image: &world.image,
        capture: &plan,
        phase: Phase::Event,
        slots: capture(&plan, Fields::Values(&values), Stage::All, &scratch),
        scope: Scope::none(),
        span: None,
        scratch: &scratch,
        weights: Cell::new(&[]),
        stamp: Cell::new(None),
    };
    shown(record.value(&program), &scratch)
        .unwrap_or("-")
        .to_owned()
}
