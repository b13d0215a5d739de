//! Random conditions and values, typed enough that the checker lets most of them pass.

use proptest::prelude::*;

use super::{one_of, where_fit};

/// What an expression may read besides fields and facts of the callsite.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reads {
    /// `@span` and `@elapsed`: the rule has a `within`.
    pub(crate) within: bool,
    /// What is known when a span closes.
    pub(crate) close: bool,
}

/// A field, from here or around.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => one_of(&["a", "b", "status", "elapsed", "tenant", "http.route"]),
        2 => one_of(&[".a", ".status", ".tenant"]),
        2 => one_of(&["span('outer').a", "span('request').tenant", "span('inner work').status"]),
        1 => one_of(&["@message", "message"]),
    ]
}

/// A value that is a text, a number, anything: it is not known before.
fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => field(),
        1 => (field(), one_of(&["default(5)", "default('acme')", "unwrap"]))
            .prop_map(|(of, transform)| format!("{of} | {transform}")),
        1 => (field(), one_of(&["+", "-", "*", "/"]), one_of(&["2", "5", "0", "a", "status"]))
            .prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
        1 => field().prop_map(|of| format!("(-{of})")),
    ]
}

fn number(reads: Reads) -> impl Strategy<Value = String> {
    prop_oneof![
        2 => (field(), one_of(&["number", "unwrap | number", "size"]))
            .prop_map(|(of, transform)| format!("{of} | {transform}")),
        1 => Just("@line".to_owned()),
        3 => where_fit(reads.close, one_of(&["@polls", "@events"]), Just("@line".to_owned())),
    ]
}

fn duration(reads: Reads) -> impl Strategy<Value = String> {
    let of_field = || field().prop_map(|of| format!("{of} | duration"));
    prop_oneof![
        1 => of_field(),
        4 => where_fit(reads.within && !reads.close, Just("@elapsed".to_owned()), of_field()),
        8 => where_fit(reads.close, one_of(&["@duration", "@active", "@busy", "@idle"]), of_field()),
    ]
}

fn text(reads: Reads) -> impl Strategy<Value = String> {
    let transform = one_of(&[
        "lower",
        "upper",
        "trim",
        "unquote",
        "truncate(2)",
        "before('=')",
        "after('=')",
        "last('=')",
        "capture('(\\d+)')",
        "replace('[a-z]+', 'x')",
        "class",
        "unwrap | lower",
    ]);
    let place = one_of(&[
        "@level",
        "@target",
        "@module",
        "@file",
        "@name",
        "@kind",
        "@callsite",
    ]);
    prop_oneof![
        4 => (field(), transform).prop_map(|(of, transform)| format!("{of} | {transform}")),
        2 => place.clone(),
        1 => where_fit(reads.within, Just("@span".to_owned()), place),
    ]
}

fn text_literal() -> impl Strategy<Value = String> + Clone {
    one_of(&[
        "'acme'",
        "'ACME'",
        "'zeta'",
        "'info'",
        "'app::db'",
        "'src/db.rs'",
        "'outer'",
        "'event'",
        "'4xx'",
        "'2xx'",
        "'1'",
        "'2'",
        "'x'",
        "'ac'",
        "'app::db@src/db.rs:41'",
        "'e'",
        "'named'",
        "'lib/src/http/in.rs'",
        "'b=2'",
        "'a'",
    ])
}

fn test(reads: Reads) -> impl Strategy<Value = String> {
    let equality = one_of(&["==", "!="]);
    let order = one_of(&["==", "!=", "<", "<=", ">", ">="]);
    let numbers = one_of(&[
        "5", "42", "200", "-3", "0.25", "10", "41", "0", "1", "2", "1KiB",
    ]);
    let durations = one_of(&["5ms", "1.5s", "200ms", "0s", "1us"]);
    let compared = |left: BoxedStrategy<String>,
                    order: BoxedStrategy<String>,
                    right: BoxedStrategy<String>| {
        (left, order, right).prop_map(|(left, order, right)| format!("{left} {order} {right}"))
    };
    let hashed = || field().prop_map(|of| format!("{of} | hash"));
    let here = one_of(&[
        "@thread == 'tested'",
        "@thread contains 'other'",
        "@time > 1.1s",
        "@time <= 1s",
        "@trace_id == '000000000000000000000000000000a1'",
        "@trace_id starts_with '00000b'",
        "@span_id != '0000000000000002'",
        "has(@span_id)",
    ]);
    let some_text = prop_oneof![any_value().boxed(), text(reads).boxed()].boxed();
    let measures = prop_oneof![numbers.clone(), durations.clone()].boxed();
    prop_oneof![
        4 => compared(any_value().boxed(), order.clone().boxed(), measures),
        2 => compared(any_value().boxed(), equality.clone().boxed(), text_literal().boxed()),
        1 => compared(field().boxed(), equality.clone().boxed(), one_of(&["true", "false"]).boxed()),
        2 => compared(any_value().boxed(), order.clone().boxed(), any_value().boxed()),
        3 => compared(number(reads).boxed(), order.clone().boxed(), numbers.boxed()),
        3 => compared(duration(reads).boxed(), order.boxed(), durations.boxed()),
        1 => compared(hashed().boxed(), equality.clone().boxed(), hashed().boxed()),
        2 => here,
        4 => compared(text(reads).boxed(), equality.boxed(), text_literal().boxed()),
        1 => (some_text.clone(), text_literal(), text_literal())
            .prop_map(|(of, a, b)| format!("{of} in [{a}, {b}]")),
        1 => (any_value(), one_of(&["5, 42", "200, 'acme'", "5ms, 1.5s"]))
            .prop_map(|(of, list)| format!("{of} in [{list}]")),
        2 => compared(some_text.clone(),
            one_of(&["contains", "starts_with", "ends_with"]).boxed(),
            one_of(&["'a'", "'5'", "'me'", "'acme'", "'db'"]).boxed()),
        1 => compared(some_text, Just("matches".to_owned()).boxed(),
            one_of(&["'^a'", "'[0-9]+'", "'me$'"]).boxed()),
        1 => field().prop_map(|of| format!("has({of})")),
        1 => one_of(&["a", "b", "status"]),
        2 => where_fit(reads.close, one_of(&["@error", "@error == true"]), one_of(&["a", "b"])),
    ]
}

/// A condition.
pub(crate) fn condition(reads: Reads) -> impl Strategy<Value = String> {
    test(reads).prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}
