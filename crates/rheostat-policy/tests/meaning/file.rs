//! The file: variables, secrets, defaults, equal spellings, lint.

use rheostat_policy::diagnostic::Severity;
use rheostat_policy::model::{CheckedPolicy, Level};
use rheostat_policy::{MapEnvironment, check, first_party};

use super::{checked, findings, policy};

#[test]
fn a_policy_that_says_nothing_has_the_defaults_of_the_language() {
    let CheckedPolicy { defaults, http, .. } = policy("");
    assert_eq!(defaults.scope_level, Level::Info);
    assert_eq!(defaults.max_keys, 10_000);
    assert_eq!(defaults.max_record, 64 * 1024);
    assert_eq!(defaults.max_value, 4 * 1024);
    assert_eq!(defaults.max_label, 128);
    assert_eq!(&*defaults.missing, "");
    assert!(http.is_none());
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let text = "\u{feff}version = 1\n";
    let vocabulary = first_party::vocabulary();
    let checked = check(
        text.as_bytes(),
        "policy",
        &vocabulary,
        &MapEnvironment::new(),
    );
    assert!(checked.policy.is_some(), "{}", checked.diagnostics);
}

#[test]
fn variables_are_filled_in_and_defaults_stand_in_for_them() {
    let policy = policy(
        r#"
        [defaults]
        const_labels = { a = "x${REPLICA}y", b = "${NONE:-z}", c = "$${REPLICA}", d = "${NONE:-}" }
        "#,
    );
    let labels: Vec<(&str, &str)> = policy
        .defaults
        .const_labels
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    assert_eq!(
        labels,
        [("a", "x7y"), ("b", "z"), ("c", "${REPLICA}"), ("d", "")]
    );
}

#[test]
fn variables_do_not_reach_into_expressions() {
    assert_eq!(
        findings("[[rules]]\nmatch = { target = 'a' }\nwhere = 'x == ${REPLICA}'\nlog = {}\n"),
        ["strange-character"]
    );
}

#[test]
fn a_secret_is_read_and_not_shown() {
    let text = r#"
        [defaults]
        hash_key = { env = "TOKEN" }
        [http]
        listen = "0.0.0.0:9464"
        token = { file = "/run/secrets/token" }
    "#;
    let policy = policy(text);
    let http = policy.http.as_ref().expect("there is an endpoint");
    let token = http.token.as_ref().expect("there is a token");
    assert_eq!(token.reveal(), "from a file");
    assert!(!format!("{policy:?}").contains("hush"));
    assert!(!format!("{policy:?}").contains("from a file"));
}

#[test]
fn loopback_needs_no_token() {
    for listen in ["127.0.0.1:0", "127.8.9.1:1", "[::1]:9464", "localhost:9464"] {
        policy(&format!("[http]\nlisten = \"{listen}\"\n"));
    }
}

#[test]
fn equal_spellings_are_equal() {
    let spellings = [
        "count = { metric = 'a_total', of = 2 }\n",
        "count.metric = 'a_total'\ncount.of = 2\n",
        "[rules.count]\nmetric = 'a_total'\nof = 2\n",
        "[[rules.count]]\nmetric = 'a_total'\nof = 2\n",
        "count = [{ metric = 'a_total', of = 2 }]\n",
        "count = {\n  metric = 'a_total',\n  of = 2,\n}\n",
    ];
    for spelling in spellings {
        let policy = policy(&format!(
            "[[rules]]\nmatch = {{ target = 'a' }}\n{spelling}"
        ));
        let action = &policy.rules[0].actions[0];
        assert_eq!(action.name, "count");
        assert_eq!(
            action.args.expr("of").map(ToString::to_string).as_deref(),
            Some("2"),
            "{spelling}"
        );
    }
}

#[test]
fn lint_silences_notes_and_makes_them_errors() {
    let rule = "[[rules]]\nmatch = { target = 'a' }\ncount = { metric = 'a' }\n";
    assert_eq!(findings(rule), ["counter-suffix"]);
    assert!(findings(&format!("[lint]\nallow = ['RH406']\n{rule}")).is_empty());
    let denied = checked(&format!("[lint]\ndeny = ['counter-suffix']\n{rule}"));
    assert!(denied.policy.is_none());
    assert_eq!(denied.diagnostics.items[0].severity, Severity::Error);
}

#[test]
fn several_mistakes_show_in_one_run() {
    let found = findings(
        r#"
        [defaults]
        max_record = "64 KB"
        [sinks.a]
        type = "flie"
        [[rules]]
        match = { tagret = "a" }
        where = "a && b"
        log = { sink = "a", fields = 5 }
        "#,
    );
    assert_eq!(
        found,
        [
            "bad-size",
            "unknown-sink-type",
            "unknown-key",
            "double-ampersand",
            "wrong-type"
        ]
    );
}

#[test]
fn a_mistake_in_toml_hides_no_mistake_in_values() {
    let found = findings("[defaults]\nmax_record = '64 KB'\nmissing = none\n");
    assert_eq!(found, ["bad-size", "toml-syntax"]);
}

#[test]
fn places_count_from_the_start_of_the_text_in_escaped_strings() {
    let checked =
        checked("[[rules]]\nmatch = { target = 'a' }\nwhere = \"x == \\\"é\\\" && y\"\nlog = {}\n");
    let item = &checked.diagnostics.items[0];
    let source = &checked.diagnostics.source;
    assert_eq!(&source.text[item.primary.place.range()], "&&");
    assert_eq!(
        source.line_column(item.primary.place.start as usize),
        (4, 21)
    );
}

#[test]
fn findings_as_json_are_json() {
    let found = checked("[sinks.a]\ntype = \"fl\\\"ie\"\n");
    let json: serde_json::Value =
        serde_json::from_str(&found.diagnostics.to_json()).expect("it is JSON");
    assert_eq!(json[0]["code"], "RH501");
    assert_eq!(json[0]["primary"]["line"], 3);
    assert_eq!(json[0]["primary"]["column"], 8);
}

#[test]
fn a_mistake_in_an_endless_line_is_shown_by_its_place_alone() {
    let checked = checked(&format!(
        "[defaults]\nmissing = \"{}\"\nmax_keys = 0\nredact = [ {}\"***\" ]\n",
        "x".repeat(70_000),
        " ".repeat(70_000)
    ));
    let printed = checked.diagnostics.to_string();
    assert!(printed.contains("policy:5:70013"), "{printed}");
    assert!(printed.contains("4 | max_keys = 0"), "{printed}");
    assert!(printed.len() < 2_000);
}
