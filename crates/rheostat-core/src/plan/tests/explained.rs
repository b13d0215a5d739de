//! What `explain` says.

use rheostat_policy::model::Level;

use crate::plan::{Fate, KeptBecause, Never, Silenced, SpanRead, WhyNot, explain};
use crate::testing::{World, event, span};

const RULES: &str = r#"
[[rules]]
name = "other"
match = { target = "shop", level = "warn" }
count = { metric = "a_total" }
[[rules]]
name = "left out"
match = { target = "app" }
except = { fields = ["rows"] }
count = { metric = "b_total" }
[[rules]]
name = "off"
enabled = false
match = { target = "app" }
count = { metric = "c_total" }
[[rules]]
name = "spans only"
match = { target = "app" }
histogram = { metric = "d_seconds", of = "@duration" }
[[rules]]
name = "never"
match = { target = "app" }
where = "rows > 1 and @level == 'error'"
count = { metric = "e_total" }
[[rules]]
name = "applies"
match = { target = "app" }
where = "@level == 'info' and rows > 1 and tenant != 'x'"
stream = { sink = "stdout", sample = 0.5 }
[[rules]]
name = "first"
match = { target = "app" }
stream = { sink = "stdout" }
drop = true
[[rules]]
name = "unseen"
match = { target = "app" }
count = { metric = "f_total" }
"#;

#[test]
fn every_rule_has_its_reason() {
    let world = World::new(RULES);
    let site = event("app", Level::Info, &["rows"]);
    let explanation = explain(&world.image, &site);
    let reasons: Vec<_> = explanation
        .rules
        .iter()
        .map(|rule| match &rule.fate {
            Fate::Applies(_) => "applies".to_owned(),
            Fate::Not(WhyNot::Disabled) => "disabled".to_owned(),
            Fate::Not(WhyNot::Unmatched { refused }) => refused[0].1.join(" "),
            Fate::Not(WhyNot::Excepted { .. }) => "excepted".to_owned(),
            Fate::Not(WhyNot::NoAction) => "no action".to_owned(),
            Fate::Not(WhyNot::NeverHolds { part }) => part.clone(),
            Fate::Not(WhyNot::Dropped { by }) => format!("dropped by {}", by.0),
            Fate::Not(WhyNot::Ended) => "ended".to_owned(),
        })
        .collect();
    let expected = [
        "level target",
        "excepted",
        "disabled",
        "no action",
        "@level == 'error'",
        "applies",
        "applies",
        "dropped by 6",
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn what_applies_says_what_was_decided_and_what_is_left() {
    let world = World::new(RULES);
    let site = event("app", Level::Info, &["rows"]);
    let explanation = explain(&world.image, &site);
    let Fate::Applies(applies) = &explanation.rules[5].fate else {
        panic!("the rule applies");
    };
    assert_eq!(applies.decided, ["@level == 'info'"]);
    assert_eq!(applies.left.as_deref(), Some("rows > 1 and tenant != 'x'"));
    assert_eq!(applies.actions[0].name, "stream");
    assert_eq!(applies.actions[0].after, [explanation.rules[6].rule]);
    let tenant = SpanRead::Name {
        name: "tenant".to_owned(),
        any_level: false,
    };
    assert_eq!(applies.spans, [tenant]);
}

#[test]
fn an_action_that_its_own_condition_rules_out_says_so() {
    let rules = r#"
        [[rules]]
        match = { target = "app" }
        count = [
            { metric = "a_total" },
            { metric = "b_total", where = "rows > 1 and has(.tenant)" },
        ]
        "#;
    let world = World::new(rules);
    let explanation = explain(&world.image, &event("app", Level::Info, &["rows"]));
    let Fate::Applies(applies) = &explanation.rules[0].fate else {
        panic!("it counts");
    };
    assert_eq!(applies.actions.len(), 1);
    let ruled_out = Never {
        name: "count",
        nth: 1,
        part: "has(.tenant)".to_owned(),
    };
    assert_eq!(applies.never, [ruled_out]);
}

#[test]
fn an_action_that_an_earlier_rule_drops_says_so() {
    let rules = r#"
        [[rules]]
        match = { target = "app" }
        count = { metric = "a_total" }
        drop = ["stream"]
        [[rules]]
        match = { target = "app" }
        stream = { sink = "stdout" }
        [[rules]]
        match = { target = "app" }
        stream = { sink = "stdout" }
        count = { metric = "b_total" }
        "#;
    let world = World::new(rules);
    let explanation = explain(&world.image, &event("app", Level::Info, &[]));
    let by = explanation.rules[0].rule;
    assert_eq!(explanation.rules[1].fate, Fate::Not(WhyNot::Dropped { by }));
    let Fate::Applies(applies) = &explanation.rules[2].fate else {
        panic!("it counts");
    };
    let names: Vec<&str> = applies.actions.iter().map(|action| action.name).collect();
    assert_eq!(names, ["count"]);
    assert_eq!(applies.silenced, [Silenced { name: "stream", by }]);
}

#[test]
fn a_span_that_a_rule_always_drops_says_so() {
    let world = World::new(
        r#"
        [[rules]]
        match = { span = "probe" }
        drop = true
        [[rules]]
        match = { span = "*" }
        count = { metric = "a_total" }
        "#,
    );
    let explanation = explain(&world.image, &span("probe", Level::Info, &[]));
    let by = explanation.rules[0].rule;
    assert_eq!(explanation.rules[1].fate, Fate::Not(WhyNot::Dropped { by }));
}

#[test]
fn a_span_callsite_says_which_rules_keep_it_and_why() {
    let world = World::new(RULES);
    let rule = explain(&world.image, &event("app", Level::Info, &[])).rules[5].rule;
    let kept = |level| world.image.kept_for(rule, &span("s", level, &["tenant"]));
    assert_eq!(
        kept(Level::Info),
        [KeptBecause::Matched, KeptBecause::Lends("tenant".into())][1..]
    );
    assert!(kept(Level::Debug).is_empty());
}

#[test]
fn the_level_hint_covers_what_rules_match_and_read() {
    let hint = |text: &str| World::new(text).image.level_hint();
    let rule = |keys: &str| {
        format!("[[rules]]\nmatch = {{ target = \"app\", level = \"warn\" }}\n{keys}\n")
    };
    assert_eq!(hint(""), None);
    assert_eq!(hint(&rule("count.metric = \"a_total\"")), Some(Level::Warn));
    let reads = rule("where = \"tenant == 'x'\"\ncount.metric = \"a_total\"");
    assert_eq!(
        hint(&reads),
        Some(Level::Info),
        "spans at scope_level lend their fields"
    );
    let own = rule("where = \".tenant == 'x'\"\ncount.metric = \"a_total\"");
    assert_eq!(hint(&own), Some(Level::Warn));
    let within = rule("within = { span = \"s\", level = \"debug\" }\ncount.metric = \"a_total\"");
    assert_eq!(hint(&within), Some(Level::Debug));
    let off = rule("enabled = false\ncount.metric = \"a_total\"");
    assert_eq!(hint(&off), None);
    assert_eq!(hint("[inventory]\nlevel = \"debug\""), Some(Level::Debug));
}

#[test]
fn a_hint_is_answered_by_target_and_level_alone() {
    let world = World::new(
        r#"
        [[rules]]
        match = { target = "app::**", level = "info", fields = ["x"], line = 7 }
        count.metric = "a_total"
        "#,
    );
    assert!(world.image.could_match("app::db", Level::Warn));
    assert!(!world.image.could_match("app::db", Level::Debug));
    assert!(!world.image.could_match("apple", Level::Warn));
}
