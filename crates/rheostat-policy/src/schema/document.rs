//! The whole document.

use super::tree::Json;
use super::types::{any, closed, described, list, map, of, reference, simple, table};
use crate::language::{rule_keys, selector_keys, sink_keys, top_keys};
use crate::read::{action_keys, generator_keys, mapped_keys, redaction_keys};
use crate::vocabulary::{ActionDef, KeyDef, SinkDef, Type, Vocabulary};

/// The schema of a policy for a program that links this vocabulary.
pub fn json(vocabulary: &Vocabulary) -> String {
    let keys = top_keys();
    let properties = keys
        .iter()
        .map(|key| (key.name.to_owned(), top(key)))
        .collect();
    let Json::Object(root) = closed(properties, &keys) else {
        return String::new();
    };
    let mut document = vec![
        (
            "$schema".to_owned(),
            Json::text("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title".to_owned(), Json::text("A policy of Rheostat")),
    ];
    document.extend(root);
    document.push(("$defs".to_owned(), definitions(vocabulary)));
    Json::Object(document).pretty()
}

/// The big tables are definitions of their own.
fn top(key: &KeyDef) -> Json {
    let schema = match key.name {
        "rules" => list(reference("rule")),
        "sinks" => map(reference("sink")),
        _ => return described(key),
    };
    schema.with("description", Json::text(key.doc))
}

fn definitions(vocabulary: &Vocabulary) -> Json {
    let mut out = vec![
        ("rule".to_owned(), rule(vocabulary)),
        ("selector".to_owned(), table(&selector_keys())),
        ("labels".to_owned(), labels()),
        ("mapped".to_owned(), table(&mapped_keys())),
        ("secret".to_owned(), secret()),
        ("redaction".to_owned(), redaction()),
        ("buckets".to_owned(), buckets()),
        ("sink".to_owned(), sink(vocabulary)),
    ];
    for def in &vocabulary.actions {
        out.push((format!("action.{}", def.name), action(def)));
    }
    for key in sink_keys() {
        out.push((format!("sink-key.{}", key.name), described(&key)));
    }
    for def in &vocabulary.sinks {
        out.push((format!("sink.{}", def.name), sink_of(def)));
    }
    Json::Object(out)
}

fn rule(vocabulary: &Vocabulary) -> Json {
    let keys = rule_keys();
    let mut properties: Vec<(String, Json)> = keys
        .iter()
        .map(|key| (key.name.to_owned(), described(key)))
        .collect();
    for def in &vocabulary.actions {
        let one = reference(&format!("action.{}", def.name));
        let doc = if def.not_in_this_build {
            format!("{} (not in this build yet)", def.doc)
        } else {
            def.doc.to_owned()
        };
        properties.push((
            def.name.to_owned(),
            any(vec![one.clone(), list(one)]).with("description", Json::text(doc)),
        ));
    }
    closed(properties, &keys)
}

fn action(def: &ActionDef) -> Json {
    let whole = table(&action_keys(def));
    match def.short_form() {
        Some(key) => any(vec![of(&key.ty), whole]),
        None => whole,
    }
}

fn sink(vocabulary: &Vocabulary) -> Json {
    let types: Vec<&str> = vocabulary.sinks.iter().map(|def| def.name).collect();
    let each = vocabulary
        .sinks
        .iter()
        .map(|def| reference(&format!("sink.{}", def.name)))
        .collect();
    simple("object")
        .with(
            "properties",
            Json::object([("type", Json::object([("enum", Json::words(&types))]))]),
        )
        .with("required", Json::words(&["type"]))
        .with("oneOf", Json::List(each))
}

fn sink_of(def: &SinkDef) -> Json {
    let common = sink_keys();
    let keys: Vec<KeyDef> = common
        .iter()
        .filter(|key| key.name != "format" || !def.formats.is_empty())
        .cloned()
        .chain(def.keys.iter().cloned())
        .collect();
    let properties = keys
        .iter()
        .map(|key| {
            let schema = match key.name {
                "type" => Json::object([("const", Json::text(def.name))]),
                "format" => Json::object([("enum", Json::words(&def.formats))])
                    .with("description", Json::text(key.doc)),
                name if common.iter().any(|one| one.name == name) => {
                    reference(&format!("sink-key.{name}"))
                }
                _ => described(key),
            };
            (key.name.to_owned(), schema)
        })
        .collect();
    closed(properties, &keys).with("description", Json::text(def.doc))
}

fn labels() -> Json {
    let one = of(&Type::Mapped);
    any(vec![
        list(any(vec![simple("string"), map(one.clone())])),
        map(one),
    ])
}

fn secret() -> Json {
    let one = |key: &str| {
        Json::object([
            ("type", Json::text("object")),
            ("properties", Json::object([(key, simple("string"))])),
            ("required", Json::words(&[key])),
            ("additionalProperties", Json::Bool(false)),
        ])
    };
    any(vec![one("env"), one("file")])
}

fn redaction() -> Json {
    let one = |key: &str| Json::object([("required", Json::words(&[key]))]);
    table(&redaction_keys()).with("oneOf", Json::List(vec![one("field"), one("pattern")]))
}

fn buckets() -> Json {
    let word = Json::object([("const", Json::text("exponential"))]);
    let bounds =
        list(any(vec![simple("number"), simple("string")])).with("minItems", Json::Integer(1));
    any(vec![word, bounds, table(&generator_keys())])
}
