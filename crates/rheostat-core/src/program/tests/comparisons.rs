//! `== != < <= > >= in`, across types.

use super::{check, check_without};
use crate::value::Value;

const T: &str = "true";
const F: &str = "false";

#[test]
fn integers_compare_with_every_kind_of_number() {
    check(
        Value::I64(5),
        &[
            ("x == 5", T),
            ("x == 5.0", T),
            ("x == 5.5", F),
            ("x != 5", F),
            ("x != 6", T),
            ("x < 6", T),
            ("x < 5", F),
            ("x <= 5", T),
            ("x <= 4.9", F),
            ("x > 4.999", T),
            ("x > 5", F),
            ("x >= 5", T),
            ("x >= 6", F),
            ("x == 5B", T),
            ("x == '5'", T),
            ("x == 'five'", F),
            ("x == true", F),
            ("x == 5s", F),
        ],
    );
}

#[test]
fn large_integers_are_not_rounded() {
    let big = 9_007_199_254_740_993;
    check(
        Value::I64(big),
        &[
            ("x == 9007199254740993", T),
            ("x == 9007199254740992.0", F),
            ("x > 9007199254740992.0", T),
        ],
    );
    check(Value::U64(u64::MAX), &[("x > 18446744073709551614", T)]);
    check(Value::U128(u128::MAX), &[("x > 1e38", T), ("x < 1e39", T)]);
    check(
        Value::I128(i128::MIN),
        &[("x < -1e38", T), ("x > -1e39", T)],
    );
    check(
        Value::I64(-1),
        &[("x < 0", T), ("x == 18446744073709551615", F)],
    );
}

#[test]
fn no_number_equals_nothing_not_even_itself() {
    check(
        Value::F64(f64::NAN),
        &[
            ("x == x", F),
            ("x != x", T),
            ("x < 1", F),
            ("x >= 1", F),
            ("not (x < 1)", T),
        ],
    );
    check(
        Value::F64(f64::INFINITY),
        &[("x > 1e308", T), ("x == 1", F)],
    );
}

#[test]
fn text_that_is_wholly_a_number_is_one_where_a_number_is_asked_for() {
    for x in [
        Value::Text("200"),
        Value::Formatted("200"),
        Value::Formatted("\"200\""),
    ] {
        check(
            x,
            &[
                ("x == 200", T),
                ("x >= 200.0", T),
                ("x < 100", F),
                ("x == '200'", T),
            ],
        );
    }
    check(
        Value::Formatted("200 OK"),
        &[
            ("x == 200", F),
            ("x != 200", T),
            ("x < 300", F),
            ("(x | number) == 200", T),
        ],
    );
}

#[test]
fn text_that_is_wholly_a_duration_is_one_where_a_duration_is_asked_for() {
    for x in ["1.5ms", "1500 us", "1500 \u{3bc}s", "1500000ns"] {
        check(
            Value::Formatted(x),
            &[
                ("x == 1500us", T),
                ("x > 1ms", T),
                ("x > 2ms", F),
                ("x <= 1500us", T),
            ],
        );
    }
    check(
        Value::Formatted("soon"),
        &[("x > 1ms", F), ("x <= 1ms", F), ("x != 1ms", T)],
    );
    check(Value::I64(1_500), &[("x > 1us", F), ("x < 1us", F)]);
}

#[test]
fn order_of_two_texts_holds_only_for_numbers_and_durations() {
    check(
        Value::Text("9"),
        &[("x < '10'", T), ("x > '10'", F), ("x == '9.0'", F)],
    );
    check(
        Value::Text("5 ms"),
        &[("x < '1s'", T), ("x > '1s'", F), ("x < '10'", F)],
    );
    check(Value::Text("abc"), &[("x == 'abc'", T), ("x != 'abc'", F)]);
}

#[test]
fn order_of_texts_and_booleans_never_holds() {
    let cases = [("x < x", F), ("x <= x", F), ("x >= x", F), ("x == x", T)];
    for x in [
        Value::Text("abc"),
        Value::Bool(true),
        Value::Bytes(b"a"),
        Value::Text(""),
    ] {
        check(x, &cases);
    }
}

#[test]
fn formatted_text_loses_its_quotes() {
    check(
        Value::Formatted("\"a\\tb\""),
        &[
            ("x == \"a\\tb\"", T),
            ("x == 'a'", F),
            ("x contains '\"'", F),
        ],
    );
    check(
        Value::Formatted("\"a\" and \"b\""),
        &[("x starts_with '\"'", T)],
    );
    check(
        Value::Text("\"a\""),
        &[("x == 'a'", F), ("x == '\"a\"'", T)],
    );
}

#[test]
fn booleans_equal_booleans_only() {
    check(
        Value::Bool(true),
        &[
            ("x == true", T),
            ("x == false", F),
            ("x != false", T),
            ("x == 1", F),
        ],
    );
    check(
        Value::Formatted("true"),
        &[("x == true", F), ("x == 'true'", T)],
    );
}

#[test]
fn bytes_and_errors_compare_as_what_they_are() {
    check(
        Value::Error("not found"),
        &[("x == 'not found'", T), ("x == 'found'", F)],
    );
    check(
        Value::Bytes(b"ab"),
        &[("x == 'ab'", F), ("x == x", T), ("has(x)", T)],
    );
}

#[test]
fn a_missing_value_fails_every_test_but_not_equal() {
    let cases = [
        ("x == 1", F),
        ("x != 1", T),
        ("not (x == 1)", T),
        ("x < 1", F),
        ("x <= 1", F),
        ("x > 1", F),
        ("x >= 1", F),
        ("x == x", F),
        ("x != x", T),
        ("x in [1, 2]", F),
        ("not (x in [1])", T),
        ("x contains 'a'", F),
        ("x starts_with ''", F),
        ("x ends_with ''", F),
        ("x matches ''", F),
        ("has(x)", F),
        ("not has(x)", T),
        ("x + 1 == 1", F),
    ];
    check(Value::Missing, &cases);
    check_without(&cases);
    check_without(&cases.map(|(expr, expected)| (expr, expected)));
}

#[test]
fn in_holds_for_any_of_the_values() {
    check(
        Value::Text("b"),
        &[
            ("x in ['a', 'b']", T),
            ("x in ['a', 'c']", F),
            ("x in [x]", T),
        ],
    );
    check(
        Value::U64(7),
        &[
            ("x in [1, 7.0]", T),
            ("x in ['7']", T),
            ("x in [8, 'a', true]", F),
        ],
    );
    check(
        Value::I64(1),
        &[("1 in [x, 2]", T), ("3 in [x, 2]", F), ("2 in [x, 2]", T)],
    );
}
