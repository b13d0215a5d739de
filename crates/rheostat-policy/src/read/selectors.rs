//! Selectors: tables, names of tables, lists of either.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reader;
use crate::codes::{file, selectors as codes, structure};
use crate::diagnostic::Report;
use crate::glob::GlobKind;
use crate::language::selector_keys;
use crate::model::{Kinds, Level, LevelTest, LineTest, Selector};
use crate::toml::{Entry, Node, Table, Value};

/// More selectors than this are no list that a person wrote.
const MOST_SELECTORS: usize = 1_000;
/// Names of names of names are followed this far.
const DEEPEST: usize = 32;

/// `[selectors]`: read when they are first named.
#[derive(Default)]
pub(crate) struct Named<'t> {
    entries: BTreeMap<Arc<str>, &'t Entry>,
    done: BTreeMap<Arc<str>, Vec<Selector>>,
    open: Vec<Arc<str>>,
    used: BTreeSet<Arc<str>>,
}

impl<'t> Named<'t> {
    pub(crate) fn new(table: Option<&'t Table>) -> Self {
        let entries = table.map_or(&[][..], |table| &table.entries);
        Self {
            entries: entries
                .iter()
                .map(|entry| (entry.key.clone(), entry))
                .collect(),
            ..Self::default()
        }
    }

    /// The text of a named selector, for digests.
    pub(crate) fn node(&self, name: &str) -> Option<&'t Node> {
        self.entries.get(name).map(|entry| &entry.node)
    }
}

impl Reader<'_> {
    /// Reads what nobody names too, so that a mistake there shows; then says that nobody does.
    pub(crate) fn finish_selectors(&mut self, named: &mut Named<'_>) {
        let all: Vec<&Entry> = named.entries.values().copied().collect();
        for entry in all {
            let used = named.used.contains(&entry.key);
            self.name_fits(entry, "a selector");
            if !used {
                self.named_selector(named, &entry.key, &entry.node);
                named.used.remove(&entry.key);
                self.report(
                    Report::new(
                        &structure::UNUSED_SELECTOR,
                        entry.key_place,
                        format!("no rule names the selector `{}`", entry.key),
                    )
                    .under("never used")
                    .help("name it in a `match`, `except` or `within`, or take it out"),
                );
            }
        }
    }

    /// One selector, or a list of which any may hold.
    pub(crate) fn selectors(&mut self, named: &mut Named<'_>, node: &Node) -> Vec<Selector> {
        self.not_empty(node);
        let mut out = Vec::new();
        for element in node.one_or_many() {
            if out.len() > MOST_SELECTORS || named.open.len() > DEEPEST {
                self.too_many(element);
                break;
            }
            match &element.value {
                Value::Text(_) => {
                    if let Some(name) = self.text(element) {
                        out.extend(self.named_selector(named, &name, element));
                    }
                }
                Value::Table(table) => out.push(self.selector(element, table)),
                _ => self.wrong_type(
                    element,
                    "a selector such as `{ target = \"shop::**\" }`, or the name of one",
                ),
            }
        }
        out
    }

    fn named_selector(
        &mut self,
        named: &mut Named<'_>,
        name: &Arc<str>,
        at: &Node,
    ) -> Vec<Selector> {
        named.used.insert(name.clone());
        if let Some(done) = named.done.get(name) {
            return done.clone();
        }
        if named.open.contains(name) {
            self.report(
                Report::new(
                    &structure::SELECTOR_CYCLE,
                    at.place,
                    format!("the selector `{name}` names itself"),
                )
                .under("here the circle closes")
                .help("say here what it selects: `{ target = \"shop::**\" }`"),
            );
            return Vec::new();
        }
        let Some(entry) = named.entries.get(name).copied() else {
            self.unknown_selector(named, name, at);
            return Vec::new();
        };
        named.open.push(name.clone());
        let read = self.selectors(named, &entry.node);
        named.open.pop();
        named.done.insert(name.clone(), read.clone());
        read
    }

    fn too_many(&mut self, at: &Node) {
        self.report(
            Report::new(
                &structure::TOO_MANY_SELECTORS,
                at.place,
                "names of selectors lead to too many others",
            )
            .under("followed no further")
            .help("write fewer selectors, with globs that accept more"),
        );
    }

    fn unknown_selector(&mut self, named: &mut Named<'_>, name: &str, at: &Node) {
        let mut report = Report::new(
            &structure::UNKNOWN_SELECTOR,
            at.place,
            format!("no selector is named `{name}`"),
        )
        .under("not declared in [selectors]");
        report = match self.near(name, named.entries.keys().map(|key| &**key)) {
            Some(near) => {
                let near = near.to_owned();
                if let Some(entry) = named.entries.get(&*near) {
                    report = report.also(entry.key_place, "did you mean this one?");
                    named.used.insert(entry.key.clone());
                }
                report.fix(format!("write `{near}`"), at.place, format!("\"{near}\""))
            }
            None => {
                let better = format!("{{ target = {} }}", self.written(at.place));
                report.fix(
                    format!("to match a target, write `{better}`"),
                    at.place,
                    better,
                )
            }
        };
        self.report(report);
    }

    /// A list that must name at least one.
    pub(crate) fn not_empty(&mut self, node: &Node) {
        if matches!(&node.value, Value::List(nodes) if nodes.is_empty()) {
            self.report(
                Report::new(&structure::EMPTY_LIST, node.place, "the list is empty")
                    .under("nothing could ever match")
                    .help("name at least one, or leave the key out"),
            );
        }
    }

    fn selector(&mut self, node: &Node, table: &Table) -> Selector {
        let keys = selector_keys();
        let mut out = Selector {
            place: node.place,
            ..Selector::default()
        };
        for entry in &table.entries {
            let node = &entry.node;
            match &*entry.key {
                "span" | "event" => {}
                "target" => out.target = self.globs(node, GlobKind::Target),
                "module" => out.module = self.globs(node, GlobKind::Target),
                "file" => out.file = self.globs(node, GlobKind::File),
                "level" => out.level = self.level_set(node).unwrap_or_default(),
                "line" => out.line = self.lines(node),
                "fields" => self.declared_fields(node, &mut out),
                _ => self.unknown_key(entry, &keys, "a selector"),
            }
        }
        out.kinds = self.kinds(table);
        out
    }

    fn kinds(&mut self, table: &Table) -> Kinds {
        match (table.get("span"), table.get("event")) {
            (Some(span), Some(event)) => {
                self.report(
                    Report::new(
                        &codes::SPAN_AND_EVENT,
                        event.key_place,
                        "a selector cannot demand a span and an event",
                    )
                    .under("a callsite is one or the other")
                    .also(span.key_place, "demanded here")
                    .help("write two selectors in a list: `[{ span = \"a\" }, { event = \"b\" }]`"),
                );
                Kinds::Unsaid
            }
            (Some(span), None) => Kinds::Spans(self.globs(&span.node, GlobKind::Name)),
            (None, Some(event)) => Kinds::Events(self.globs(&event.node, GlobKind::Name)),
            (None, None) => Kinds::Unsaid,
        }
    }

    fn level_set(&mut self, node: &Node) -> Option<LevelTest> {
        match &node.value {
            Value::Text(_) => {
                let text = self.text(node)?;
                match text.strip_prefix('=') {
                    Some(only) => {
                        let level = self.level_named(only.trim_start(), node)?;
                        Some(LevelTest::of([level]))
                    }
                    None => self.level_named(&text, node).map(LevelTest::at_least),
                }
            }
            Value::List(nodes) => {
                self.not_empty(node);
                let levels: Vec<Level> = nodes.iter().filter_map(|node| self.level(node)).collect();
                (levels.len() == nodes.len()).then(|| LevelTest::of(levels))
            }
            _ => {
                self.wrong_type(node, "a level such as `\"info\"` or `\"=info\"`, or a list");
                None
            }
        }
    }

    fn lines(&mut self, node: &Node) -> Vec<LineTest> {
        self.not_empty(node);
        node.one_or_many()
            .iter()
            .filter_map(|element| self.line(element))
            .collect()
    }

    fn line(&mut self, node: &Node) -> Option<LineTest> {
        let found = match &node.value {
            Value::Integer(number) => u32::try_from(*number).ok().map(|line| (line, line)),
            Value::HugeInteger => None,
            Value::Text(_) => {
                let text = self.text(node)?;
                let (first, last) = text.split_once("..").unwrap_or((&text, &text));
                let last = last.strip_prefix('=').unwrap_or(last);
                first.trim().parse().ok().zip(last.trim().parse().ok())
            }
            _ => {
                self.wrong_type(node, "a line such as `41`, or a range such as `\"40..60\"`");
                return None;
            }
        };
        if let Some((first, last)) = found.filter(|(first, last)| *first >= 1 && first <= last) {
            return Some(LineTest { first, last });
        }
        let mut report = Report::new(&codes::BAD_LINES, node.place, "these are no lines")
            .under("such as `41` or `\"40..60\"`");
        if let Some((first, last)) = found.filter(|(first, last)| first > last && *last >= 1) {
            report = report.fix(
                format!("write `{last}..{first}`"),
                node.place,
                format!("\"{last}..{first}\""),
            );
        } else {
            report = report.help("lines count from 1, and a range names both its ends");
        }
        self.report(report);
        None
    }

    fn declared_fields(&mut self, node: &Node, out: &mut Selector) {
        self.not_empty(node);
        for element in node.one_or_many() {
            let Some(text) = self.text(element) else {
                continue;
            };
            let (name, not) = match text.strip_prefix('!') {
                Some(name) => (name, true),
                None => (&*text, false),
            };
            if self.no_log_field(name, element).is_none() {
                continue;
            }
            if let Some(glob) = self.glob_of(name, element, GlobKind::Field) {
                if not {
                    out.not_fields.push(glob);
                } else {
                    out.fields.push(glob);
                }
            }
        }
    }

    /// Refuses names that could not be shown or written.
    pub(crate) fn name_fits(&mut self, entry: &Entry, what: &str) -> bool {
        let name = &entry.key;
        let fine = !name.trim().is_empty()
            && name.chars().count() <= 200
            && !name.chars().any(char::is_control);
        if !fine {
            self.report(
                Report::new(
                    &structure::BAD_NAME,
                    entry.key_place,
                    format!("{what} cannot have this name"),
                )
                .under("empty, too long, or with control characters")
                .help("at most 200 characters that can be shown"),
            );
        }
        fine
    }

    /// The date and time of `until`, in nanoseconds since the Unix epoch.
    pub(crate) fn moment(&mut self, node: &Node) -> Option<i128> {
        let Value::DateTime(written) = &node.value else {
            // The walk has reported the type.
            return None;
        };
        // TOML and RFC 3339 spell the same moments, so one reader serves both.
        if let Ok(moment) = written.text.parse::<jiff::Timestamp>() {
            return Some(moment.as_nanosecond());
        }
        let mut report = Report::new(
            &file::BAD_DATE,
            node.place,
            "`until` needs a date, a time and an offset",
        )
        .under("would mean another moment on each machine");
        if written.local {
            let better = format!("{}Z", self.written(node.place));
            report = report.fix(
                format!("if it is UTC, write `{better}`"),
                node.place,
                better,
            );
        } else {
            report = report.help("write it like `2030-01-31T12:00:00Z`");
        }
        self.report(report);
        None
    }
}
