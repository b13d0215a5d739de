//! Rules, conditions and values on own fields.

use rheostat_policy::model::Level;

use crate::testing::{World, event, span};
use crate::value::Value;

const COUNT: &str = r#"
[[rules]]
name = "rows"
match = { target = "app::db" }
where = "rows > 10"
count = { metric = "rows_total", of = "rows", labels = ["table", "@level"] }
"#;

#[test]
fn a_rule_acts_where_its_condition_holds() {
    let world = World::new(COUNT);
    let site = event("app::db", Level::Info, &["rows", "table"]);
    let fire = |rows| world.fire(&site, &[Value::I64(rows), Value::Text("users")], None);
    assert_eq!(fire(11), ["rows count of=11 level=info table=users"]);
    assert!(fire(10).is_empty());
}

#[test]
fn a_condition_may_have_more_comparisons_than_a_look_holds() {
    for count in [32, 33, 100] {
        let any: Vec<String> = (0..count).map(|row| format!("rows == {row}")).collect();
        let world = World::new(&COUNT.replace("rows > 10", &any.join(" or ")));
        let site = event("app::db", Level::Info, &["rows", "table"]);
        let fire = |rows| world.fire(&site, &[Value::I64(rows), Value::Text("users")], None);
        let last = format!("rows count of={} level=info table=users", count - 1);
        assert_eq!(fire(count - 1), [last]);
        assert!(fire(count).is_empty());
    }
}

#[test]
fn a_callsite_that_no_rule_matches_has_no_plan() {
    let world = World::new(COUNT);
    assert!(
        world
            .plan(&event("app::web", Level::Info, &["rows"]))
            .is_none()
    );
}

#[test]
fn whether_a_callsite_is_wanted_is_known_before_it_is_planned() {
    let rules = [
        "count = { metric = \"a_total\" }",
        "where = \"rows > 10\"\ncount = { metric = \"a_total\" }",
        "where = \"@level == 'error'\"\ncount = { metric = \"a_total\" }",
        "count = { metric = \"a_total\", where = \".table == 'users' and @level == 'error'\" }",
        "histogram = { metric = \"a_rows\", of = \"rows\" }",
        "where = \"span('request').route == '/'\"\ncount = { metric = \"a_total\" }",
        "shadow = true\ncount = { metric = \"a_total\" }",
        "drop = true",
        "shadow = true\ndrop = true",
        "within = { span = \"request\" }\ncount = { metric = \"a_total\" }",
    ];
    let sites = [
        event("app::db", Level::Info, &["rows", "table"]),
        event("app::web", Level::Error, &["rows"]),
        event("other", Level::Info, &[]),
        span("request", Level::Info, &["route"]),
        span("other", Level::Debug, &["rows"]),
    ];
    for first in ["drop = [\"count\"]", "count = { metric = \"b_total\" }"] {
        for rule in rules {
            for matches in [
                "target = 'app::**'",
                "target = 'app::db'",
                "target = '**'",
                "span = '*'",
            ] {
                let world = World::new(&format!(
                    "[[rules]]\nmatch = {{ target = \"app::web\" }}\n{first}\n\
                     [[rules]]\nname = \"second\"\nmatch = {{ {matches} }}\n{rule}\n"
                ));
                for site in &sites {
                    let wanted = world.image.wants(site);
                    let planned = world.plan(site).is_some();
                    assert_eq!(wanted, planned, "{} under {rule}", site.shown());
                }
            }
        }
    }
}

#[test]
fn a_condition_that_a_callsite_can_never_meet_leaves_no_plan() {
    let world = World::new(
        r#"
        [[rules]]
        match = { target = "app::**" }
        where = "@level == 'error' and .rows > 1"
        count = { metric = "a_total" }
        "#,
    );
    assert!(
        world
            .plan(&event("app::db", Level::Info, &["rows"]))
            .is_none()
    );
    assert!(world.plan(&event("app::db", Level::Error, &[])).is_none());
    assert!(
        world
            .plan(&event("app::db", Level::Error, &["rows"]))
            .is_some()
    );
}

#[test]
fn without_conditions_nothing_is_captured_or_evaluated() {
    let world = World::new(
        r#"
        [[rules]]
        name = "all"
        match = { target = "app::**" }
        where = "@target starts_with 'app'"
        count = { metric = "a_total" }
        "#,
    );
    let site = event("app::db", Level::Info, &["rows"]);
    let plan = world.plan(&site).expect("the rule matches");
    assert!(plan.core.capture.is_empty());
    assert!(matches!(
        plan.core.first,
        crate::plan::judge::Judgement::Fixed(_)
    ));
    assert_eq!(
        world.fire(&site, &[Value::I64(1)], None),
        ["all count of=1"]
    );
}

#[test]
fn a_stream_takes_the_fields_it_names() {
    let world = World::new(
        r#"
        [[rules]]
        name = "s"
        match = { target = "app::**" }
        stream = { sink = "stdout", fields = ["a*", "c"] }
        "#,
    );
    let site = event("app", Level::Info, &["message", "ab", "b", "c"]);
    let values = [
        Value::Formatted("hi"),
        Value::I64(1),
        Value::I64(2),
        Value::Missing,
    ];
    assert_eq!(world.fire(&site, &values, None), ["s stream .ab=1"]);
}
