//! Definitions as tables.

use std::fmt::Write as _;

use super::words::word;
use crate::codes;
use crate::expr::{BUILT_INS, BuiltInOf, OPERATORS, TRANSFORMS};
use crate::vocabulary::{ActionDef, KeyDef, RecordClass, Selects, SinkDef, Type};

/// Keys with their types, defaults, texts and examples, as a table.
pub fn keys(all: &[KeyDef]) -> String {
    let mut out = String::from(HEAD);
    rows(&mut out, "", all, true);
    out
}

/// The same without the keys inside of tables, which have chapters of their own.
pub(super) fn outer_keys(all: &[KeyDef]) -> String {
    let mut out = String::from(HEAD);
    rows(&mut out, "", all, false);
    out
}

const HEAD: &str = "| key | type | default | meaning | example |\n|---|---|---|---|---|\n";

fn rows(out: &mut String, prefix: &str, all: &[KeyDef], deep: bool) {
    for key in all {
        let later = if key.not_in_this_build { " ²" } else { "" };
        let default = match (key.required, key.default) {
            (true, _) => "required".to_owned(),
            (false, Some("{}") | None) => "–".to_owned(),
            (false, Some(default)) => format!("`{default}`"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "| `{prefix}{}`{later} | {} | {} | {} | `{}` |",
            key.name,
            cell(&word(&key.ty)),
            cell(&default),
            cell(key.doc),
            cell(key.example),
        );
        if let Some(inner) = inside(&key.ty).filter(|_| deep) {
            rows(out, &format!("{prefix}{}.", key.name), inner, true);
        }
    }
}

/// The keys of the table that may stand there, unless it has a chapter of its own.
fn inside(ty: &Type) -> Option<&[KeyDef]> {
    match ty {
        Type::Table(keys) if keys.len() <= 6 => Some(keys),
        Type::AnyOf(types) => types.iter().find_map(inside),
        _ => None,
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// One action.
pub(super) fn action(def: &ActionDef) -> String {
    let later = if def.not_in_this_build { " ²" } else { "" };
    let mut out = format!("\n### `{}`{later}\n\n{}.\n", def.name, capital(def.doc));
    let selects = match def.selects {
        Selects::EventsFirst => "events, unless the selector says `span`",
        Selects::Spans => "spans",
        Selects::Events => "events",
        Selects::Both => "events and spans, unless the selector says which",
    };
    let _ = write!(out, "\nActs on {selects}.");
    if def.metric.is_some() {
        out.push_str(" It feeds a metric, so `metric`, `unit` and `labels` are keys of it.");
    }
    if let Some(uses) = &def.sink {
        let _ = write!(out, " It sends {} to a sink.", uses.class.as_str());
        match uses.default {
            Some(name) => {
                let _ = write!(out, " Without `sink` and a default: to `{name}`.");
            }
            None => out.push_str(" Without `sink` and a default: to the only one that takes them."),
        }
    }
    if def.limits {
        out.push_str(" It takes limits.");
    }
    let _ = write!(
        out,
        "\n\n```toml\n[[rules]]\nname = \"an example\"\nmatch = {{ target = \"shop::**\" }}\n{}\n```\n\n",
        def.example
    );
    if def.not_in_this_build {
        out = out.replace("```toml", "```toml not-yet");
    }
    if !def.keys.is_empty() {
        out.push_str(&keys(&def.keys));
    }
    out
}

/// One sink type.
pub(super) fn sink(def: &SinkDef) -> String {
    let later = if def.not_in_this_build { " ²" } else { "" };
    let takes: Vec<&str> = def
        .takes
        .iter()
        .map(|class: &RecordClass| class.as_str())
        .collect();
    let mut out = format!(
        "\n### `type = \"{}\"`{later}\n\n{}. Takes {}.",
        def.name,
        capital(def.doc),
        takes.join(", ")
    );
    if let Some((first, rest)) = def.formats.split_first() {
        let _ = write!(out, " Writes `{first}`");
        if !rest.is_empty() {
            let _ = write!(out, ", or on demand `{}`", rest.join("`, `"));
        }
        out.push('.');
    }
    let mark = if def.not_in_this_build {
        " not-yet"
    } else {
        ""
    };
    let _ = write!(out, "\n\n```toml{mark}\n{}```\n", def.example);
    if !def.keys.is_empty() {
        out.push('\n');
        out.push_str(&keys(&def.keys));
    }
    out
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}

/// The operators, the tightest first.
pub(super) fn operators() -> String {
    let mut out = String::from("| operator | what it does | example |\n|---|---|---|\n");
    for def in OPERATORS.iter().flat_map(|level| *level) {
        let _ = writeln!(
            out,
            "| `{}` | {} | `{}` |",
            cell(def.text),
            cell(def.doc),
            cell(def.example)
        );
    }
    out
}

/// The built-in values.
pub(super) fn built_ins() -> String {
    let mut out = String::from("| value | of | type | what it is |\n|---|---|---|---|\n");
    for def in &BUILT_INS {
        let later = if def.not_in_this_build { " ²" } else { "" };
        let of = match def.of {
            BuiltInOf::Any => "any record",
            BuiltInOf::ClosedSpan => "spans, at close",
            BuiltInOf::Event => "events",
            BuiltInOf::Gauge => "gauges",
        };
        let _ = writeln!(
            out,
            "| `@{}`{later} | {of} | {} | {} |",
            def.name,
            def.ty.with_article(),
            cell(def.doc)
        );
    }
    out.push_str("| `@since.NAME` ² | events | a duration | since `mark = \"NAME\"` in the nearest enclosing span that has it |\n");
    out
}

/// The transforms.
pub(super) fn transforms() -> String {
    let mut out =
        String::from("| transform | gives | what it does | example |\n|---|---|---|---|\n");
    for def in &TRANSFORMS {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | `{}` |",
            def.signature(),
            def.gives.with_article(),
            cell(def.doc),
            cell(def.example)
        );
    }
    out
}

/// Every code with its explanation.
pub(super) fn diagnostics() -> String {
    let mut out = String::new();
    for code in codes::all() {
        let _ = write!(
            out,
            "\n#### {} `{}` ({})\n\n{}\n",
            code.code,
            code.name,
            code.severity.as_str(),
            code.explain
        );
    }
    out
}
