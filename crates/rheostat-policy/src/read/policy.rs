//! The file as a whole: tables in the order in which they need each other.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Reader;
use super::groups::Groups;
use super::metrics::Metrics;
use super::rule::Names;
use super::selectors::Named;
use super::sinks::Sinks;
use crate::check::{never, overlap, turns};
use crate::codes::file;
use crate::diagnostic::Report;
use crate::language::top_keys;
use crate::model::{CheckedPolicy, Inventory, Lint, Redaction, Rule, RuleId};
use crate::place::{Place, Source};
use crate::toml::{Entry, Table, Value};

/// What rules name.
pub(crate) struct World<'t> {
    pub(crate) selectors: Named<'t>,
    pub(crate) groups: Groups<'t>,
    pub(crate) sinks: Sinks,
    pub(crate) metrics: Metrics,
    pub(crate) default_sinks: Option<&'t Table>,
    pub(crate) rings: Option<&'t Table>,
    pub(crate) const_labels: BTreeSet<Arc<str>>,
    pub(crate) redact: Vec<Redaction>,
}

/// Reads the whole tree. What was read is only as good as the findings say.
pub(crate) fn read(reader: &mut Reader<'_>, root: &Table, source: &Source) -> CheckedPolicy {
    let lint = match table_of(root, "lint") {
        Some((entry, table)) => reader.lint(entry, table),
        None => Lint::default(),
    };
    reader.top(root);
    let said = reader.defaults(root.get("defaults"));
    let http = table_of(root, "http").and_then(|(entry, table)| reader.http(entry, table));
    let inventory = match table_of(root, "inventory") {
        Some((entry, table)) => reader.inventory(entry, table),
        None => Inventory::default(),
    };
    let mut selectors = Named::new(named(root, "selectors"));
    let groups = reader.groups(named(root, "groups"), &mut selectors);
    let sinks = reader.sinks(named(root, "sinks"), said.defaults.max_record);
    let metrics = reader.metrics(named(root, "metrics"));
    let mut world = World {
        selectors,
        groups,
        sinks,
        metrics,
        default_sinks: said.sinks,
        rings: named(root, "rings"),
        const_labels: said
            .defaults
            .const_labels
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
        redact: said.defaults.redact.clone(),
    };
    reader.default_sinks(&mut world);
    let rules = reader.rules(root.get("rules"), &mut world);
    reader.rules_together(&rules);
    reader.finish_selectors(&mut world.selectors);
    reader.unused_groups(&world.groups);
    reader.unused_sinks(&world.sinks);
    reader.finish_metrics(&world.metrics, said.defaults.max_series);
    let max_series = said.defaults.max_series;
    CheckedPolicy {
        source: source.clone(),
        defaults: said.defaults,
        http,
        inventory,
        lint,
        metrics: world.metrics.done(max_series),
        sinks: world.sinks.list,
        rules,
    }
}

fn table_of<'t>(root: &'t Table, key: &str) -> Option<(&'t Entry, &'t Table)> {
    let entry = root.get(key)?;
    Some((entry, entry.node.as_table()?))
}

fn named<'t>(root: &'t Table, key: &str) -> Option<&'t Table> {
    table_of(root, key).map(|(_, table)| table)
}

/// Tables that their own readers walk.
const ELSEWHERE: [&str; 8] = [
    "defaults",
    "http",
    "lint",
    "inventory",
    "selectors",
    "groups",
    "metrics",
    "sinks",
];

impl Reader<'_> {
    /// The keys of the file itself.
    fn top(&mut self, root: &Table) {
        let keys = top_keys();
        for entry in &root.entries {
            let Some(def) = keys.iter().find(|def| def.name == &*entry.key) else {
                self.unknown_top(entry, &keys);
                continue;
            };
            if def.name == "version" {
                self.version(entry);
                continue;
            }
            if def.name == "rules" {
                continue;
            }
            if ELSEWHERE.contains(&def.name) {
                if entry.node.as_table().is_none() {
                    self.wrong_type(&entry.node, "a table");
                }
                continue;
            }
            self.later_table(entry, def);
            self.not_in_this_build(entry.key_place, &format!("`{}`", def.name));
        }
        if root.get("version").is_none() {
            self.report(
                Report::new(
                    &file::MISSING_VERSION,
                    Place::default(),
                    "the policy does not say in which version of the language it is written",
                )
                .under("begins without it")
                .fix(
                    "begin with `version = 1`",
                    Place::default(),
                    "version = 1\n",
                ),
            );
        }
    }

    /// What the rules mean together.
    fn rules_together(&mut self, rules: &[Rule]) {
        let mut reports = Vec::new();
        never::reports(rules, &mut reports);
        // A rule that was not wholly understood seems to match more than it says.
        if self.errors() == 0 {
            overlap::reports(rules, &mut reports);
            turns::reports(rules, &mut reports);
        }
        for report in reports {
            self.report(report);
        }
    }

    fn version(&mut self, entry: &Entry) {
        match entry.node.value {
            Value::Integer(1) => {}
            Value::Integer(_) | Value::HugeInteger => self.report(
                Report::new(
                    &file::UNKNOWN_VERSION,
                    entry.node.place,
                    "this build reads version 1 of the language",
                )
                .under("another version")
                .fix("write `1`", entry.node.place, "1"),
            ),
            _ => {
                let written = self.written(entry.node.place).trim_matches(['"', '\'']);
                let mut report = Report::new(
                    &file::WRONG_TYPE,
                    entry.node.place,
                    "expected a whole number",
                )
                .under(format!("this is {}", entry.node.value.what()));
                if written == "1" || written == "1.0" {
                    report = report.fix("write `1`", entry.node.place, "1");
                }
                self.report(report);
            }
        }
    }

    fn rules(&mut self, entry: Option<&Entry>, world: &mut World<'_>) -> Vec<Rule> {
        let Some(entry) = entry else {
            return Vec::new();
        };
        let Value::List(nodes) = &entry.node.value else {
            self.report(
                Report::new(
                    &file::WRONG_TYPE,
                    entry.node.place,
                    "expected a list of rules",
                )
                .under(format!("this is {}", entry.node.value.what()))
                .help("each rule begins with `[[rules]]`, in two brackets"),
            );
            return Vec::new();
        };
        let mut names = Names::new();
        let mut out = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            let id = RuleId(u32::try_from(at).unwrap_or(u32::MAX));
            match &node.value {
                Value::Table(_) => out.extend(self.rule(id, node, &mut names, world)),
                _ => self.wrong_type(node, "a table with the keys of a rule"),
            }
        }
        out
    }
}
