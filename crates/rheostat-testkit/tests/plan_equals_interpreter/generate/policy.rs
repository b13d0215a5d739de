//! Random policies: a few rules, some in groups, some disabled or in shadow.

use proptest::prelude::*;

use super::action::{Around, action, written};
use super::expression::{Reads, condition};
use super::one_of;

/// Keys of a selector besides its kind.
fn keys() -> impl Strategy<Value = Vec<String>> {
    let key = prop_oneof![
        3 => one_of(&[
            "target = 'app::**'", "target = 'app::db'", "target = '{app,lib}::*'",
            "target = '**::db'", "target = ['lib', 'app']",
        ]),
        1 => one_of(&["module = 'app::**'", "module = 'app::db'"]),
        2 => one_of(&[
            "level = 'info'", "level = '=debug'", "level = ['warn', 'trace']", "level = 'trace'",
        ]),
        1 => one_of(&["file = 'db.rs'", "file = 'src/*.rs'", "file = 'http/*.rs'"]),
        1 => one_of(&["line = 41", "line = '10..50'"]),
        1 => one_of(&[
            "fields = ['status']", "fields = ['http.*', 'a']", "fields = ['!b']",
            "fields = ['a', '!tenant']",
        ]),
    ];
    prop::collection::vec(key, 0..3).prop_map(|mut keys| {
        keys.sort_by_key(|key| key.split(' ').next().unwrap_or_default().to_owned());
        keys.dedup_by_key(|key| key.split(' ').next().unwrap_or_default().to_owned());
        keys
    })
}

fn selector(kind: Option<bool>) -> impl Strategy<Value = String> {
    let kind = match kind {
        Some(true) => one_of(&[
            "span = '*'",
            "span = 'outer'",
            "span = 'in*'",
            "span = ['request', 'outer']",
        ])
        .boxed(),
        Some(false) => one_of(&[
            "event = '*'",
            "event = 'e*'",
            "event = 'event src/db.rs:41'",
        ])
        .boxed(),
        None => Just(String::new()).boxed(),
    };
    (kind, keys()).prop_map(|(kind, mut keys)| {
        if !kind.is_empty() {
            keys.push(kind);
        }
        if keys.is_empty() {
            keys.push("level = 'trace'".to_owned());
        }
        format!("{{ {} }}", keys.join(", "))
    })
}

/// The head of a rule or a group: everything but its actions.
#[derive(Clone, Debug)]
struct Head {
    kind: Option<bool>,
    within: bool,
    text: String,
}

fn head(kind: Option<bool>, grouped: bool) -> impl Strategy<Value = Head> {
    let except = prop::option::weighted(0.2, selector(Some(kind == Some(true))));
    let within = prop::option::weighted(0.35, selector(Some(true)));
    let drop = prop::option::weighted(0.1, one_of(&["true", "['stream']", "['count', 'gauge']"]));
    let more = (
        prop::option::weighted(0.06, Just("shadow = true".to_owned())),
        prop::option::weighted(0.06, Just("enabled = false".to_owned())),
    );
    (selector(kind), except, within, drop, more).prop_flat_map(
        move |(matches, except, within, drop, (shadow, disabled))| {
            let has_within = within.is_some();
            let line =
                |key: &str, value: Option<String>| value.map(|value| format!("{key} = {value}"));
            let mut lines = vec![format!("match = {matches}")];
            lines.extend(line("except", except));
            lines.extend(line("within", within));
            if !grouped {
                lines.extend(line("drop", drop));
                lines.extend(shadow);
            }
            lines.extend(disabled);
            let reads = Reads {
                within: has_within,
                close: kind == Some(true),
            };
            prop::option::weighted(0.6, condition(reads)).prop_map(move |condition| {
                let mut lines = lines.clone();
                lines.extend(condition.map(|condition| written("where", &condition)));
                Head {
                    kind,
                    within: has_within,
                    text: lines.join("\n") + "\n",
                }
            })
        },
    )
}

fn kind() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![1 => Just(None), 2 => Just(Some(true)), 1 => Just(Some(false))]
}

fn rule(number: usize) -> impl Strategy<Value = String> {
    let grouped = prop::option::weighted(0.2, Just(()));
    (kind(), grouped).prop_flat_map(move |(kind, grouped)| {
        (head(kind, false), Just(grouped)).prop_flat_map(move |(head, grouped)| {
            let around = |at| Around {
                number: 2 * number + at,
                kind: head.kind,
                within: head.within,
            };
            let actions = (
                action(around(0)),
                prop::option::weighted(0.4, action(around(1))),
            );
            actions.prop_map(move |(first, second)| {
                let group = if grouped.is_some() {
                    "group = 'some'\n"
                } else {
                    ""
                };
                let (head, second) = (&head.text, second.unwrap_or_default());
                format!("[[rules]]\nname = 'r{number}'\n{group}{head}{first}{second}")
            })
        })
    })
}

fn group() -> impl Strategy<Value = String> {
    let labels = one_of(&["", "", "labels = { of_group = 'status' }\n"]);
    (head(None, true), labels)
        .prop_map(|(head, labels)| format!("[groups.some]\n{}{labels}", head.text))
}

const SINKS: &str = "[sinks.lake]\ntype = 'stdout'\n[sinks.pond]\ntype = 'stderr'\nformat = 'json'\n\
    [sinks.side]\ntype = 'stdout'\nformat = 'logfmt'\n";

/// A policy text with a few rules.
pub(crate) fn policy() -> impl Strategy<Value = String> {
    let scope = one_of(&[
        "",
        "scope_level = 'debug'\n",
        "scope_level = 'warn'\n",
        "missing = 'none'\n",
    ]);
    let maybe = |number: usize| prop::option::of(rule(number));
    (scope, group(), (rule(0), maybe(1), maybe(2), maybe(3))).prop_map(
        |(scope, group, (first, second, third, fourth))| {
            let others = [second, third, fourth].into_iter().flatten();
            let rules: String = std::iter::once(first).chain(others).collect();
            let group = if rules.contains("group = 'some'") {
                group
            } else {
                String::new()
            };
            format!("version = 1\n[defaults]\n{scope}{SINKS}{group}{rules}")
        },
    )
}
