//! What is known about a value before any record arrives.

use super::support::{names, tree};
use crate::expr::{Ty, is_condition, type_of};

#[test]
fn types_follow_from_literals_built_ins_and_transforms() {
    for (input, expected) in [
        ("a", Ty::Unknown),
        ("1", Ty::Number),
        ("1.5", Ty::Number),
        ("1ms", Ty::Duration),
        ("1KiB", Ty::Size),
        ("'x'", Ty::Text),
        ("true", Ty::Bool),
        ("@level", Ty::Text),
        ("@line", Ty::Number),
        ("@duration", Ty::Duration),
        ("@error", Ty::Bool),
        ("@time", Ty::Unknown),
        ("a == 1", Ty::Bool),
        ("a in [1]", Ty::Bool),
        ("has(a)", Ty::Bool),
        ("not a", Ty::Bool),
        ("a | lower", Ty::Text),
        ("a | number", Ty::Number),
        ("a | duration", Ty::Duration),
        ("a | size", Ty::Size),
        ("a | class", Ty::Text),
        ("a | default(1)", Ty::Unknown),
        ("a | number | default(1)", Ty::Number),
        ("a | number | default('x')", Ty::Unknown),
        ("a | unwrap", Ty::Unknown),
        ("-a", Ty::Unknown),
        ("-(a | duration)", Ty::Duration),
    ] {
        assert_eq!(type_of(&tree(input)), expected, "{input}");
    }
}

#[test]
fn arithmetic_keeps_dimensions() {
    for (input, expected) in [
        ("1 + 2", Ty::Number),
        ("1ms + 2ms", Ty::Duration),
        ("1ms - a", Ty::Duration),
        ("a - 1ms", Ty::Duration),
        ("a + 1", Ty::Number),
        ("a + b", Ty::Unknown),
        ("1KiB + 1", Ty::Size),
        ("@duration * 2", Ty::Duration),
        ("2 * @duration", Ty::Duration),
        ("a * 2", Ty::Unknown),
        ("a * 1ms", Ty::Duration),
        ("@duration / 2", Ty::Duration),
        ("@busy / @duration", Ty::Number),
        ("1MiB / 1KiB", Ty::Number),
        ("1KiB / 2", Ty::Size),
        ("a / 1ms", Ty::Number),
        ("a / 2", Ty::Unknown),
        ("@duration / a", Ty::Unknown),
        ("'5' + 1", Ty::Number),
        ("'5ms' + 1ms", Ty::Duration),
        ("(a | lower) + 1", Ty::Number),
    ] {
        assert_eq!(type_of(&tree(input)), expected, "{input}");
    }
}

#[test]
fn what_a_record_could_satisfy_passes() {
    for input in [
        "a > 100ms",
        "a > 1KiB",
        "a == '200'",
        "a > '5'",
        "a > '5ms'",
        "@line == '5'",
        "@line <= 1KiB",
        "@duration == '5 ms'",
        "a | lower == 5",
        "a | after('x') > 5ms",
        "a == .b",
        "a == b.c",
        "a == `b`",
        "a + 1 == b",
        "a < b",
        "@message < @target",
        "a contains b",
        "a | lower contains 'x'",
        "@error",
        "@error == true",
        "not @error",
        "a or b",
        "a | default(true)",
        "a | unwrap == 4",
        "@duration > a",
        "@duration > a + 5ms",
        "@duration / 2 > 5ms",
        "@busy / @duration > 0.5",
        "status | number | class == '4xx'",
        "a - b > 1",
        "a -1 > 1",
        "1-a > 1",
        "a != 'x'",
    ] {
        assert_eq!(names(input), [""; 0], "{input}");
    }
}

#[test]
fn a_condition_is_a_truth_or_unknown() {
    for (input, expected) in [
        ("a", true),
        ("a == 1", true),
        ("true", true),
        ("@error", true),
        ("1", false),
        ("@duration", false),
        ("a | lower", false),
    ] {
        assert_eq!(is_condition(&tree(input)), expected, "{input}");
    }
}
