//! `[groups.NAME]`, and the keys that groups and rules share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reader;
use super::keys::Read;
use super::selectors::Named;
use crate::codes::{file, structure};
use crate::diagnostic::Report;
use crate::expr::Expr;
use crate::language::group_keys;
use crate::model::{Arg, Label, Priority, Selector};
use crate::toml::{Entry, Table, Value};

/// What a group, or a rule, says about where and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    pub(crate) enabled: bool,
    pub(crate) matches: Option<Vec<Selector>>,
    pub(crate) excepts: Vec<Selector>,
    pub(crate) within: Option<Vec<Selector>>,
    pub(crate) condition: Option<Expr>,
    pub(crate) labels: Vec<Label>,
    pub(crate) priority: Option<Priority>,
}

/// All groups.
#[derive(Default)]
pub(crate) struct Groups<'t> {
    pub(crate) by_name: BTreeMap<Arc<str>, (Shared, &'t Entry)>,
    pub(crate) used: BTreeSet<Arc<str>>,
}

impl Reader<'_> {
    pub(crate) fn groups<'t>(
        &mut self,
        table: Option<&'t Table>,
        named: &mut Named<'_>,
    ) -> Groups<'t> {
        let mut groups = Groups::default();
        for entry in table.map_or(&[][..], |table| &table.entries) {
            self.name_fits(entry, "a group");
            let Value::Table(table) = &entry.node.value else {
                self.wrong_type(&entry.node, "a table with the keys of a group");
                continue;
            };
            let of = format!("the group `{}`", entry.key);
            let read = self.walk(table, entry.node.place, &group_keys(), &of);
            let shared = self.shared(&read, named);
            groups.by_name.insert(entry.key.clone(), (shared, entry));
        }
        groups
    }

    pub(crate) fn unused_groups(&mut self, groups: &Groups<'_>) {
        for (name, (_, entry)) in &groups.by_name {
            if !groups.used.contains(name) {
                self.report(
                    Report::new(
                        &structure::UNUSED_GROUP,
                        entry.key_place,
                        format!("no rule is in the group `{name}`"),
                    )
                    .under("never used")
                    .help(format!(
                        "put a rule into it, `group = \"{name}\"`, or take it out"
                    )),
                );
            }
        }
    }

    /// The keys that rules and groups share.
    pub(crate) fn shared(&mut self, read: &Read<'_>, named: &mut Named<'_>) -> Shared {
        let mut out = Shared {
            enabled: self.enabled(read),
            condition: read.args.expr("where").cloned(),
            priority: read.args.text("priority").map(|word| priority(word)),
            ..Shared::default()
        };
        if let Some(entry) = read.entry("match") {
            out.matches = Some(self.selectors(named, &entry.node));
        }
        if let Some(entry) = read.entry("except") {
            out.excepts = self.selectors(named, &entry.node);
        }
        if let Some(entry) = read.entry("within") {
            let spans = self.selectors(named, &entry.node);
            self.only_spans(&spans, &entry.node);
            out.within = Some(spans);
        }
        if let Some(entry) = read.entry("labels") {
            out.labels = self.labels(&entry.node);
        }
        out
    }

    pub(crate) fn enabled(&mut self, read: &Read<'_>) -> bool {
        match read.args.get("enabled") {
            Some(Arg::Bool(enabled)) => *enabled,
            Some(Arg::Text(word)) => match &**word {
                "true" => true,
                "false" => false,
                _ => {
                    let word = word.clone();
                    if let Some(entry) = read.entry("enabled") {
                        self.report(
                            Report::new(
                                &file::UNKNOWN_CHOICE,
                                entry.node.place,
                                format!("`{word}` is neither `true` nor `false`"),
                            )
                            .under("a variable here says `true` or `false`")
                            .fix(
                                "write `true`",
                                entry.node.place,
                                "true",
                            ),
                        );
                    }
                    true
                }
            },
            _ => true,
        }
    }
}

fn priority(word: &str) -> Priority {
    match word {
        "low" => Priority::Low,
        "high" => Priority::High,
        "critical" => Priority::Critical,
        _ => Priority::Normal,
    }
}
