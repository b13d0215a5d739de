//! `and or not has`, bare values, and tests of text.

use super::check;
use crate::testing::evaluated;
use crate::value::Value;

const T: &str = "true";
const F: &str = "false";

#[test]
fn logic_is_two_valued() {
    check(
        Value::I64(1),
        &[
            ("x == 1 and x == 2", F),
            ("x == 1 and x < 2", T),
            ("x == 2 or x == 1", T),
            ("x == 2 or x == 3", F),
            ("not x == 1", F),
            ("not (x == 2)", T),
            ("y == 1 or x == 1", T),
            ("y == 1 and x == 1", F),
            ("not (y == 1) and x == 1", T),
            ("x == 1 or x == 2 and x == 3", T),
            ("(x == 1 or x == 2) and x == 3", F),
        ],
    );
}

#[test]
fn a_bare_value_holds_when_it_is_true() {
    let holds = |x| evaluated("not x", &[("x", x)]);
    assert_eq!(holds(Value::Bool(true)), F);
    for x in [
        Value::Bool(false),
        Value::I64(1),
        Value::Text("true"),
        Value::Missing,
    ] {
        assert_eq!(holds(x), T, "{x:?}");
    }
    check(
        Value::Bool(true),
        &[("x and x", T), ("x or false", T), ("x and y", F)],
    );
}

#[test]
fn has_asks_for_a_value() {
    check(
        Value::Text(""),
        &[("has(x)", T), ("has(.x)", T), ("has(y)", F), ("has(.y)", F)],
    );
    check(Value::Missing, &[("has(x)", F)]);
    check(
        Value::I64(0),
        &[
            ("has(@target)", T),
            ("has(@duration)", F),
            ("has(@message)", F),
        ],
    );
}

#[test]
fn text_is_searched_as_it_stands() {
    check(
        Value::Text("GET /api/users"),
        &[
            ("x contains '/api'", T),
            ("x contains '/API'", F),
            ("x starts_with 'GET'", T),
            ("x starts_with '/api'", F),
            ("x ends_with 'users'", T),
            ("x ends_with 'GET'", F),
            ("x contains ''", T),
        ],
    );
    check(
        Value::I64(123),
        &[("x contains '2'", F), ("x matches '2'", F)],
    );
}

#[test]
fn patterns_match_anywhere() {
    check(
        Value::Formatted("took 15 ms"),
        &[
            ("x matches '\\d+ ms'", T),
            ("x matches '^\\d'", F),
            ("x matches '(?i)TOOK'", T),
        ],
    );
}

#[test]
fn built_ins_of_a_callsite_are_known() {
    let shows = |expr| evaluated(expr, &[("message", Value::Formatted("hi"))]);
    assert_eq!(shows("@level"), "info");
    assert_eq!(shows("@target"), "app");
    assert_eq!(shows("@module"), "app");
    assert_eq!(shows("@file"), "src/lib.rs");
    assert_eq!(shows("@line"), "41");
    assert_eq!(shows("@line == 41 and @line < 42"), T);
    assert_eq!(shows("@name"), "event src/lib.rs:41");
    assert_eq!(shows("@kind"), "event");
    assert_eq!(shows("@callsite"), "app@src/lib.rs:41");
    assert_eq!(shows("@message"), "hi");
    assert_eq!(shows("message"), "hi");
    assert_eq!(shows("@span"), "-");
    assert_eq!(shows("@elapsed"), "-");
    assert_eq!(shows("@trace_id"), "-");
    assert_ne!(shows("@thread"), "-");
    assert_eq!(shows("@time > 1s"), T);
    for missing in [
        "@duration",
        "@active",
        "@busy",
        "@idle",
        "@polls",
        "@events",
        "@error",
    ] {
        assert_eq!(shows(missing), "-", "{missing} on an event");
    }
}
