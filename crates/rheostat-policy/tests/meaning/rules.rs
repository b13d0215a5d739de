//! Rules: selectors, groups, actions, limits, ends.

use std::time::Duration;

use rheostat_policy::model::{Drop, Ends, Kinds, Level, LineTest, Priority};
use rheostat_policy::vocabulary::Selects;

use super::{checked, findings, policy};

#[test]
fn a_selector_by_name_is_the_selectors_it_names() {
    let policy = policy(
        r#"
        [selectors]
        db = [{ target = "sqlx::**" }, { target = "shop::db" }]
        all = ["db", { span = "request" }]
        [[rules]]
        match = ["all", { level = "=debug" }]
        log = {}
        "#,
    );
    let targets: Vec<&str> = policy.rules[0].matches[0]
        .iter()
        .map(|one| one.target.first().map_or("-", |glob| glob.as_str()))
        .collect();
    assert_eq!(targets, ["sqlx::**", "shop::db", "-", "-"]);
    assert!(matches!(
        policy.rules[0].matches[0][2].kinds,
        Kinds::Spans(_)
    ));
    assert!(policy.rules[0].matches[0][3].level.accepts(Level::Debug));
    assert!(!policy.rules[0].matches[0][3].level.accepts(Level::Info));
}

#[test]
fn a_selector_takes_one_value_or_a_list() {
    let policy = policy(
        r#"
        [[rules]]
        match = { event = ["a", "b*"], level = ["debug", "trace"], line = [4, "40..60"], fields = ["x", "!y"] }
        log = {}
        "#,
    );
    let one = &policy.rules[0].matches[0][0];
    assert!(matches!(&one.kinds, Kinds::Events(names) if names.len() == 2));
    assert!(one.level.accepts(Level::Trace) && !one.level.accepts(Level::Info));
    assert_eq!(
        one.line,
        [
            LineTest { first: 4, last: 4 },
            LineTest {
                first: 40,
                last: 60
            }
        ]
    );
    assert_eq!((one.fields.len(), one.not_fields.len()), (1, 1));
}

#[test]
fn a_group_adds_to_its_rules() {
    let policy = policy(
        r#"
        [groups.g]
        enabled = "${OFF}"
        match = { target = "shop::**" }
        except = { span = "health" }
        within = { span = "request" }
        where = "a > 1"
        labels = ["tenant", { env = "'prod'" }]
        priority = "high"
        [[rules]]
        group = "g"
        match = { level = "info" }
        within = { span = "inner" }
        where = "b > 2"
        labels = { tenant = "t" }
        count = { metric = "x_total", labels = ["method"] }
        "#,
    );
    let rule = &policy.rules[0];
    assert!(!rule.enabled);
    assert_eq!(rule.matches.len(), 2);
    assert_eq!(rule.excepts.len(), 1);
    assert_eq!(rule.within.len(), 2, "the rule's own is the last");
    assert!(
        matches!(&rule.within[1][0].kinds, Kinds::Spans(names) if names[0].as_str() == "inner")
    );
    let condition = rule.condition.as_ref().expect("there is a condition");
    assert_eq!(condition.to_string(), "a > 1 and b > 2");
    assert_eq!(rule.priority, Priority::High);
    let labels: Vec<(&str, String)> = rule.actions[0]
        .labels
        .iter()
        .map(|label| (&*label.name, label.value.of.to_string()))
        .collect();
    let expected = [("env", "'prod'"), ("method", "method"), ("tenant", "t")];
    assert_eq!(
        labels,
        expected.map(|(name, value)| (name, value.to_owned()))
    );
}

#[test]
fn a_span_built_in_in_of_selects_spans() {
    let policy = policy(
        r#"
        [[rules]]
        match = { target = "a" }
        histogram = { metric = "a_seconds", of = "@duration" }
        count = { metric = "a_total" }
        gauge = { metric = "open", of = "@open" }
        "#,
    );
    let selects: Vec<Selects> = policy.rules[0]
        .actions
        .iter()
        .map(|one| one.selects)
        .collect();
    assert_eq!(
        selects,
        [Selects::Spans, Selects::EventsFirst, Selects::Spans]
    );
}

#[test]
fn a_span_built_in_in_where_is_fine_where_the_group_demands_spans() {
    let policy = policy(
        r#"
        [groups.g]
        match = { span = "*" }
        [[rules]]
        group = "g"
        match = { target = "a" }
        where = "@duration > 1s"
        log = {}
        "#,
    );
    assert_eq!(policy.rules.len(), 1);
}

#[test]
fn limits_have_both_forms_and_a_burst_of_one_second() {
    let policy = policy(
        r#"
        [[rules]]
        name = "a"
        match = { target = "a" }
        log = { sample = "1/20", every = "10s", rate = "5/m" }
        [[rules]]
        name = "b"
        match = { target = "b" }
        log = { sample = { ratio = 0.5, by = ["tenant"] }, every = { every = "1m", by = ["a", "b"] }, rate = { rate = "100/s", by = ["@callsite"] } }
        "#,
    );
    let a = &policy.rules[0].actions[0].limits;
    assert_eq!(a.sample.as_ref().map(|one| one.ratio), Some(0.05));
    assert_eq!(
        a.every.as_ref().map(|one| one.period),
        Some(Duration::from_secs(10))
    );
    let rate = a.rate.as_ref().expect("there is a rate");
    assert!((rate.per_second - 5.0 / 60.0).abs() < 1e-12);
    assert!((rate.burst - 1.0).abs() < 1e-12, "at least one");
    let b = &policy.rules[1].actions[0].limits;
    assert_eq!(b.sample.as_ref().map(|one| one.by.len()), Some(1));
    assert_eq!(b.every.as_ref().map(|one| one.by.len()), Some(2));
    assert_eq!(b.rate.as_ref().map(|one| one.burst), Some(100.0));
}

#[test]
fn a_rule_ends_after_a_while_or_at_a_moment() {
    let policy = policy(
        r#"
        [[rules]]
        name = "a"
        match = { target = "a" }
        log = {}
        for = "1h30m"
        [[rules]]
        name = "b"
        match = { target = "b" }
        log = {}
        until = 1970-01-02T01:00:00.5+01:00
        "#,
    );
    assert_eq!(
        policy.rules[0].ends,
        Some(Ends::After(Duration::from_secs(5_400)))
    );
    assert_eq!(policy.rules[1].ends, Some(Ends::At(86_400_500_000_000)));
}

#[test]
fn drop_is_all_or_some_actions() {
    let policy = policy(
        r#"
        [[rules]]
        match = { target = "a" }
        drop = true
        [[rules]]
        match = { target = "b" }
        drop = ["log", "stream"]
        [[rules]]
        match = { target = "c" }
        log = {}
        "#,
    );
    assert_eq!(policy.rules[0].drop, Some(Drop::All));
    assert_eq!(
        policy.rules[1].drop,
        Some(Drop::Actions(vec!["log", "stream"]))
    );
}

#[test]
fn on_says_when_a_span_is_judged() {
    let policy = policy(
        r#"
        [[rules]]
        match = { span = "*" }
        stream = [{}, { on = "open" }, { on = ["open", "close"] }]
        "#,
    );
    let phases: Vec<(bool, bool)> = policy.rules[0]
        .actions
        .iter()
        .map(|action| (action.on.open, action.on.close))
        .collect();
    assert_eq!(phases, [(false, true), (true, false), (true, true)]);
}

#[test]
fn the_digest_of_a_rule_changes_with_what_it_says_and_not_with_where_it_stands() {
    let rule = |group: &str, before: &str, body: &str| {
        let text = format!(
            "{before}[groups.g]\nmatch = {{ target = \"{group}\" }}\n[[rules]]\ngroup = \"g\"\n{body}"
        );
        policy(&text).rules[0].contents
    };
    let first = rule("a", "", "log = {}\nwhere = \"x > 1\"\n");
    assert_eq!(
        first,
        rule("a", "# moved\n\n", "where = \"x > 1\"\nlog = {}\n")
    );
    assert_ne!(first, rule("a", "", "log = {}\nwhere = \"x > 2\"\n"));
    assert_ne!(first, rule("b", "", "log = {}\nwhere = \"x > 1\"\n"));
}

#[test]
fn what_is_not_in_this_build_is_a_warning_in_a_disabled_rule() {
    let body = "match = { span = \"*\" }\nrecord = { ring = \"r\" }\n";
    let rings = "[rings.r]\n";
    let enabled = checked(&format!("{rings}[[rules]]\n{body}"));
    assert!(enabled.policy.is_none());
    let rule =
        "[[rules]]\nenabled = false\nmatch = { target = \"a\" }\ncall = { handler = \"page\" }\n";
    let disabled = checked(rule);
    assert!(disabled.policy.is_some(), "{}", disabled.diagnostics);
    assert_eq!(findings(rule), ["not-in-this-build"]);
}

#[test]
fn rules_that_exclude_each_other_do_not_overlap() {
    let two = |first: &str, second: &str| {
        findings(&format!(
            "[[rules]]\n{first}\ncount = {{ metric = 'a_total' }}\n[[rules]]\n{second}\ncount = {{ metric = 'a_total' }}\n"
        ))
    };
    for (first, second) in [
        (
            "match = { target = 'a::**' }",
            "match = { target = 'b::**' }",
        ),
        (
            "match = { level = '=info' }",
            "match = { level = '=debug' }",
        ),
        ("match = { span = 'a' }", "match = { span = 'b' }"),
        ("match = { span = 'a' }", "match = { target = 'x' }"),
        (
            "match = { target = 'a' }\nwhere = 'x == 1'",
            "match = { target = 'a' }\nwhere = 'x == 2'",
        ),
        (
            "match = { target = 'a::**' }\nexcept = { target = 'a::b' }",
            "match = { target = 'a::b' }",
        ),
    ] {
        assert!(two(first, second).is_empty(), "{first} and {second}");
    }
    assert_eq!(
        two(
            "match = { target = 'a::b' }",
            "match = { target = 'a::**' }"
        ),
        ["overlapping-rules"]
    );
}

#[test]
fn only_what_keep_keeps_is_shipped_where_the_share_is_zero() {
    let policy = policy(
        "[sinks.s]\ntype = \"otlp\"\npath = \"s\"\n[[rules]]\nmatch = { span = \"*\" }\n\
         trace = { sample = 0, keep = \"@error\" }\n",
    );
    let sample = policy.rules[0].actions[0].limits.sample.as_ref();
    assert_eq!(sample.map(|sample| sample.ratio), Some(0.0));
}
