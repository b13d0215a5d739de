//! The schema of one type, and of one table.

use super::tree::Json;
use crate::vocabulary::{KeyDef, Type};

const DURATION: &str = r"^([0-9][0-9_]*(\.[0-9_]+)?(ns|us|µs|μs|ms|s|m|h|d|w))+$";
const SIZE: &str = r"^[0-9][0-9_]*(\.[0-9_]+)?(B|kB|MB|GB|KiB|MiB|GiB)$";
const RATE: &str = r"^[0-9][0-9_]*(\.[0-9_]+)?/(s|m|h)$";
const RATIO: &str = r"^[0-9][0-9_]*(\.[0-9_]+)?(/[0-9][0-9_]*(\.[0-9_]+)?)?$";
const MOMENT: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})$";
const LINES: &str = r"^ *[0-9]+ *(\.\.=? *[0-9]+ *)?$";
const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];

/// A string that is expanded may be anything before it is.
const EXPANDED: &str = r"\$\{";

/// The schema of a table with these keys and no others.
pub(super) fn table(keys: &[KeyDef]) -> Json {
    let properties = keys
        .iter()
        .map(|key| (key.name.to_owned(), described(key)))
        .collect();
    closed(properties, keys)
}

/// A closed object; what its keys demand of each other comes from the definitions.
pub(super) fn closed(properties: Vec<(String, Json)>, keys: &[KeyDef]) -> Json {
    let required: Vec<&str> = keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    let mut out = Json::object([
        ("type", Json::text("object")),
        ("properties", Json::Object(properties)),
        ("additionalProperties", Json::Bool(false)),
    ]);
    if !required.is_empty() {
        out = out.with("required", Json::words(&required));
    }
    for key in keys {
        if let Type::EitherOr(other, _) = key.ty
            && key.name < other
        {
            let one = |name: &str| Json::object([("required", Json::words(&[name]))]);
            out = out.with("oneOf", Json::List(vec![one(key.name), one(other)]));
        }
    }
    let beside: Vec<(String, Json)> = keys
        .iter()
        .filter_map(|key| match key.ty {
            Type::Beside(other, _) => Some((key.name.to_owned(), Json::words(&[other]))),
            _ => None,
        })
        .collect();
    if !beside.is_empty() {
        out = out.with("dependentRequired", Json::Object(beside));
    }
    out
}

/// The schema of a key with its text.
pub(super) fn described(key: &KeyDef) -> Json {
    let mut doc = key.doc.to_owned();
    if key.not_in_this_build {
        doc.push_str(" (not in this build yet)");
    }
    if let Some(default) = key.default {
        doc.push_str(&format!(" (default: {default})"));
    }
    let mut out = of(&key.ty).with("description", Json::text(doc));
    if key.not_in_this_build {
        out = out.with("x-not-in-this-build", Json::Bool(true));
    }
    out
}

/// The schema of a type.
pub(super) fn of(ty: &Type) -> Json {
    match ty {
        Type::Bool => simple("boolean"),
        Type::Integer(low, high) => simple("integer")
            .with("minimum", Json::Integer(*low))
            .with("maximum", Json::Integer(*high)),
        Type::Float => simple("number"),
        Type::Text
        | Type::Raw
        | Type::Path
        | Type::OwnFile
        | Type::Address
        | Type::Url
        | Type::Condition
        | Type::Template
        | Type::PathGlob
        | Type::FileGlob
        | Type::NameGlob
        | Type::SinkName
        | Type::RingName
        | Type::MetricName
        | Type::FileMode
        | Type::Unit => simple("string"),
        Type::Duration | Type::Period => pattern(DURATION),
        Type::Size => pattern(SIZE),
        Type::Rate => pattern(RATE),
        Type::Ratio => ratio(),
        Type::Level => words(LEVELS),
        Type::Choice(all) => words(all),
        Type::ChoiceWithLater(all, later) => words(&[*all, *later].concat()),
        Type::Value => any(["string", "number", "boolean"].map(simple).to_vec()),
        Type::FieldGlobs => list(simple("string")),
        Type::Values => list(of(&Type::Value)),
        Type::TextMap => map(simple("string")),
        Type::Secret => reference("secret"),
        Type::OrFalse(inner) => any(vec![
            Json::object([("const", Json::Bool(false))]),
            of(inner),
        ]),
        Type::Table(keys) => table(keys),
        Type::List(inner) => list(of(inner)),
        Type::OneOrMany(inner) => any(vec![of(inner), list(of(inner))]),
        Type::AnyOf(types) => any(types.iter().map(of).collect()),
        Type::Named(inner) => map(of(inner)),
        Type::EitherOr(_, inner) | Type::Beside(_, inner) => of(inner),
        Type::Any => Json::object([]),
        Type::Lines => any(vec![
            simple("integer").with("minimum", Json::Integer(1)),
            pattern(LINES),
        ]),
        Type::LevelSet => level_set(),
        Type::DateTime => simple("string").with("pattern", Json::text(MOMENT)),
        Type::Selector => any(vec![simple("string"), reference("selector")]),
        Type::Mapped => any(vec![of(&Type::Value), reference("mapped")]),
        Type::Labels => reference("labels"),
        Type::LabelSets => any(vec![list(simple("string")), map(list(simple("string")))]),
        Type::Redactions => list(any(vec![simple("string"), reference("redaction")])),
        Type::Buckets => reference("buckets"),
    }
}

fn ratio() -> Json {
    let number = simple("number")
        .with("minimum", Json::Integer(0))
        .with("maximum", Json::Integer(1));
    any(vec![number, pattern(RATIO)])
}

fn level_set() -> Json {
    any(vec![
        words(LEVELS),
        words(&["=error", "=warn", "=info", "=debug", "=trace"]),
        list(words(LEVELS)),
    ])
}

pub(super) fn simple(name: &str) -> Json {
    Json::object([("type", Json::text(name))])
}

pub(super) fn list(of: Json) -> Json {
    simple("array").with("items", of)
}

pub(super) fn map(of: Json) -> Json {
    simple("object").with("additionalProperties", of)
}

pub(super) fn any(all: Vec<Json>) -> Json {
    Json::object([("anyOf", Json::List(all))])
}

pub(super) fn reference(name: &str) -> Json {
    Json::object([("$ref", Json::text(format!("#/$defs/{name}")))])
}

fn pattern(pattern: &str) -> Json {
    simple("string").with("pattern", Json::text(format!("{pattern}|{EXPANDED}")))
}

fn words(words: &[&str]) -> Json {
    any(vec![
        Json::object([("enum", Json::words(words))]),
        simple("string").with("pattern", Json::text(EXPANDED)),
    ])
}
