//! Limits, their weights, and what they remember over a reload.

use std::time::Duration;

use rheostat_policy::model::Level;

use crate::ledger::Cause;
use crate::limit::seed_sampling_of_this_thread;
use crate::testing::{World, event};
use crate::value::Value;

fn streaming(limits: &str) -> String {
    format!(
        "[[rules]]\nname = \"r\"\nmatch = {{ target = \"app\" }}\nstream = {{ sink = \"stdout\", fields = [], {limits} }}\n"
    )
}

/// The weight of each record that passed.
fn weights(lines: &[String]) -> f64 {
    lines
        .iter()
        .map(|line| {
            let weight = line.split(" x").nth(1);
            weight.map_or(1.0, |weight| weight.parse().expect("a weight is a number"))
        })
        .sum()
}

#[test]
fn weights_of_samples_sum_to_what_happened_in_expectation() {
    seed_sampling_of_this_thread(11);
    let world = World::new(&streaming("sample = 0.1"));
    let site = event("app", Level::Info, &[]);
    let sum: f64 = (0..20_000)
        .map(|_| weights(&world.fire(&site, &[], None)))
        .sum();
    assert!((19_000.0..21_000.0).contains(&sum), "{sum}");
    let account = world.ground.ledger.entry(&"r".into(), &"stdout".into());
    assert!((17_700..18_300).contains(&account.get(Cause::Sample)));
}

#[test]
fn weights_of_every_sum_exactly_to_what_happened() {
    let world = World::new(&streaming("every = \"1s\""));
    let site = event("app", Level::Info, &[]);
    let mut sum = 0.0;
    for _ in 0..10 {
        for _ in 0..7 {
            sum += weights(&world.fire(&site, &[], None));
        }
        world.ground.clock.advance(Duration::from_secs(1));
    }
    sum += weights(&world.fire(&site, &[], None));
    assert_eq!(sum, 71.0);
}

#[test]
fn weights_of_a_rate_sum_exactly_to_what_happened() {
    let world = World::new(&streaming("rate = { rate = \"2/s\", burst = 3 }"));
    let site = event("app", Level::Info, &[]);
    let fire = || world.fire(&site, &[], None);
    let first: Vec<_> = (0..6).map(|_| fire()).collect();
    assert_eq!(first.concat().len(), 3);
    world.ground.clock.advance(Duration::from_secs(60));
    assert_eq!(fire(), ["r stream x4"]);
    assert_eq!(fire(), ["r stream"]);
}

#[test]
fn several_limits_multiply_their_weights() {
    let world = World::new(&streaming(
        "every = \"1s\", rate = { rate = \"1/m\", burst = 1 }",
    ));
    let site = event("app", Level::Info, &[]);
    let fire = || world.fire(&site, &[], None);
    assert_eq!(fire(), ["r stream"]);
    assert!(fire().is_empty(), "held by every");
    world.ground.clock.advance(Duration::from_secs(1));
    assert!(fire().is_empty(), "held by rate");
    assert!(fire().is_empty(), "held by every");
    world.ground.clock.advance(Duration::from_secs(60));
    assert_eq!(
        fire(),
        ["r stream x4"],
        "(1 + 1) of every times (1 + 1) of rate"
    );
}

#[test]
fn keys_have_limits_of_their_own() {
    let world = World::new(&streaming("every = { every = \"1s\", by = [\"x\"] }"));
    let site = event("app", Level::Info, &["x"]);
    let fire = |x| world.fire(&site, &[x], None);
    assert_eq!(fire(Value::I64(1)), ["r stream"]);
    assert!(fire(Value::I64(1)).is_empty());
    assert_eq!(fire(Value::I64(2)), ["r stream"]);
    assert!(
        fire(Value::U64(2)).is_empty(),
        "the same number of another type"
    );
    assert_eq!(fire(Value::Text("a")), ["r stream"]);
    assert!(fire(Value::Formatted("\"a\"")).is_empty());
    assert_eq!(fire(Value::Missing), ["r stream"]);
    assert!(fire(Value::Missing).is_empty());
}

#[test]
fn a_key_that_is_also_shown_is_read_before_the_record_passes() {
    let world = World::new(
        r#"
        [[rules]]
        name = "r"
        match = { target = "app" }
        where = "a > 0"
        stream = { sink = "stdout", every = { every = "1s", by = ["d"] } }
        "#,
    );
    let site = event("app", Level::Info, &["a", "b", "c", "d", "e"]);
    let fire = |a, d| {
        let values = [a, 2, 3, d, 5].map(Value::I64);
        world.fire(&site, &values, None)
    };
    assert_eq!(fire(1, 4), ["r stream .a=1 .b=2 .c=3 .d=4 .e=5"]);
    assert!(fire(1, 4).is_empty());
    assert_eq!(fire(1, 6), ["r stream .a=1 .b=2 .c=3 .d=6 .e=5"]);
    assert!(fire(0, 7).is_empty());
}

#[test]
fn a_sampled_key_has_one_fate() {
    let world = World::new(&streaming("sample = { ratio = 0.5, by = [\"x\"] }"));
    let site = event("app", Level::Info, &["x"]);
    let mut kept = 0;
    for x in 0..200 {
        let fates: Vec<_> = (0..5)
            .map(|_| world.fire(&site, &[Value::I64(x)], None).len())
            .collect();
        assert!(fates.iter().all(|fate| *fate == fates[0]));
        kept += fates[0];
    }
    assert!((70..130).contains(&kept), "{kept}");
}

#[test]
fn without_a_trace_records_are_sampled_one_by_one() {
    seed_sampling_of_this_thread(3);
    let world = World::new(&streaming("sample = { ratio = 0.5, by = [\"@trace_id\"] }"));
    let site = event("app", Level::Info, &[]);
    let kept: usize = (0..400).map(|_| world.fire(&site, &[], None).len()).sum();
    assert!((150..250).contains(&kept), "{kept}");
}

#[test]
fn a_limiter_goes_on_through_edits_of_other_rules() {
    let other =
        "[[rules]]\nname = \"o\"\nmatch = { target = \"other\" }\ncount.metric = \"o_total\"\n";
    let limited = streaming("every = \"1h\"");
    let mut world = World::new(&limited);
    let site = event("app", Level::Info, &[]);
    assert_eq!(world.fire(&site, &[], None).len(), 1);
    world.reload(&format!("{other}{limited}"));
    assert!(world.fire(&site, &[], None).is_empty());
    world.reload(&streaming("every = \"2h\""));
    assert_eq!(
        world.fire(&site, &[], None).len(),
        1,
        "other limits start anew"
    );
}

#[test]
fn a_rule_ends_when_it_says_and_never_revives() {
    let timed = "[[rules]]\nname = \"t\"\nmatch = { target = \"app\" }\nfor = \"1m\"\ncount.metric = \"t_total\"\n";
    let until = "[[rules]]\nname = \"u\"\nmatch = { target = \"app\" }\nuntil = 2026-01-01T00:02:00Z\ncount.metric = \"u_total\"\n";
    let mut world = World::new(&format!("{timed}{until}"));
    let site = event("app", Level::Info, &[]);
    let fire = |world: &World| world.fire(&site, &[], None);
    assert_eq!(fire(&world), ["t count of=1", "u count of=1"]);
    world.ground.clock.advance(Duration::from_secs(59));
    assert!(!world.image.expire());
    let plan = world.plan(&site).expect("two rules act");
    world.ground.clock.advance(Duration::from_secs(1));
    assert!(world.image.expire());
    assert!(!world.image.expire());
    plan.event(
        &world.output,
        crate::capture::Fields::Values(&[]),
        crate::scope::Scope::none(),
    );
    assert_eq!(
        world.output.lines(),
        ["u count of=1"],
        "a plan made before sees the end too"
    );
    world.reload(&format!("{until}{timed}"));
    assert_eq!(fire(&world), ["u count of=1"]);
    world.reload(&format!("{until}{}", timed.replace("1m", "2m")));
    assert_eq!(
        fire(&world),
        ["u count of=1", "t count of=1"],
        "other contents begin anew"
    );
    world.ground.clock.advance(Duration::from_secs(60));
    assert!(world.image.expire());
    assert_eq!(fire(&world), ["t count of=1"]);
    world.reload(until);
    world.reload(&format!("{until}{timed}"));
    let lines = fire(&world);
    assert!(
        lines.is_empty(),
        "out and in again is the same rule, whose time is over: {lines:?}"
    );
}

#[test]
fn what_a_limit_holds_back_is_never_captured() {
    let world = World::new(
        "[[rules]]\nname = \"r\"\nmatch = { target = \"app\" }\nstream = { sink = \"stdout\", every = \"1s\" }\n",
    );
    let site = event("app", Level::Info, &["a", "b"]);
    let plan = world.plan(&site).expect("the rule matches");
    assert!(plan.core.capture.is_staged() && !plan.core.capture.has_judged());
    let fire = || world.fire(&site, &[Value::I64(1), Value::Text("x")], None);
    assert_eq!(fire(), ["r stream .a=1 .b=x"]);
    assert!(fire().is_empty());
}

#[test]
fn limits_live_by_the_clock_they_are_given() {
    let world = World::new(&streaming("every = \"1s\""));
    let site = event("app", Level::Info, &[]);
    let passed: usize = (0..100).map(|_| world.fire(&site, &[], None).len()).sum();
    assert_eq!(passed, 1);
}
