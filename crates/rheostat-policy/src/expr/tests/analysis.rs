//! What is certain about a condition by its own text.

use super::support::tree;
use crate::expr::{Literal, always_false, always_true, constant, implies};

#[test]
fn contradictions_are_seen() {
    for input in [
        "false",
        "not true",
        "a and false",
        "false or false",
        "1 == 2 or 'a' == 'b'",
        "a == 1 and a == 2",
        "a == 'x' and a == 'y'",
        "a == 1 and b and a == 2",
        "a == 1 and (b and a == 2)",
        "1 == a and a == 2",
        "a > 5 and a < 3",
        "a > 5 and a <= 5",
        "a > 5 and 3 > a",
        "a > 5ms and a < 3ms",
        "a == 5 and a > 7",
        "a in [1, 2] and a == 3",
        "a in ['x', 'y'] and a in ['z']",
        "a in [1, 2] and a > 7",
        "has(a) and not has(a)",
        "a == b and a != b",
        "a and not a",
        "a == true and a == false",
        "(a == 1 and a == 2) or (b == 1 and b == 2)",
        "a | lower == 'x' and a | lower == 'y'",
        "@level == 'info' and @level == 'warn'",
        "'abc' contains 'x'",
        "'abc' matches '^b'",
        "1 in [2, 3]",
        "not (a or not a)",
    ] {
        assert!(always_false(&tree(input)), "{input}");
    }
}

#[test]
fn what_some_record_satisfies_is_no_contradiction() {
    for input in [
        "a",
        "a == 1",
        "a == 1 and b == 2",
        "a == 1 or a == 2",
        "a > 5 and a < 7",
        "a >= 5 and a <= 5",
        "a > 5 and a > 3",
        "a == 5 and a >= 5",
        "a in [1, 2] and a in [2, 3]",
        "a != 1 and a != 2",
        "a == 1 and a == '1'",
        "a == '1' and a == '1.0'",
        "a == 1 and a == 1.0",
        "a > 5 and a < 3ms",
        "has(a) and not has(b)",
        "a == 1 and .a == 2",
        "a | lower == 'x' and a == 'X'",
        "true",
        "1 == 1",
        "'5' > 3",
    ] {
        assert!(!always_false(&tree(input)), "{input}");
    }
}

#[test]
fn certainties_are_seen() {
    for (input, expected) in [
        ("true", true),
        ("1 == 1", true),
        ("'a' != 'b'", true),
        ("a or true", true),
        ("a or not a", true),
        ("a == 1 or a != 1", true),
        ("not (a == 1 and a == 2)", true),
        ("'5' > 3", true),
        ("1KiB == 1024", true),
        ("'x' in ['x', 'y']", true),
        ("a", false),
        ("a == 1", false),
        ("a != 1 or b != 1", false),
    ] {
        assert_eq!(always_true(&tree(input)), expected, "{input}");
    }
}

#[test]
fn constants_are_folded() {
    for (input, expected) in [
        ("5", Some(Literal::Integer(5))),
        ("'x'", Some(Literal::Text("x".into()))),
        ("1 < 2", Some(Literal::Bool(true))),
        ("1ms > 1s", Some(Literal::Bool(false))),
        ("a", None),
        ("a == 1", None),
    ] {
        assert_eq!(constant(&tree(input)), expected, "{input}");
    }
}

#[test]
fn a_stricter_condition_implies_a_laxer_one() {
    for (first, second, expected) in [
        ("a == 1", "a == 1", true),
        ("a == 1 and b", "a == 1", true),
        ("a == 1", "a == 1 or b", true),
        ("a > 5", "a > 3", true),
        ("a > 5", "a >= 5", true),
        ("a >= 5", "a > 5", false),
        ("a > 3", "a > 5", false),
        ("a < 3", "a < 5", true),
        ("a == 7", "a > 5", true),
        ("a == 7", "a in [6, 7]", true),
        ("a in [6, 7]", "a in [6, 7, 8]", true),
        ("a in [6, 9]", "a in [6, 7, 8]", false),
        ("a == 1 or a == 2", "a in [1, 2]", true),
        ("a > 5", "b > 5", false),
        ("a", "a and b", false),
        ("a and b", "b and a", true),
        ("false", "a", true),
        ("a", "true", true),
        ("a == '7'", "a > 5", false),
    ] {
        assert_eq!(
            implies(&tree(first), &tree(second)),
            expected,
            "{first} → {second}"
        );
    }
}
