//! Who acts where several rules would do the same.

use rheostat_policy::model::Level;

use crate::ledger::Cause;
use crate::limit::seed_sampling_of_this_thread;
use crate::testing::{World, event};
use crate::value::Value;

/// A rule for each options text, all to stdout; which one writes the record.
fn winner(options: &[&str]) -> Option<usize> {
    let rules: String = options
        .iter()
        .enumerate()
        .map(|(at, options)| {
            format!("[[rules]]\nname = \"{at}\"\nmatch = {{ target = \"app\" }}\nstream = {{ sink = \"stdout\"{options} }}\n")
        })
        .collect();
    let world = World::new(&rules);
    seed_sampling_of_this_thread(1);
    let lines = world.fire(&event("app", Level::Info, &["x"]), &[Value::I64(1)], None);
    assert!(lines.len() <= 1, "one sink gets one record once: {lines:?}");
    let line = lines.first()?;
    line.split(' ').next()?.parse().ok()
}

#[test]
fn the_most_generous_rule_decides() {
    const NONE: &str = "";
    const HALF: &str = ", sample = 0.999999";
    const LESS: &str = ", sample = 0.9";
    const EVERY: &str = ", every = \"1s\"";
    const RATE: &str = ", rate = \"5/s\"";
    const NEVER: &str = ", where = \"x == 2\"";
    let table: [(&[&str], usize); 11] = [
        (&[NONE, NONE], 0),
        (&[RATE, NONE], 1),
        (&[EVERY, NONE], 1),
        (&[HALF, NONE], 1),
        (&[LESS, HALF], 1),
        (&[EVERY, HALF], 1),
        (&[RATE, EVERY], 1),
        (&[RATE, EVERY, HALF], 2),
        (&[NEVER, RATE], 1),
        (&[NEVER, EVERY, RATE], 1),
        (&[RATE, RATE], 0),
    ];
    for (options, expected) in table {
        assert_eq!(winner(options), Some(expected), "{options:?}");
    }
}

#[test]
fn the_winner_decides_alone_even_when_it_holds_the_record_back() {
    assert_eq!(winner(&[", rate = \"5/s\"", ", sample = 0.0000001"]), None);
}

#[test]
fn those_covered_are_accounted_for() {
    let world = World::new(
        r#"
        [[rules]]
        name = "a"
        match = { target = "app" }
        log = { sink = "stdout", rate = "1/s" }
        [[rules]]
        name = "b"
        match = { target = "app" }
        where = "x > 1"
        stream = { sink = "stdout" }
        "#,
    );
    let site = event("app", Level::Info, &["x"]);
    let fire = |x| world.fire(&site, &[Value::I64(x)], None);
    assert_eq!(fire(2), ["b stream .x=2"]);
    assert_eq!(fire(1), ["a log"]);
    assert!(fire(1).is_empty());
    let account = |rule: &str| world.ground.ledger.entry(&rule.into(), &"stdout".into());
    assert_eq!(account("a").get(Cause::Covered), 1);
    assert_eq!(account("a").get(Cause::Rate), 1);
    assert_eq!(account("b").get(Cause::Condition), 2);
    assert_eq!(
        account("a").matched(),
        2,
        "the one that passed is the queue's to count"
    );
}

#[test]
fn different_sinks_take_no_turns_from_each_other() {
    let world = World::new(
        r#"
        [[rules]]
        name = "a"
        match = { target = "app" }
        stream = { sink = "stdout" }
        log = { sink = "stderr" }
        "#,
    );
    let site = event("app", Level::Info, &[]);
    assert_eq!(world.fire(&site, &[], None), ["a stream", "a log"]);
}

#[test]
fn a_record_feeds_a_metric_once_for_each_action_key() {
    let world = World::new(
        r#"
        [[rules]]
        name = "a"
        match = { target = "app" }
        where = "x > 1"
        count = { metric = "x_total", of = "x" }
        [[rules]]
        name = "b"
        match = { target = "app" }
        count = [{ metric = "x_total", of = "1" }, { metric = "y_total" }]
        "#,
    );
    let site = event("app", Level::Info, &["x"]);
    let fire = |x| world.fire(&site, &[Value::I64(x)], None);
    assert_eq!(fire(5), ["a count of=5", "b count of=1"]);
    assert_eq!(fire(1), ["b count of=1", "b count of=1"]);
}

#[test]
fn what_a_rule_drops_later_rules_do_not_see() {
    let world = World::new(
        r#"
        [[rules]]
        name = "first"
        match = { target = "app" }
        count = { metric = "first_total" }
        [[rules]]
        match = { target = "app" }
        where = "x == 1"
        drop = true
        [[rules]]
        match = { target = "app" }
        where = "x == 2"
        drop = ["stream"]
        [[rules]]
        name = "last"
        match = { target = "app" }
        count = { metric = "last_total" }
        stream = { sink = "stdout" }
        "#,
    );
    let site = event("app", Level::Info, &["x"]);
    let fire = |x| world.fire(&site, &[Value::I64(x)], None);
    assert_eq!(
        fire(0),
        ["first count of=1", "last count of=1", "last stream .x=0"]
    );
    assert_eq!(fire(1), ["first count of=1"]);
    assert_eq!(fire(2), ["first count of=1", "last count of=1"]);
}

#[test]
fn a_rule_that_always_drops_leaves_later_rules_no_plan() {
    let world = World::new(
        r#"
        [[rules]]
        match = { target = "app" }
        drop = true
        [[rules]]
        match = { target = "app" }
        count = { metric = "last_total" }
        "#,
    );
    let site = event("app", Level::Info, &[]);
    assert!(world.fire(&site, &[], None).is_empty());
}

#[test]
fn a_shadow_rule_takes_no_turn_and_only_counts() {
    let world = World::new(
        r#"
        [[rules]]
        name = "shadow"
        shadow = true
        match = { target = "app" }
        where = "x == 1"
        stream = { sink = "stdout" }
        count = { metric = "x_total" }
        drop = true
        [[rules]]
        name = "real"
        match = { target = "app" }
        stream = { sink = "stdout", sample = 0.9999999 }
        count = { metric = "x_total" }
        "#,
    );
    let site = event("app", Level::Info, &["x"]);
    for x in [1, 1, 2] {
        let lines = world.fire(&site, &[Value::I64(x)], None);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.iter().all(|line| line.starts_with("real ")));
    }
    let shadows: Vec<_> = world
        .image
        .samples()
        .into_iter()
        .filter(|sample| sample.name == "rheostat_shadow_total")
        .map(|sample| (sample.labels[0].1.to_string(), sample.value))
        .collect();
    let expected = [("stream", 2.0), ("count", 2.0), ("drop", 2.0)];
    assert_eq!(
        shadows,
        expected.map(|(name, count)| (name.to_owned(), count))
    );
}
