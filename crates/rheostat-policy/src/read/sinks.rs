//! `[sinks.NAME]`, and which sink an action feeds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reader;
use super::spelling::words_in;
use crate::codes::{sinks as codes, structure};
use crate::diagnostic::Report;
use crate::language::{FORMATS, sink_keys};
use crate::model::{Arg, Args, Sink, SinkId};
use crate::place::Place;
use crate::toml::{Entry, Node, Table, Value};
use crate::vocabulary::{KeyDef, RecordClass, SinkDef};

/// The sinks that are declared, and those that come to be by being used.
#[derive(Default)]
pub(crate) struct Sinks {
    pub(crate) list: Vec<Sink>,
    by_name: BTreeMap<Arc<str>, SinkId>,
    /// What was looked for without a name, in vain: no sink of it is unused.
    asked: Vec<RecordClass>,
    used: BTreeSet<SinkId>,
    /// Declared, but with mistakes: naming one is no second mistake.
    broken: BTreeSet<Arc<str>>,
}

impl Sinks {
    pub(crate) fn find(&self, name: &str) -> Option<SinkId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn get(&self, id: SinkId) -> &Sink {
        &self.list[id.0 as usize]
    }

    pub(crate) fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    /// The names of those that were refused: rules may mean them all the same.
    pub(crate) fn broken(&self) -> impl Iterator<Item = &str> {
        self.broken.iter().map(|name| &**name)
    }

    pub(crate) fn any_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    pub(crate) fn mark_used(&mut self, id: SinkId) {
        self.used.insert(id);
    }

    /// The first few sinks that take the class.
    pub(crate) fn taking(&self, class: RecordClass) -> Vec<SinkId> {
        let ids = (0..).map(SinkId);
        ids.zip(&self.list)
            .filter(|(_, sink)| sink.only.contains(&class))
            .map(|(id, _)| id)
            .take(4)
            .collect()
    }

    pub(crate) fn ask(&mut self, class: RecordClass) {
        if !self.asked.contains(&class) {
            self.asked.push(class);
        }
    }

    pub(crate) fn add(&mut self, sink: Sink) -> SinkId {
        let id = SinkId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.by_name.insert(sink.name.clone(), id);
        self.list.push(sink);
        id
    }
}

impl Reader<'_> {
    pub(crate) fn sinks(&mut self, table: Option<&Table>, max_record: u64) -> Sinks {
        let mut sinks = Sinks::default();
        for entry in table.map_or(&[][..], |table| &table.entries) {
            self.name_fits(entry, "a sink");
            match self.sink(entry, max_record) {
                Some(sink) => {
                    sinks.add(sink);
                }
                None => {
                    sinks.broken.insert(entry.key.clone());
                }
            }
        }
        sinks
    }

    pub(crate) fn unused_sinks(&mut self, sinks: &Sinks) {
        for (at, sink) in sinks.list.iter().enumerate() {
            let id = SinkId(u32::try_from(at).unwrap_or(u32::MAX));
            // Rows of metrics come without any action.
            let by_itself = sink.only.contains(&RecordClass::Metrics);
            let asked = sink.only.iter().any(|class| sinks.asked.contains(class));
            if !sinks.used.contains(&id) && !by_itself && !asked {
                self.report(
                    Report::new(
                        &structure::UNUSED_SINK,
                        sink.place,
                        format!("nothing is sent to the sink `{}`", sink.name),
                    )
                    .under("never used")
                    .help("send something there, or take it out"),
                );
            }
        }
    }

    fn sink(&mut self, entry: &Entry, max_record: u64) -> Option<Sink> {
        let Value::Table(table) = &entry.node.value else {
            self.wrong_type(&entry.node, "a table with the keys of a sink");
            return None;
        };
        let of = format!("the sink `{}`", entry.key);
        let Some(ty) = table.get("type") else {
            self.missing_type(entry, &of);
            return None;
        };
        let name = self.text(&ty.node)?;
        let Some(def) = self.vocabulary.sink(&name).cloned() else {
            self.unknown_type(&ty.node, &name);
            return None;
        };
        let before = self.errors();
        let keys: Vec<KeyDef> = sink_keys()
            .into_iter()
            .filter(|key| key.name != "format" || !def.formats.is_empty())
            .chain(def.keys.iter().cloned())
            .collect();
        let read = self.walk(table, entry.key_place, &keys, &of);
        let mut sink = Sink {
            name: entry.key.clone(),
            ty: "",
            format: None,
            only: def.takes.clone(),
            redact: Vec::new(),
            common: Args::default(),
            args: Args::default(),
            place: entry.key_place,
        };
        if let Some(redact) = read.entry("redact") {
            sink.redact = self.redactions(&redact.node);
        }
        sink.format = self.format_of(&def, read.entry("format").map(|entry| &entry.node));
        if let Some(only) = read.entry("only") {
            sink.only = self.only(&def, &only.node);
        }
        self.judge_name(entry, &def);
        self.delivery(entry, table, &read.args, max_record);
        self.rows_come(&sink, read.entry("metrics_every"));
        if def.not_in_this_build {
            self.not_in_this_build(ty.node.place, &format!("the sink type `{}`", def.name));
        }
        (sink.common, sink.args) = split(read.args, &def);
        sink.ty = def.name;
        (self.errors() == before).then_some(sink)
    }

    fn missing_type(&mut self, entry: &Entry, of: &str) {
        self.report(
            Report::new(
                &structure::MISSING_KEY,
                entry.key_place,
                format!("{of} needs `type`"),
            )
            .under("where does it lead?")
            .help("add `type = \"file\"`, or another type"),
        );
    }

    fn unknown_type(&mut self, node: &Node, name: &str) {
        let names: Vec<&str> = self.vocabulary.sinks.iter().map(|def| def.name).collect();
        let mut report = Report::new(
            &codes::UNKNOWN_SINK_TYPE,
            node.place,
            format!("no sink type is called `{name}`"),
        )
        .under("not linked into this program");
        report = match self.near(name, names.iter().copied()) {
            Some(near) => report.fix(format!("write `{near}`"), node.place, format!("\"{near}\"")),
            None => report.help(format!("it has {}", words_in(&names))),
        };
        self.report(report);
    }

    fn format_of(&mut self, def: &SinkDef, node: Option<&Node>) -> Option<&'static str> {
        let Some(node) = node else {
            return def.formats.first().copied();
        };
        let text = node.as_text()?;
        if let Some(format) = def.formats.iter().find(|format| **format == &**text) {
            return Some(format);
        }
        // A word that is no format at all was reported when it was read.
        if FORMATS.contains(&&**text) {
            let mut report = Report::new(
                &codes::UNFIT_FORMAT,
                node.place,
                format!("`{}` does not write `{text}`", def.name),
            )
            .under(format!("it writes {}", words_in(&def.formats)));
            if let Some(first) = def.formats.first() {
                report = report.fix(
                    format!("write `{first}`"),
                    node.place,
                    format!("\"{first}\""),
                );
            }
            self.report(report);
        }
        None
    }

    fn only(&mut self, def: &SinkDef, node: &Node) -> Vec<RecordClass> {
        self.not_empty(node);
        let mut out = Vec::new();
        for element in node.one_or_many() {
            let Some(word) = element.as_text() else {
                continue;
            };
            let Some(class) = ALL.into_iter().find(|class| class.as_str() == &**word) else {
                continue;
            };
            if !def.takes.contains(&class) {
                let takes: Vec<&str> = def.takes.iter().map(|class| class.as_str()).collect();
                self.report(
                    Report::new(
                        &codes::BAD_ONLY,
                        element.place,
                        format!("a sink of type `{}` cannot be handed {word}", def.name),
                    )
                    .under(format!("it takes {}", words_in(&takes)))
                    .help(format!("take `{word}` out of `only`")),
                );
            }
            out.push(class);
        }
        out
    }

    /// `metrics_every` at a sink that is handed no metrics.
    fn rows_come(&mut self, sink: &Sink, every: Option<&Entry>) {
        if let Some(every) = every
            && !sink.only.contains(&RecordClass::Metrics)
        {
            let has: Vec<&str> = sink.only.iter().map(|class| class.as_str()).collect();
            self.report(
                Report::new(
                    &codes::NO_ROWS,
                    every.key_place,
                    format!("the sink `{}` is handed no metrics", sink.name),
                )
                .under(format!("it is handed {}", words_in(&has)))
                .help("take it out; metrics are served at `listen` of [http]"),
            );
        }
    }

    fn judge_name(&mut self, entry: &Entry, def: &SinkDef) {
        if matches!(&*entry.key, "stdout" | "stderr") && def.name != &*entry.key {
            self.report(
                Report::new(
                    &codes::SHADOWED_BUILT_IN,
                    entry.key_place,
                    format!("the sink `{}` is not what its name says", entry.key),
                )
                .under(format!("this is a sink of type `{}`", def.name))
                .help("give it another name"),
            );
        }
    }

    /// The sink that exists without being declared.
    pub(crate) fn standard_sink(
        &mut self,
        sinks: &mut Sinks,
        name: &str,
        at: Place,
    ) -> Option<SinkId> {
        if !matches!(name, "stdout" | "stderr") {
            return None;
        }
        let def = self.vocabulary.sink(name)?.clone();
        let mut args = Args::default();
        for key in sink_keys().iter().chain(&def.keys) {
            if let Some(arg) = self.default_of(key) {
                args.0.insert(key.name, arg);
            }
        }
        let (common, args) = split(args, &def);
        Some(sinks.add(Sink {
            name: Arc::from(name),
            ty: def.name,
            format: def.formats.first().copied(),
            only: def.takes.clone(),
            redact: Vec::new(),
            common,
            args,
            place: at,
        }))
    }
}

const ALL: [RecordClass; 4] = [
    RecordClass::Events,
    RecordClass::Logs,
    RecordClass::Metrics,
    RecordClass::Spans,
];

/// What every sink has, and what this type has.
fn split(args: Args, def: &SinkDef) -> (Args, Args) {
    const ELSEWHERE: [&str; 5] = ["type", "format", "only", "redact", "override"];
    let (own, common): (Vec<_>, Vec<_>) = args
        .0
        .into_iter()
        .filter(|(key, _)| !ELSEWHERE.contains(key))
        .partition(|(key, _): &(&'static str, Arg)| def.keys.iter().any(|own| own.name == *key));
    (
        Args(common.into_iter().collect()),
        Args(own.into_iter().collect()),
    )
}
