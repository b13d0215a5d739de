//! Which rules are said to do nothing at their sink, and which are not.

use super::findings;

fn said(text: &str) -> usize {
    let found = findings(text);
    found.iter().filter(|name| **name == "covered-rule").count()
}

fn rule(text: &str) -> String {
    format!("[[rules]]\n{text}\n")
}

#[test]
fn a_rule_beside_a_more_generous_one_is_covered_wherever_that_stands() {
    let limited = rule("match = { target = \"a::b\" }\nlog = { sample = 0.1 }");
    let all = rule("match = { target = \"a::**\" }\nlog = {}");
    assert_eq!(said(&format!("{limited}{all}")), 1);
    assert_eq!(said(&format!("{all}{limited}")), 1);
}

#[test]
fn of_two_that_are_as_generous_the_later_one_is_covered() {
    let one = rule("match = { target = \"a::**\" }\nlog = {}");
    let other = rule("match = { target = \"a::b\" }\nlog = {}");
    assert_eq!(said(&format!("{one}{other}")), 1);
    assert_eq!(said(&format!("{other}{one}")), 0);
}

#[test]
fn a_rule_that_sees_more_is_not_covered() {
    let errors = rule("match = { target = \"a\", level = \"error\" }\nlog = {}");
    let some = rule("match = { target = \"a\" }\nlog = { sample = 0.1 }");
    assert_eq!(said(&format!("{errors}{some}")), 0);
    let kind = rule("match = { target = \"a\", span = \"*\" }\nstream = { sink = \"stdout\" }");
    let events = rule("match = { target = \"a\" }\nstream = { sample = 0.1 }");
    assert_eq!(said(&format!("{kind}{events}")), 0);
}

#[test]
fn another_sink_is_another_turn() {
    let one = rule("match = { target = \"a\" }\nlog = {}");
    let other = rule("match = { target = \"a\" }\nlog = { sink = \"stdout\", sample = 0.1 }");
    assert_eq!(said(&format!("{one}{other}")), 0);
}

#[test]
fn what_ends_or_only_counts_covers_nothing() {
    let limited = rule("match = { target = \"a\" }\nlog = { sample = 0.1 }");
    for more in ["for = \"1h\"", "shadow = true", "enabled = false"] {
        let all = rule(&format!(
            "name = \"n\"\nmatch = {{ target = \"a\" }}\n{more}\nlog = {{}}"
        ));
        assert_eq!(said(&format!("{limited}{all}")), 0, "{more}");
    }
}

#[test]
fn what_is_dropped_in_between_is_seen_by_the_earlier_one_alone() {
    let limited = rule("match = { target = \"a\" }\nlog = { sample = 0.1 }");
    let all = rule("match = { target = \"a\" }\nlog = {}");
    for drop in ["true", "[\"log\"]"] {
        let dropping = rule(&format!(
            "match = {{ target = \"a\" }}\nwhere = \"x\"\ndrop = {drop}"
        ));
        assert_eq!(said(&format!("{limited}{dropping}{all}")), 0, "{drop}");
        assert_eq!(said(&format!("{dropping}{limited}{all}")), 1, "{drop}");
        assert_eq!(said(&format!("{all}{dropping}{limited}")), 1, "{drop}");
    }
    let lines = rule("match = { target = \"a\" }\nlog = { sink = \"stdout\" }");
    let records = rule("match = { target = \"a\" }\nstream = { sample = 0.1 }");
    let no_lines = rule("match = { target = \"a\" }\nwhere = \"x\"\ndrop = [\"log\"]");
    assert_eq!(said(&format!("{no_lines}{records}{lines}")), 0);
}

#[test]
fn a_rule_that_drops_hides_from_later_ones_what_it_sent() {
    let dropping = rule("match = { target = \"a\" }\nlog = { sample = 0.1 }\ndrop = true");
    let all = rule("match = { target = \"a\" }\nwhere = \"not x\"\nlog = {}");
    assert_eq!(said(&format!("{dropping}{all}")), 0);
    let all = rule("match = { target = \"a\" }\nlog = {}");
    assert_eq!(said(&format!("{dropping}{all}")), 0);
}

#[test]
fn a_condition_covers_only_what_it_follows_from() {
    let slow = |limit: &str, log: &str| {
        rule(&format!(
            "match = {{ target = \"a\" }}\nwhere = \"x > {limit}\"\nlog = {{ {log} }}"
        ))
    };
    let few = slow("5", "sample = 0.1");
    assert_eq!(said(&format!("{}{few}", slow("3", ""))), 1);
    assert_eq!(said(&format!("{}{few}", slow("7", ""))), 0);
}
