//! A digest of what a rule says, wherever it stands.
//!
//! It tells an edit of a rule from an edit beside it, so it has to be the same
//! in every build: FNV-1a over the values, keys in order of their names. What
//! the rule names (its group, its selectors) is part of what it says.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::policy::World;
use crate::toml::{Node, Table, Value};

/// Selectors that are named, each once.
#[derive(Default)]
struct Names {
    seen: BTreeSet<Arc<str>>,
    next: Vec<Arc<str>>,
}

/// The digest of a rule.
pub(crate) fn digest(rule: &Table, world: &World<'_>) -> u64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    hash.table(rule);
    let mut names = Names::default();
    texts_of_selectors(rule, &mut names);
    if let Some(name) = rule.get("group").and_then(|entry| entry.node.as_text())
        && let Some((_, entry)) = world.groups.by_name.get(name)
    {
        hash.node(&entry.node);
        if let Some(group) = entry.node.as_table() {
            texts_of_selectors(group, &mut names);
        }
    }
    // A selector may name others; each is followed once.
    while let Some(name) = names.next.pop() {
        if let Some(node) = world.selectors.node(&name) {
            hash.node(node);
            texts_of(node, &mut names);
        }
    }
    hash.0
}

fn texts_of_selectors(table: &Table, names: &mut Names) {
    for key in ["match", "except", "within"] {
        if let Some(entry) = table.get(key) {
            texts_of(&entry.node, names);
        }
    }
}

fn texts_of(node: &Node, names: &mut Names) {
    for node in node.one_or_many() {
        if let Some(text) = node.as_text()
            && names.seen.insert(text.clone())
        {
            names.next.push(text.clone());
        }
    }
}

struct Hash(u64);

impl Hash {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text.as_bytes());
    }

    fn table(&mut self, table: &Table) {
        let mut entries: Vec<_> = table.entries.iter().collect();
        entries.sort_by(|left, right| left.key.cmp(&right.key));
        self.bytes(b"{");
        for entry in entries {
            self.text(&entry.key);
            self.node(&entry.node);
        }
        self.bytes(b"}");
    }

    fn node(&mut self, node: &Node) {
        match &node.value {
            Value::Text(text) => {
                self.bytes(b"s");
                self.text(text);
            }
            Value::Integer(number) => self.text(&format!("i{number}")),
            Value::HugeInteger => self.bytes(b"h"),
            Value::Float(number) => self.text(&format!("f{number}")),
            Value::Bool(value) => self.bytes(if *value { b"t" } else { b"n" }),
            Value::DateTime(value) => self.text(&format!("d{}", value.text)),
            Value::List(nodes) => {
                self.bytes(b"[");
                nodes.iter().for_each(|node| self.node(node));
                self.bytes(b"]");
            }
            Value::Table(table) => self.table(table),
        }
    }
}
