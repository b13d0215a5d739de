//! What stands behind a `|`.

use super::check;
use crate::testing::evaluated;
use crate::value::Value;

#[test]
fn transforms_of_text() {
    check(
        Value::Text("  Caf\u{c9} au Lait "),
        &[
            ("x | lower", "  caf\u{e9} au lait "),
            ("x | upper", "  CAF\u{c9} AU LAIT "),
            ("x | trim", "Caf\u{c9} au Lait"),
            ("x | trim | truncate(4)", "Caf\u{c9}"),
            ("x | trim | truncate(100)", "Caf\u{c9} au Lait"),
            ("x | trim | before(' ')", "Caf\u{c9}"),
            ("x | trim | after(' ')", "au Lait"),
            ("x | trim | last(' ')", "Lait"),
            ("x | before('#')", "-"),
            ("x | after('#')", "-"),
            ("x | last('#')", "-"),
        ],
    );
}

#[test]
fn transforms_of_text_do_not_fit_numbers() {
    check(
        Value::I64(5),
        &[
            ("x | lower", "-"),
            ("x | trim", "-"),
            ("x | truncate(1)", "-"),
            ("x | unquote", "-"),
        ],
    );
    check(
        Value::Missing,
        &[("x | lower", "-"), ("x | number", "-"), ("x | hash", "-")],
    );
}

#[test]
fn patterns_capture_and_replace() {
    check(
        Value::Formatted("took 15 ms, then 3 ms"),
        &[
            ("x | capture('took (\\d+) ms')", "15"),
            ("x | capture('took (\\d+) ms') == 15", "true"),
            ("x | capture('lost (\\d+)')", "-"),
            ("x | replace('\\d+', 'N')", "took N ms, then N ms"),
            ("x | replace('\\d+', '$0')", "took $0 ms, then $0 ms"),
            ("x | replace('zzz', 'N')", "took 15 ms, then 3 ms"),
        ],
    );
}

#[test]
fn number_reads_the_leading_number() {
    check(
        Value::Formatted("200 OK"),
        &[("x | number", "200"), ("x | number / 2", "100")],
    );
    check(Value::Text("-1.5e2x"), &[("x | number", "-150")]);
    check(Value::Text("about 5"), &[("x | number", "-")]);
    check(Value::U64(7), &[("x | number", "7")]);
    check(Value::Bool(true), &[("x | number", "-")]);
}

#[test]
fn durations_and_sizes_are_read_from_text() {
    check(
        Value::Formatted("152.3ms"),
        &[
            ("x | duration", "152.3ms"),
            ("x | duration > 100ms", "true"),
        ],
    );
    check(Value::Text("soon"), &[("x | duration", "-")]);
    check(Value::I64(5), &[("x | duration", "-")]);
    check(
        Value::Text("12.5 MB"),
        &[("x | size", "12500000"), ("x | size > 1MiB", "true")],
    );
    check(Value::Text("12.5MiB"), &[("x | size", "13107200")]);
    check(Value::Text("big"), &[("x | size", "-")]);
}

#[test]
fn a_class_is_its_hundreds() {
    check(Value::I64(404), &[("x | class", "4xx")]);
    check(Value::Formatted("503"), &[("x | class", "5xx")]);
    check(
        Value::Text("200 OK"),
        &[("x | class", "-"), ("x | number | class", "2xx")],
    );
    for odd in [
        Value::I64(7),
        Value::I64(1_000),
        Value::I64(-404),
        Value::F64(404.5),
    ] {
        check(odd, &[("x | class", "-")]);
    }
}

#[test]
fn unquote_and_unwrap_undo_debug() {
    check(Value::Text("\"a\\nb\""), &[("x | unquote", "a\nb")]);
    check(Value::Formatted("Some(\"a\")"), &[("x | unwrap", "a")]);
    check(
        Value::Formatted("Some(4)"),
        &[("x | unwrap", "4"), ("x | unwrap + 1", "5")],
    );
    check(
        Value::Formatted("None"),
        &[("x | unwrap", "-"), ("x | unwrap | default('n')", "n")],
    );
    check(Value::Formatted("plain"), &[("x | unwrap", "plain")]);
    check(Value::I64(4), &[("x | unwrap", "4")]);
}

#[test]
fn a_default_stands_in_for_what_is_missing() {
    check(
        Value::Missing,
        &[("x | default('none')", "none"), ("x | default(0) + 1", "1")],
    );
    check(
        Value::Text("a"),
        &[
            ("x | default('none')", "a"),
            ("y | default('none')", "none"),
        ],
    );
}

#[test]
fn a_hash_is_eight_digits_and_the_same_for_the_same_value() {
    let hash = |x| evaluated("x | hash", &[("x", x)]);
    let first = hash(Value::Text("acme"));
    assert_eq!(first.len(), 8);
    assert!(first.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(hash(Value::Text("acme")), first);
    assert_eq!(hash(Value::Formatted("\"acme\"")), first);
    assert_ne!(hash(Value::Text("other")), first);
    assert_eq!(evaluated("'acme' | hash", &[]), first);
}
