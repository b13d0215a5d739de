//! Outputs together do what each does alone.

use std::sync::Arc;

use rheostat_policy::model::Level;

use super::{DynOutput, Output, Staging};
use crate::capture::Fields;
use crate::clock::Clock;
use crate::plan::{Ground, PolicyImage};
use crate::scope::Scope;
use crate::sink::NoTaps;
use crate::testing::{Telling, event, policy};
use crate::value::Value;

/// Runs one event through an output, staged twice as after a reload.
fn run<O: Output>(output: &O) {
    let policy = policy(
        "[[rules]]\nname = \"r\"\nmatch = { target = \"app\" }\nwhere = \"x > 1\"\ncount = { metric = \"a_total\", labels = [\"x\"] }",
    );
    let staging = Staging {
        policy: &policy,
        generation: 1,
        taps: &NoTaps,
    };
    let first = output.stage(&staging, None).expect("nothing is wrong");
    let staged = output
        .stage(&staging, Some(&first))
        .expect("nothing is wrong");
    let ground = Ground::new(Clock::manual(0));
    let image = Arc::new(PolicyImage::new(policy.clone(), None, &ground, 1));
    let site = event("app", Level::Info, &["x"]);
    let plan = image.plan(&site, output, &staged);
    output.commit(&staged);
    if let Some(plan) = plan {
        for x in [1, 2] {
            plan.event(output, Fields::Values(&[Value::I64(x)]), Scope::none());
        }
    }
}

const SAID: [&str; 1] = ["r count of=1 x=2"];

#[test]
fn each_of_a_tuple_is_handed_what_passes() {
    let outputs = (Telling::default(), Telling::default(), Telling::default());
    run(&outputs);
    assert_eq!(outputs.0.lines(), SAID);
    assert_eq!(outputs.1.lines(), SAID);
    assert_eq!(outputs.2.lines(), SAID);
    let one = (Telling::default(),);
    run(&one);
    assert_eq!(one.0.lines(), SAID);
    let nested = (
        (Telling::default(), None::<Telling>),
        vec![Telling::default()],
    );
    run(&nested);
    assert_eq!(nested.0.0.lines(), SAID);
    assert_eq!(nested.1[0].lines(), SAID);
}

#[test]
fn an_absent_output_does_nothing() {
    run(&None::<Telling>);
    let present = Some(Telling::default());
    run(&present);
    let said = present.as_ref().map(Telling::lines);
    assert_eq!(said.as_deref(), Some(&SAID.map(str::to_owned)[..]));
}

#[test]
fn an_erased_output_finds_its_own_plan_again() {
    let told = Arc::new(Telling::default());
    run(&vec![
        DynOutput::new(Shared(told.clone())),
        DynOutput::new(Telling::default()),
    ]);
    assert_eq!(told.lines(), SAID);
}

#[test]
fn vocabularies_are_joined() {
    let alone = Telling::default().vocabulary().actions.len();
    let outputs = (
        Telling::default(),
        vec![Telling::default()],
        Some(Telling::default()),
    );
    assert_eq!(outputs.vocabulary().actions.len(), 3 * alone);
}

/// A telling output that the test still holds.
struct Shared(Arc<Telling>);

impl Output for Shared {
    type Staged = ();
    type Plan = <Telling as Output>::Plan;

    fn vocabulary(&self) -> rheostat_policy::Vocabulary {
        self.0.vocabulary()
    }

    fn stage(
        &self,
        staging: &Staging<'_>,
        was: Option<&()>,
    ) -> Result<(), Vec<rheostat_policy::Diagnostic>> {
        self.0.stage(staging, was)
    }

    fn plan(
        &self,
        staged: &(),
        callsite: &crate::Callsite,
        rules: &[super::MatchedRule<'_>],
        planner: &mut crate::Planner<'_>,
    ) -> Option<Self::Plan> {
        self.0.plan(staged, callsite, rules, planner)
    }

    fn commit(&self, staged: &()) {
        self.0.commit(staged);
    }

    fn event(&self, plan: &Self::Plan, record: &crate::Record<'_>) {
        self.0.event(plan, record);
    }
}
