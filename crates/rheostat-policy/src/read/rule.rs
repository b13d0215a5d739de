//! One rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Reader;
use super::digest::digest;
use super::groups::Shared;
use super::joined::Joined;
use super::keys::Read;
use super::policy::World;
use super::spelling::words_in;
use crate::codes::structure;
use crate::diagnostic::Report;
use crate::language::rule_keys;
use crate::model::{Action, Arg, Drop, Ends, Rule, RuleId};
use crate::place::Place;
use crate::toml::{Node, Table};

/// Names that are taken, and where.
pub(crate) type Names = BTreeMap<Arc<str>, Place>;

impl Reader<'_> {
    pub(crate) fn rule(
        &mut self,
        id: RuleId,
        node: &Node,
        names: &mut Names,
        world: &mut World<'_>,
    ) -> Option<Rule> {
        let table = node.as_table()?;
        let group = self.group_of(table, world);
        let off = self.is_off(table, group.as_ref());
        (self.disabled, self.in_rule) = (off, true);
        let rule = self.rule_in_force(id, node, group.as_ref(), names, world);
        (self.disabled, self.in_rule) = (false, false);
        rule
    }

    fn rule_in_force(
        &mut self,
        id: RuleId,
        node: &Node,
        group: Option<&Shared>,
        names: &mut Names,
        world: &mut World<'_>,
    ) -> Option<Rule> {
        let table = node.as_table()?;
        let vocabulary = self.vocabulary;
        let keys = rule_keys();
        let read = self.walk_known(table, &keys, |_| true, "a rule");
        for entry in &table.entries {
            let known = keys.iter().any(|key| key.name == &*entry.key)
                || vocabulary.action(&entry.key).is_some();
            if !known && !self.key_of_an_action(entry, table) {
                self.unknown_rule_key(entry, &keys);
            }
        }
        let shared = self.shared(&read, &mut world.selectors);
        let joined = Joined::of(group, shared);
        // A group that was not found may have had it.
        let lost_group = group.is_none() && table.get("group").is_some();
        if joined.matches.is_empty() && table.get("match").is_none() && !lost_group {
            self.no_match(node);
        }
        self.built_ins_of_rule(&joined, &read, node.place);
        let mut actions = Vec::new();
        for entry in &table.entries {
            if let Some(def) = vocabulary.action(&entry.key) {
                actions.extend(self.actions(def, entry, &joined, world));
            }
        }
        let drop = self.drop_of(&read);
        self.labels_without_metric(&read, &actions, table);
        self.has_action(node, table, drop.as_ref());
        let ends = self.ends(&read);
        let shadow = read.args.bool("shadow").copied().unwrap_or(false);
        let name = self.rule_name(&read, names);
        if read.entry("name").is_none() {
            self.name_is_needed(node, &read, &actions, shadow);
        }
        Some(Rule {
            id,
            name,
            place: node.place,
            enabled: joined.enabled,
            matches: joined.matches,
            excepts: joined.excepts,
            within: joined.within,
            condition: joined.condition,
            actions,
            drop,
            priority: joined.priority,
            shadow,
            ends,
            contents: digest(table, world),
        })
    }

    fn labels_without_metric(&mut self, read: &Read<'_>, actions: &[Action], table: &Table) {
        let Some(labels) = read.entry("labels") else {
            return;
        };
        let vocabulary = self.vocabulary;
        // An action that was not understood may have been the one.
        let understood = table.entries.iter().all(|entry| {
            let def = vocabulary.action(&entry.key);
            def.is_none_or(|def| actions.iter().any(|action| action.name == def.name))
        });
        if understood && actions.iter().all(|action| action.metric.is_none()) {
            self.report(
                Report::new(
                    &structure::IDLE_LABELS,
                    labels.key_place,
                    "no action of this rule feeds a metric, so its labels say nothing",
                )
                .under("labels of series")
                .help("take them out; what a record carries is chosen by `fields`"),
            );
        }
    }

    fn group_of(&mut self, table: &Table, world: &mut World<'_>) -> Option<Shared> {
        let entry = table.get("group")?;
        let name = entry.node.as_text()?.clone();
        if let Some((shared, _)) = world.groups.by_name.get(&name) {
            world.groups.used.insert(name);
            return Some(shared.clone());
        }
        let near = self.near(&name, world.groups.by_name.keys().map(|key| &**key));
        let mut report = Report::new(
            &structure::UNKNOWN_GROUP,
            entry.node.place,
            format!("no group is named `{name}`"),
        )
        .under("not declared in [groups]");
        if let Some(near) = near {
            if let Some((_, declared)) = world.groups.by_name.get(near) {
                report = report.also(declared.key_place, "did you mean this one?");
                world.groups.used.insert(declared.key.clone());
            }
            report = report.fix(
                format!("write `{near}`"),
                entry.node.place,
                format!("\"{near}\""),
            );
        } else {
            report = report.help(format!("declare it: `[groups.{name}]`"));
        }
        self.report(report);
        None
    }

    /// Whether a rule is disabled, before anything of it is judged.
    fn is_off(&mut self, table: &Table, group: Option<&Shared>) -> bool {
        let written = match table.get("enabled").map(|entry| &entry.node) {
            Some(node) => match &node.value {
                crate::toml::Value::Bool(enabled) => !enabled,
                crate::toml::Value::Text(_) => {
                    // The walk reports what is wrong with it.
                    self.quietly(|reader| reader.expanded(node).as_deref() == Some("false"))
                }
                _ => false,
            },
            None => false,
        };
        written || group.is_some_and(|group| !group.enabled)
    }

    fn no_match(&mut self, node: &Node) {
        self.report(
            Report::new(
                &structure::NO_MATCH,
                node.place,
                "the rule does not say where it looks",
            )
            .under("has no `match`")
            .help("add `match = { target = \"my_crate::**\" }`"),
        );
    }

    fn has_action(&mut self, node: &Node, table: &Table, drop: Option<&Drop>) {
        let vocabulary = self.vocabulary;
        let keys = rule_keys();
        // An unknown key was reported; it was meant to be the action, perhaps.
        let any = table.entries.iter().any(|entry| {
            vocabulary.action(&entry.key).is_some()
                || keys.iter().all(|key| key.name != &*entry.key)
        });
        // What stands at `drop` may be wrong, which was reported; `false` is nothing.
        let drops = table
            .get("drop")
            .is_some_and(|entry| !matches!(entry.node.value, crate::toml::Value::Bool(false)));
        if any || drop.is_some() || drops {
            return;
        }
        let names: Vec<&str> = vocabulary
            .actions
            .iter()
            .filter(|def| !def.not_in_this_build)
            .map(|def| def.name)
            .chain(["drop"])
            .collect();
        self.report(
            Report::new(&structure::NO_ACTION, node.place, "the rule does nothing")
                .under("has no action")
                .help(format!("add one of {}", words_in(&names))),
        );
    }

    fn rule_name(&mut self, read: &Read<'_>, names: &mut Names) -> Option<Arc<str>> {
        let name = read.args.text("name")?.clone();
        let entry = read.entry("name")?;
        if name.trim().is_empty()
            || name.chars().count() > 200
            || name.chars().any(char::is_control)
        {
            self.report(
                Report::new(
                    &structure::BAD_NAME,
                    entry.node.place,
                    "a rule cannot have this name",
                )
                .under("empty, too long, or with control characters")
                .help("at most 200 characters that can be shown"),
            );
            return None;
        }
        if let Some(first) = names.get(&name) {
            let mut second = 2;
            while names.contains_key(&*format!("{name} {second}")) {
                second += 1;
            }
            let better = format!(
                "\"{} {second}\"",
                name.replace('\\', "\\\\").replace('"', "\\\"")
            );
            let report = Report::new(
                &structure::DUPLICATE_NAME,
                entry.node.place,
                format!("two rules are named `{name}`"),
            )
            .under("the second one")
            .also(*first, "the first one")
            .fix(format!("name it {better}"), entry.node.place, better);
            self.report(report);
        } else {
            names.insert(name.clone(), entry.node.place);
        }
        Some(name)
    }

    fn name_is_needed(&mut self, node: &Node, read: &Read<'_>, actions: &[Action], shadow: bool) {
        let limits = actions.iter().find_map(|action| {
            let key = match (&action.limits.every, &action.limits.rate) {
                (Some(_), _) => "every",
                (None, Some(_)) => "rate",
                (None, None) => return None,
            };
            Some((key, action.place))
        });
        let of_rule = ["for", "until"]
            .into_iter()
            .find_map(|key| read.entry(key).map(|entry| (key, entry.key_place)));
        let of_shadow = || {
            let entry = read.entry("shadow").filter(|_| shadow)?;
            Some(("shadow", entry.key_place))
        };
        let Some((key, place)) = of_rule.or_else(of_shadow).or(limits) else {
            return;
        };
        let line = node.place.end as usize;
        self.report(
            Report::new(
                &structure::NAME_REQUIRED,
                place,
                format!("a rule with `{key}` needs a name"),
            )
            .under("kept under the name of the rule while the file is edited")
            .fix(
                "add `name = \"a name of your own\"` to the rule",
                Place::new(line, line),
                "\nname = \"a name of your own\"",
            ),
        );
    }

    fn drop_of(&mut self, read: &Read<'_>) -> Option<Drop> {
        let entry = read.entry("drop")?;
        match read.args.get("drop")? {
            Arg::Bool(true) => Some(Drop::All),
            Arg::List(words) => {
                let vocabulary = self.vocabulary;
                let mut out = Vec::new();
                for (word, node) in words.iter().zip(entry.node.one_or_many()) {
                    let Arg::Text(word) = word else { continue };
                    match vocabulary.action(word) {
                        Some(def) => out.push(def.name),
                        None => self.unknown_action(word, node),
                    }
                }
                self.not_empty(&entry.node);
                Some(Drop::Actions(out))
            }
            _ => None,
        }
    }

    fn unknown_action(&mut self, word: &str, node: &Node) {
        let names: Vec<&str> = self.vocabulary.actions.iter().map(|def| def.name).collect();
        let mut report = Report::new(
            &structure::UNKNOWN_ACTION,
            node.place,
            format!("no action is called `{word}`"),
        )
        .under("not known here");
        report = match self.near(word, names.iter().copied()) {
            Some(near) => report.fix(format!("write `{near}`"), node.place, format!("\"{near}\"")),
            None => report.help(format!("actions are {}", words_in(&names))),
        };
        self.report(report);
    }

    /// A file that was right when it was saved is read again later, so this is only a warning.
    fn is_over(&mut self, until: i128, node: &Node) {
        let over = self.env.now().is_some_and(|now| until <= now);
        if !over || self.disabled {
            return;
        }
        self.report(
            Report::new(
                &structure::RULE_OVER,
                node.place,
                "the rule is over, and does nothing any more",
            )
            .under("in the past")
            .help("take the rule out, or give it a later `until`"),
        );
    }

    fn ends(&mut self, read: &Read<'_>) -> Option<Ends> {
        let until = read
            .entry("until")
            .and_then(|entry| self.moment(&entry.node));
        if let (Some(until), Some(entry)) = (until, read.entry("until")) {
            self.is_over(until, &entry.node);
        }
        let after = read.args.duration("for").copied();
        if let (Some(first), Some(second)) = (read.entry("for"), read.entry("until")) {
            self.report(
                Report::new(
                    &structure::FOR_AND_UNTIL,
                    second.key_place,
                    "`for` and `until` exclude each other",
                )
                .under("ends it at a moment")
                .also(first.key_place, "ends it after a while")
                .help("keep one of them"),
            );
        }
        until.map(Ends::At).or(after.map(Ends::After))
    }
}
