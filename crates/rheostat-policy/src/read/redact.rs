//! `redact`: what is hidden.

use std::sync::Arc;

use super::Reader;
use crate::codes::sinks::BAD_REDACTION;
use crate::diagnostic::Report;
use crate::expr::codes::BAD_REGEX;
use crate::expr::{Pattern, compile_regex};
use crate::glob::GlobKind;
use crate::model::{Redaction, RedactionWith};
use crate::toml::{Node, Table, Value};
use crate::vocabulary::{KeyDef, Type};

const WORD: &str = "[redacted]";

/// The keys of the table form of an entry.
pub(crate) fn redaction_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "field",
            Type::NameGlob,
            "fields whose name the glob accepts; either this or `pattern`",
            r#""*token*""#,
        ),
        KeyDef::new(
            "pattern",
            Type::Text,
            "parts of values and of messages; either this or `field`",
            r#""[0-9]{16}""#,
        ),
        KeyDef::new(
            "with",
            Type::Text,
            "the text instead; of fields also `hash` and `remove`",
            r#""hash""#,
        )
        .or(r#""[redacted]""#),
    ]
}

impl Reader<'_> {
    pub(crate) fn redactions(&mut self, node: &Node) -> Vec<Redaction> {
        let Value::List(nodes) = &node.value else {
            self.wrong_type(node, "a list of globs and tables such as `[\"password\"]`");
            return Vec::new();
        };
        nodes
            .iter()
            .filter_map(|node| self.redaction(node))
            .collect()
    }

    fn redaction(&mut self, node: &Node) -> Option<Redaction> {
        match &node.value {
            Value::Text(_) => {
                let glob = self.glob(node, GlobKind::Field)?;
                Some(Redaction::Field(glob, RedactionWith::Text(Arc::from(WORD))))
            }
            Value::Table(table) => self.redaction_table(node, table),
            _ => {
                self.wrong_type(node, "a glob, or a table with `field` or `pattern`");
                None
            }
        }
    }

    fn redaction_table(&mut self, node: &Node, table: &Table) -> Option<Redaction> {
        let keys = redaction_keys();
        for entry in &table.entries {
            if keys.iter().all(|key| key.name != &*entry.key) {
                self.unknown_key(entry, &keys, "this entry of `redact`");
            }
        }
        match (table.get("field"), table.get("pattern")) {
            (Some(field), None) => {
                let glob = self.glob(&field.node, GlobKind::Field)?;
                let with = match table.get("with") {
                    Some(with) => self.replacement(&with.node)?,
                    None => RedactionWith::Text(Arc::from(WORD)),
                };
                Some(Redaction::Field(glob, with))
            }
            (None, Some(pattern)) => {
                let with = match table.get("with") {
                    Some(with) => self.text(&with.node)?,
                    None => Arc::from(WORD),
                };
                let pattern = self.pattern(&pattern.node)?;
                Some(Redaction::Pattern(pattern, with))
            }
            _ => {
                self.report(
                    Report::new(
                        &BAD_REDACTION,
                        node.place,
                        "an entry of `redact` has either `field` or `pattern`",
                    )
                    .under("exactly one of them belongs here")
                    .help("such as `{ field = \"*token*\", with = \"hash\" }`"),
                );
                None
            }
        }
    }

    fn replacement(&mut self, node: &Node) -> Option<RedactionWith> {
        let text = self.text(node)?;
        Some(match &*text {
            "hash" => RedactionWith::Hash,
            "remove" => RedactionWith::Remove,
            "text" => RedactionWith::Text(Arc::from(WORD)),
            _ => RedactionWith::Text(text),
        })
    }

    pub(crate) fn pattern(&mut self, node: &Node) -> Option<Pattern> {
        let text = self.text(node)?;
        match compile_regex(&text) {
            Ok(pattern) if pattern.0.is_match("") => {
                self.report(
                    Report::new(
                        &BAD_REDACTION,
                        node.place,
                        "the pattern matches the empty text",
                    )
                    .under("would put its text between all characters")
                    .help("demand at least one character: `+` instead of `*`"),
                );
                None
            }
            Ok(pattern) => Some(pattern),
            Err(why) => {
                self.report(
                    Report::new(&BAD_REGEX, node.place, "this is not a regular expression")
                        .under(why)
                        .help("the syntax is that of the `regex` crate"),
                );
                None
            }
        }
    }
}
