//! Tables that are checked although nothing reads them yet, and top-level strays.

use super::Reader;
use super::keys::Read;
use super::policy::World;
use crate::codes::structure;
use crate::diagnostic::Report;
use crate::language::rule_keys;
use crate::toml::{Entry, Node, Value};
use crate::vocabulary::{ActionDef, KeyDef, Type};

impl Reader<'_> {
    /// A value of a table that this build refuses, checked like any other.
    pub(crate) fn later_table(&mut self, entry: &Entry, def: &KeyDef) {
        self.judge(&entry.node, &def.ty, &format!("`{}`", def.name));
    }

    pub(crate) fn judge(&mut self, node: &Node, ty: &Type, of: &str) {
        match (ty, &node.value) {
            (Type::Table(keys), Value::Table(table)) => {
                self.walk(table, node.place, keys, of);
            }
            (Type::Named(ty), Value::Table(table)) => {
                for entry in &table.entries {
                    self.judge(&entry.node, ty, &format!("`{}`", entry.key));
                }
            }
            (Type::List(ty), Value::List(nodes)) => {
                for node in nodes {
                    self.judge(node, ty, of);
                }
            }
            _ => {
                self.decode(node, ty);
            }
        }
    }

    /// `[defaults] sink.stream` and its kin name sinks too.
    pub(crate) fn default_sinks(&mut self, world: &mut World<'_>) {
        let Some(table) = world.default_sinks else {
            return;
        };
        let vocabulary = self.vocabulary;
        for entry in &table.entries {
            let uses = vocabulary
                .action(&entry.key)
                .and_then(|def| def.sink.as_ref().map(|uses| (def.name, uses)));
            if let Some((action, uses)) = uses
                && entry.node.as_text().is_some()
            {
                self.sink_for(action, uses, Some(&entry.node), entry.key_place, world);
            }
        }
    }

    /// Keys of an action that name a ring.
    pub(crate) fn rings_exist(&mut self, def: &ActionDef, read: &Read<'_>, world: &World<'_>) {
        for key in def.keys.iter().filter(|key| key.ty == Type::RingName) {
            let (Some(name), Some(entry)) = (read.args.text(key.name), read.entry(key.name)) else {
                continue;
            };
            let declared = world.rings.map_or(&[][..], |table| &table.entries);
            if declared.iter().any(|ring| ring.key == *name) {
                continue;
            }
            let mut report = Report::new(
                &structure::UNKNOWN_RING,
                entry.node.place,
                format!("no ring is named `{name}`"),
            )
            .under("not declared in [rings]");
            let near = self.near(name, declared.iter().map(|ring| &*ring.key));
            report = match near {
                Some(near) => report.fix(
                    format!("write `{near}`"),
                    entry.node.place,
                    format!("\"{near}\""),
                ),
                None => report.help(format!("declare it: `[rings.{name}]`")),
            };
            self.report(report);
        }
    }

    /// A key of the file that the file does not have.
    pub(crate) fn unknown_top(&mut self, entry: &Entry, keys: &[KeyDef]) {
        let of_rule = rule_keys().iter().any(|def| def.name == &*entry.key)
            || self.vocabulary.action(&entry.key).is_some();
        if of_rule {
            self.report(
                Report::new(
                    &structure::UNKNOWN_KEY,
                    entry.key_place,
                    format!("`{}` is a key of a rule, not of the file", entry.key),
                )
                .under("stands outside of any rule")
                .help("a rule begins with `[[rules]]`"),
            );
            return;
        }
        self.unknown_key(entry, keys, "the file");
    }

    /// A key of a rule that no rule has.
    pub(crate) fn unknown_rule_key(&mut self, entry: &Entry, keys: &[KeyDef]) {
        let known_elsewhere = crate::first_party::vocabulary()
            .action(&entry.key)
            .is_some();
        if known_elsewhere {
            self.report(
                Report::new(
                    &structure::NOT_LINKED,
                    entry.key_place,
                    format!("this program does not link the action `{}`", entry.key),
                )
                .under("known, but not here")
                .help("switch on the feature of its crate, or take the action out"),
            );
            return;
        }
        let names: Vec<&'static str> = keys
            .iter()
            .map(|def| def.name)
            .chain(self.vocabulary.actions.iter().map(|def| def.name))
            .collect();
        self.unknown_name(entry, &names, "a rule");
    }
}
