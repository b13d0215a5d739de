//! `+ - * /` and unary `-`, with units.

use super::check;
use crate::value::Value;

#[test]
fn whole_numbers_stay_exact_as_long_as_they_can() {
    check(
        Value::I64(7),
        &[
            ("x + 1", "8"),
            ("x - 8", "-1"),
            ("x * 2", "14"),
            ("x / 7", "1"),
            ("x / 2", "3.5"),
            ("-x", "-7"),
            ("x + 0.5", "7.5"),
            ("x / 0", "-"),
            ("x / 0.0", "-"),
            ("2 + x * 3", "23"),
            ("(2 + x) * 3", "27"),
            ("x - 1 - 1", "5"),
        ],
    );
    check(Value::U64(u64::MAX), &[("x + 1", "18446744073709551616")]);
    check(Value::I128(i128::MAX), &[("x + 1 > x", "true")]);
    check(Value::F64(0.5), &[("x * 4", "2"), ("-x", "-0.5")]);
}

#[test]
fn text_counts_as_the_number_it_is() {
    check(Value::Formatted("20"), &[("x + 1", "21"), ("-x", "-20")]);
    check(
        Value::Formatted("2ms"),
        &[("x + 1ms", "3ms"), ("x * 2", "4ms")],
    );
    check(Value::Text("abc"), &[("x + 1", "-"), ("-x", "-")]);
    check(Value::Bool(true), &[("x + 1", "-")]);
}

#[test]
fn durations_keep_their_unit() {
    check(
        Value::I64(3),
        &[
            ("2s + 500ms", "2.5s"),
            ("2s - 500ms", "1.5s"),
            ("2s * x", "6s"),
            ("x * 2s", "6s"),
            ("6s / x", "2s"),
            ("6s / 2s", "3"),
            ("-2s", "-2s"),
            ("2s * 0.5", "1s"),
            ("x / 2s", "-"),
            ("2s + x", "-"),
            ("2s / 0", "-"),
            ("2s / 0s", "-"),
        ],
    );
}

#[test]
fn units_that_do_not_fit_give_nothing() {
    check(
        Value::Duration(5),
        &[("x * x", "-"), ("x + 1KiB", "-"), ("1KiB / x", "-")],
    );
    check(
        Value::Size(5),
        &[("x + 1s", "-"), ("x - 6", "-1"), ("10 / x", "2")],
    );
}

#[test]
fn sizes_are_bytes() {
    check(
        Value::U64(1_024),
        &[
            ("1KiB + 1", "1025"),
            ("1KiB == x", "true"),
            ("x + 1KiB", "2048"),
            ("2KiB / 1KiB", "2"),
            ("1KiB - 2KiB", "-1024"),
            ("1KiB * 2", "2048"),
            ("-1KiB", "-1024"),
        ],
    );
}
