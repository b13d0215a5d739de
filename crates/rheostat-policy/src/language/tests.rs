//! Every definition has a text, an example that is accepted, and a name of its own.

use std::collections::BTreeSet;

use crate::environment::MapEnvironment;
use crate::first_party;
use crate::read::{Reader, action_keys, generator_keys, mapped_keys, redaction_keys};
use crate::toml::parse_value;
use crate::vocabulary::{KeyDef, Type};

use super::*;

/// Every table of the language, under the name that a failure shows.
fn tables() -> Vec<(String, Vec<KeyDef>)> {
    let mut out = vec![
        ("the file".to_owned(), top_keys()),
        ("selector".to_owned(), selector_keys()),
        ("rule".to_owned(), rule_keys()),
        ("group".to_owned(), group_keys()),
        ("metric".to_owned(), metric_keys()),
        ("sink".to_owned(), sink_keys()),
        ("buckets".to_owned(), generator_keys()),
        ("label".to_owned(), mapped_keys()),
        ("redact".to_owned(), redaction_keys()),
    ];
    let vocabulary = first_party::vocabulary();
    for def in &vocabulary.actions {
        out.push((def.name.to_owned(), action_keys(def)));
    }
    for def in &vocabulary.sinks {
        out.push((format!("sink {}", def.name), def.keys.clone()));
    }
    let mut at = 0;
    while at < out.len() {
        let (name, keys) = out[at].clone();
        for key in keys {
            inner(&key.ty, &format!("{name}.{}", key.name), &mut out);
        }
        at += 1;
    }
    out
}

fn inner(ty: &Type, name: &str, out: &mut Vec<(String, Vec<KeyDef>)>) {
    match ty {
        Type::Table(keys) => out.push((name.to_owned(), keys.clone())),
        Type::AnyOf(types) => types.iter().for_each(|ty| inner(ty, name, out)),
        Type::List(ty) | Type::OneOrMany(ty) | Type::Named(ty) | Type::OrFalse(ty) => {
            inner(ty, name, out);
        }
        _ => {}
    }
}

#[test]
fn every_key_has_a_text_and_a_name_of_its_own() {
    for (table, keys) in tables() {
        let mut names = BTreeSet::new();
        for key in keys {
            assert!(
                names.insert(key.name),
                "{table} has two keys `{}`",
                key.name
            );
            assert!(!key.doc.is_empty(), "{table}.{} has no text", key.name);
            assert!(
                !key.doc.ends_with('.'),
                "{table}.{} ends in a full stop",
                key.name
            );
        }
    }
}

#[test]
fn every_example_and_every_default_is_accepted() {
    let vocabulary = first_party::vocabulary();
    let env = MapEnvironment::new()
        .with_var("HASH_KEY", "hush")
        .with_var("METRICS_TOKEN", "hush")
        .with_var("PASSWORD", "hush")
        .with_var("TOKEN", "hush");
    for (table, keys) in tables() {
        for key in keys {
            for text in std::iter::once(key.example).chain(key.default) {
                let node = parse_value(text);
                let node =
                    node.unwrap_or_else(|| panic!("{table}.{}: {text} is no TOML", key.name));
                let mut reader = Reader::new(text, &vocabulary, &env);
                // What is refused for later only is right otherwise.
                reader.disabled = true;
                // What stands there has keys of the vocabulary too.
                if !matches!(key.name, "rules" | "sinks") {
                    reader.judge(&node, &key.ty, key.name);
                }
                let errors = reader.errors();
                assert_eq!(errors, 0, "{table}.{}: {text} is refused", key.name);
            }
        }
    }
}

#[test]
fn every_action_and_every_sink_type_has_a_text() {
    let vocabulary = first_party::vocabulary();
    let actions = vocabulary.actions.iter().map(|def| (def.name, def.doc));
    let sinks = vocabulary.sinks.iter().map(|def| (def.name, def.doc));
    for (name, doc) in actions.chain(sinks) {
        assert!(!doc.is_empty() && !doc.ends_with('.'), "{name}");
    }
}
