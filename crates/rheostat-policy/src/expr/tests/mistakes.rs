//! What is said about wrong texts, and that the offered edits are right.

use super::support::{fixed, names, problems, summary};
use crate::codes::NOT_IN_THIS_BUILD;
use crate::diagnostic::Severity;
use crate::expr::codes::TABLES;

/// A wrong text, the names of all that is said about it, and the text after the first edit, if one is offered.
const MISTAKES: &[(&str, &[&str], &str)] = &[
    ("", &["empty-expression"], ""),
    ("  # only a comment", &["empty-expression"], ""),
    ("a > 1 ;", &["strange-character"], "a > 1 "),
    ("a ≤ 5", &["strange-character"], "a <= 5"),
    (
        "a == “x”",
        &["strange-character", "strange-character"],
        "a == \"x”",
    ),
    (
        "a == ${REGION}",
        &["strange-character"],
        "a == env('REGION')",
    ),
    ("a == ?", &["strange-character"], ""),
    ("a == 'x", &["unterminated-text"], "a == 'x'"),
    ("a == \"x", &["unterminated-text"], "a == \"x\""),
    ("a == \"x\\", &["unterminated-text"], "a == \"x\\\\\""),
    (r#"a matches "\d+""#, &["bad-escape"], r"a matches '\d+'"),
    (r#"a == "\r""#, &["bad-escape"], r#"a == "\u{d}""#),
    (r#"a == "\n\d""#, &["bad-escape"], r#"a == "\n\\d""#),
    (
        r#"a == "\u{110000}""#,
        &["bad-escape"],
        r#"a == "\\u{110000}""#,
    ),
    ("`a-b > 1", &["unterminated-name"], "`a-b > 1`"),
    ("`` > 1", &["unterminated-name"], ""),
    ("a > 0x1F", &["bad-number"], "a > 31"),
    ("a > .5", &["bad-number"], "a > 0.5"),
    ("a > 5.", &["bad-number"], "a > 5"),
    ("a > 1__0", &["bad-number"], "a > 10"),
    ("a > 1_", &["bad-number"], "a > 1"),
    ("a > 5parsecs", &["unknown-unit"], ""),
    ("a > 5sec", &["unknown-unit"], "a > 5s"),
    ("a > 5minutes", &["unknown-unit"], "a > 5m"),
    ("a > 5mb", &["unknown-unit"], "a > 5MB"),
    ("a > 5KB", &["unknown-unit"], "a > 5kB"),
    ("a > 5M", &["unknown-unit"], "a > 5MiB"),
    ("a > 5 ms", &["spaced-unit"], "a > 5ms"),
    ("a > 64 KiB", &["spaced-unit"], "a > 64KiB"),
    ("a > 5 minutes", &["spaced-unit"], "a > 5m"),
    ("a && b", &["double-ampersand"], "a and b"),
    ("a&&b", &["double-ampersand"], "a and b"),
    ("a || b", &["double-bar"], "a or b"),
    ("!a", &["exclamation-mark"], "not a"),
    ("!(a > 1)", &["exclamation-mark"], "not (a > 1)"),
    ("a = 1", &["single-equals"], "a == 1"),
    ("a === 1", &["foreign-comparison"], "a == 1"),
    ("a !== 1", &["foreign-comparison"], "a != 1"),
    ("a <> 1", &["foreign-comparison"], "a != 1"),
    ("a =< 1", &["foreign-comparison"], "a <= 1"),
    ("a => 1", &["foreign-comparison"], "a >= 1"),
    ("a =~ '^x'", &["foreign-operator"], "a matches '^x'"),
    ("a !~ '^x'", &["foreign-operator"], ""),
    ("a % 2 == 0", &["foreign-operator"], ""),
    ("a > +5", &["foreign-operator"], "a > 5"),
    ("a & b", &["foreign-operator"], "a and b"),
    ("a > 1 .", &["stray-dot"], "a > 1 "),
    (
        "@target == shop::db",
        &["bare-path"],
        "@target == 'shop::db'",
    ),
    ("(a > 1", &["unbalanced-parenthesis"], "(a > 1)"),
    ("a > 1)", &["unbalanced-parenthesis"], "a > 1"),
    ("a in [1, 2", &["unbalanced-parenthesis"], "a in [1, 2]"),
    ("a in [1, 2)", &["unbalanced-parenthesis"], "a in [1, 2]"),
    ("a in [1 2]", &["missing-comma"], "a in [1, 2]"),
    (
        "a | replace('x' 'y') == 'z'",
        &["missing-comma"],
        "a | replace('x', 'y') == 'z'",
    ),
    ("has(a", &["unbalanced-parenthesis"], "has(a)"),
    ("a > 1 b > 2", &["trailing-input"], "a > 1 and b > 2"),
    ("user id == 5", &["trailing-input"], "`user id` == 5"),
    ("a >", &["missing-value"], ""),
    ("a > and b", &["missing-value"], ""),
    ("> 5", &["missing-value"], ""),
    ("in == 5", &["missing-value"], "`in` == 5"),
    ("()", &["missing-value"], ""),
    ("[1]", &["missing-value"], ""),
    ("a or", &["missing-value"], ""),
    (
        "a startswith 'x'",
        &["unknown-operator"],
        "a starts_with 'x'",
    ),
    ("a like 'x'", &["unknown-operator"], "a matches 'x'"),
    ("a is 5", &["unknown-operator"], "a == 5"),
    ("a AND b", &["unknown-operator"], "a and b"),
    ("a contians 'x'", &["unknown-operator"], "a contains 'x'"),
    ("1 < a < 5", &["chained-comparison"], "(1 < a and a < 5)"),
    (
        "a == b == c",
        &["chained-comparison"],
        "(a == b and b == c)",
    ),
    (
        "1 < a < 5 < b",
        &["chained-comparison"],
        "(1 < a and a < 5 and 5 < b)",
    ),
    ("a not in [1]", &["misplaced-not"], "not a in [1]"),
    (
        "b and a not contains 'x'",
        &["misplaced-not"],
        "b and not a contains 'x'",
    ),
    ("a == not b", &["misplaced-not"], "a == (not b)"),
    ("a in (1, 2)", &["list-expected"], "a in [1, 2]"),
    ("a in 'x'", &["list-expected"], "a in ['x']"),
    ("a in []", &["empty-list"], ""),
    ("has('a')", &["bad-has"], "has(a)"),
    ("has a", &["bad-has"], "has(a)"),
    ("has(a, b)", &["bad-has"], "(has(a) and has(b))"),
    ("has(a > 1)", &["bad-has"], ""),
    ("has()", &["bad-has"], ""),
    ("span('request')", &["bad-span-reference"], ""),
    (
        "span(request).a > 1",
        &["bad-span-reference"],
        "span('request').a > 1",
    ),
    ("span().a > 1", &["bad-span-reference"], ""),
    ("@durtion > 1s", &["unknown-built-in"], "@duration > 1s"),
    ("@latency > 1s", &["unknown-built-in"], "@duration > 1s"),
    ("@status > 1", &["unknown-built-in"], "status > 1"),
    ("@ > 1", &["unknown-built-in"], ""),
    ("@since > 1s", &["unknown-built-in"], ""),
    (
        "a | lowercase == 'x'",
        &["unknown-transform"],
        "a | lower == 'x'",
    ),
    (
        "a | trunc(5) == 'x'",
        &["unknown-transform"],
        "a | truncate(5) == 'x'",
    ),
    ("a | frobnicate == 'x'", &["unknown-transform"], ""),
    ("a | > 1", &["unknown-transform"], ""),
    (
        "lower(a) == 'x'",
        &["unknown-function"],
        "(a | lower) == 'x'",
    ),
    (
        "before(a, '?') == 'x'",
        &["unknown-function"],
        "(a | before('?')) == 'x'",
    ),
    ("exists(a)", &["unknown-function"], "has(a)"),
    ("frobnicate(a)", &["unknown-function"], ""),
    (
        "a | lower('x') == 'x'",
        &["argument-count"],
        "a | lower == 'x'",
    ),
    ("a | truncate == 'x'", &["argument-count"], ""),
    ("a | replace('x') == 'x'", &["argument-count"], ""),
    (
        "a | truncate('5') == 'x'",
        &["argument-type"],
        "a | truncate(5) == 'x'",
    ),
    ("a | truncate(-5) == 'x'", &["argument-type"], ""),
    (
        "a | before(b) == 'x'",
        &["argument-type"],
        "a | before('b') == 'x'",
    ),
    (
        "a | default(b) == 'x'",
        &["argument-type"],
        "a | default('b') == 'x'",
    ),
    ("a matches '('", &["bad-regex"], ""),
    ("a matches 'x{1000}{1000}{1000}'", &["bad-regex"], ""),
    (
        "a | capture('x') == 'x'",
        &["capture-groups"],
        "a | capture('(x)') == 'x'",
    ),
    ("a | capture('(x)(y)') == 'x'", &["capture-groups"], ""),
    ("a matches b", &["regex-expected"], "a matches 'b'"),
    ("a == env('NOPE')", &["missing-variable"], ""),
    ("a == env(REGION)", &["bad-env"], "a == env('REGION')"),
    ("a == env()", &["bad-env"], ""),
    ("log.target == 'x'", &["log-field"], "@target == 'x'"),
    ("has(log.line)", &["log-field"], "has(@line)"),
    ("log.other == 1", &["log-field"], ""),
    (
        "a > 170141183460469231731687303715884105728",
        &["literal-too-large"],
        "",
    ),
    ("a > 1e999", &["literal-too-large"], ""),
    ("a > 999999999w", &["literal-too-large"], ""),
    ("a > 99999999999999GiB", &["literal-too-large"], ""),
    ("5", &["not-a-condition"], ""),
    ("not 5", &["not-a-condition"], ""),
    ("a and 'x'", &["not-a-condition"], ""),
    ("a and 'true'", &["not-a-condition"], "a and true"),
    (
        "a or @duration",
        &["not-a-condition"],
        "a or has(@duration)",
    ),
    ("100ms + 1KiB > a", &["mixed-dimensions"], ""),
    (
        "@duration + 5 > 1s",
        &["mixed-dimensions"],
        "@duration + 5ms > 1s",
    ),
    ("@duration * @busy > 1s", &["mixed-dimensions"], ""),
    (
        "@duration > 100",
        &["never-comparable"],
        "@duration > 100ms",
    ),
    ("100ms == 'x'", &["never-comparable"], ""),
    (
        "@duration == '5 minutes'",
        &["never-comparable"],
        "@duration == 5m",
    ),
    ("@error == 'true'", &["never-comparable"], "@error == true"),
    ("@error == 1", &["never-comparable"], ""),
    ("@line in [1, 'x']", &["never-comparable"], ""),
    ("a < 'x'", &["no-order"], ""),
    ("@error > false", &["no-order"], ""),
    (
        "@level >= 'warn'",
        &["no-order"],
        "@level in ['error', 'warn']",
    ),
    ("a contains 5", &["not-text"], "a contains '5'"),
    ("5 contains a", &["not-text"], "'5' contains a"),
    ("@error matches 'x'", &["not-text"], ""),
    ("true + 1 > a", &["not-a-quantity"], ""),
    ("-'x' > a", &["not-a-quantity"], ""),
    (
        "@duration | number > a",
        &["unfit-transform"],
        "@duration > a",
    ),
    ("@error | class == 'x'", &["unfit-transform"], ""),
    ("a-b > 1", &["dashed-name"], "`a-b` > 1"),
    ("a-b-c > 1", &["dashed-name"], "`a-b-c` > 1"),
    (".a-b > 1", &["dashed-name"], ".`a-b` > 1"),
    ("'uri' != '/health'", &["constant-test"], "uri != '/health'"),
    ("a > 1ms2s", &["bad-duration"], ""),
    ("a > 0.5ns", &["bad-duration"], ""),
    ("a > 0.5B", &["bad-size"], ""),
    ("@cpu > 1ms", &["not-in-this-build"], ""),
    ("@since.start > 1ms", &["not-in-this-build"], ""),
    ("a == null", &["no-null"], "not has(a)"),
    ("b and a != None", &["no-null"], "b and has(a)"),
    ("a + 1 == nil", &["no-null"], ""),
    ("a == True", &["boolean-case"], "a == true"),
    ("not FALSE", &["boolean-case"], "not false"),
    ("a == b", &["bare-word"], "a == 'b'"),
    ("a | lower == b", &["bare-word"], "a | lower == 'b'"),
    ("a in [GET, 'POST']", &["bare-word"], "a in ['GET', 'POST']"),
    (
        "@level == 'INFO'",
        &["outside-vocabulary"],
        "@level == 'info'",
    ),
    (
        "'Spans' != @kind",
        &["outside-vocabulary"],
        "'span' != @kind",
    ),
    (
        "@level in [\"warning\", 'trce']",
        &["outside-vocabulary", "outside-vocabulary"],
        "@level in [\"warn\", 'trce']",
    ),
    // Several at once.
    (
        "a && b || !c",
        &["double-ampersand", "double-bar", "exclamation-mark"],
        "a and b || !c",
    ),
    (
        "a = 1 and b === 2 and @durtion > 5sec",
        &[
            "single-equals",
            "foreign-comparison",
            "unknown-built-in",
            "unknown-unit",
        ],
        "a == 1 and b === 2 and @durtion > 5sec",
    ),
];

#[test]
fn each_mistake_is_named() {
    let mut wrong = Vec::new();
    for (input, expected, _) in MISTAKES {
        if names(input) != *expected {
            wrong.push(format!("`{input}`: {}", summary(&problems(input))));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_first_edit_is_the_one_expected() {
    let mut wrong = Vec::new();
    for (input, _, expected) in MISTAKES {
        let found = problems(input);
        let edited = found.first().and_then(|problem| fixed(input, problem));
        let edited = edited.unwrap_or_default();
        if edited != *expected {
            wrong.push(format!("`{input}` became `{edited}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_edit_removes_the_mistake_it_belongs_to() {
    let mut wrong = Vec::new();
    for (input, _, _) in MISTAKES {
        for problem in problems(input) {
            let Some(edited) = fixed(input, &problem) else {
                continue;
            };
            let left = names(&edited)
                .iter()
                .filter(|name| **name == problem.name)
                .count();
            let before = names(input)
                .iter()
                .filter(|name| **name == problem.name)
                .count();
            if left >= before {
                wrong.push(format!(
                    "`{input}` became `{edited}`, still {}",
                    problem.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_single_mistake_is_gone_after_its_edit() {
    let mut wrong = Vec::new();
    for (input, expected, _) in MISTAKES {
        if expected.len() != 1 {
            continue;
        }
        let found = problems(input);
        for help in &found[0].helps {
            let Some(edit) = &help.edit else { continue };
            let mut edited = (*input).to_owned();
            edited.replace_range(edit.place.range(), &edit.with);
            let left: Vec<_> = problems(&edited)
                .into_iter()
                .filter(|problem| problem.severity == Severity::Error)
                .collect();
            if !left.is_empty() {
                wrong.push(format!("`{input}` became `{edited}`: {}", summary(&left)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_problem_says_where_and_why_and_what_to_do() {
    for (input, _, _) in MISTAKES {
        for problem in problems(input) {
            let shown = format!("`{input}`: {}", problem.message);
            assert!(input.get(problem.place.range()).is_some(), "{shown}");
            assert!(
                !problem.message.is_empty() && !problem.label.is_empty(),
                "{shown}"
            );
            assert!(!problem.message.ends_with('.'), "{shown}");
            assert!(!problem.message.starts_with(char::is_uppercase), "{shown}");
        }
    }
}

#[test]
fn every_code_of_expressions_has_a_mistake_here() {
    let covered: Vec<&str> = MISTAKES
        .iter()
        .flat_map(|(_, names, _)| names.iter().copied())
        .collect();
    let elsewhere = [
        "expression-too-long",
        "nested-too-deep",
        "bad-rate",
        "bad-ratio",
    ];
    for code in TABLES.iter().copied().flatten() {
        let glob = code.name.contains("glob")
            || [
                "unbalanced-brace",
                "bad-stars",
                "stars-within-segment",
                "too-many-alternatives",
                "empty-segment",
                "wrong-separator",
            ]
            .contains(&code.name);
        assert!(
            glob || elsewhere.contains(&code.name) || covered.contains(&code.name),
            "{} has no mistake",
            code.name
        );
    }
}

#[test]
fn codes_are_unique_and_explained() {
    let all: Vec<_> = TABLES
        .iter()
        .copied()
        .flatten()
        .chain([&NOT_IN_THIS_BUILD])
        .collect();
    for (at, code) in all.iter().enumerate() {
        assert!(
            code.code.starts_with("RH") && code.code.len() == 5,
            "{}",
            code.code
        );
        assert!(code.explain.ends_with('.'), "{}", code.name);
        assert!(
            code.name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '-'),
            "{}",
            code.name
        );
        for other in &all[at + 1..] {
            assert!(
                code.code != other.code && code.name != other.name,
                "{}",
                code.name
            );
        }
    }
}

#[test]
fn nesting_is_bounded() {
    for (open, inner, close) in [
        ("(", "a", ")"),
        ("not ", "a", ""),
        ("-", "a", ""),
        ("a in [", "a", "]"),
        ("has(", "a", ")"),
        ("", "a", " | trim"),
        ("", "a", " + a"),
        ("", "a", " * a"),
        ("- not ", "a", ""),
    ] {
        let deep = format!("{}{inner}{} == 1", open.repeat(1_000), close.repeat(1_000));
        let found = names(&deep);
        assert!(
            found.contains(&"nested-too-deep") || found.contains(&"missing-value"),
            "`{open}{close}`: {}",
            found.join(" ")
        );
    }
}

#[test]
fn length_is_bounded() {
    let long = vec!["a == 1"; 10_000].join(" and ");
    assert_eq!(names(&long), ["expression-too-long"]);
}

#[test]
fn any_bytes_are_survived() {
    let pieces = [
        "a",
        "(",
        ")",
        "[",
        "]",
        "'",
        "\"",
        "`",
        "|",
        "&&",
        "not ",
        "and ",
        "in ",
        "5",
        "ms",
        ".",
        "@",
        ",",
        "-",
        "=",
        "has(",
        "span(",
        "lower",
        "\u{0}",
        "é",
        "\\",
        "::",
        "{",
        "}",
        "#",
        "\n",
        "matches '('",
    ];
    // A small linear generator: enough to mix the pieces, the same every time.
    let mut state = 7_u32;
    for _ in 0..5_000 {
        let mut input = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 16) as usize % pieces.len();
            input.push_str(pieces[at]);
        }
        crate::fuzz::fuzz_expression(input.as_bytes());
    }
}
