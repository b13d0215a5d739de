//! One action of a rule.

use super::Reader;
use super::joined::{Joined, join_labels};
use super::keys::Read;
use super::measure::Measured;
use super::policy::World;
use crate::check::built_ins;
use crate::codes::{metrics, structure};
use crate::diagnostic::Report;
use crate::language::{limit_keys, metric_action_keys, phase_key, sink_key, where_key};
use crate::model::{Action, Arg, Args, Label, Limits, Phases};
use crate::place::Place;
use crate::toml::{Entry, Node, Table, Value};
use crate::vocabulary::{ActionDef, KeyDef, Selects};

/// All keys that an action's table may have.
pub(crate) fn action_keys(def: &ActionDef) -> Vec<KeyDef> {
    let mut keys = Vec::new();
    if def.metric.is_some() {
        keys.extend(metric_action_keys());
    }
    if def.sink.is_some() {
        keys.push(sink_key());
    }
    keys.extend(def.keys.iter().cloned());
    if def.phases {
        keys.push(phase_key());
    }
    if def.limits {
        keys.extend(
            limit_keys()
                .into_iter()
                .filter(|key| def.keys.iter().all(|own| own.name != key.name)),
        );
    }
    keys.push(where_key());
    keys
}

impl Reader<'_> {
    /// The actions that one key of a rule names.
    pub(crate) fn actions(
        &mut self,
        def: &ActionDef,
        entry: &Entry,
        joined: &Joined,
        world: &mut World<'_>,
    ) -> Vec<Action> {
        if def.not_in_this_build {
            self.not_in_this_build(entry.key_place, &format!("the action `{}`", def.name));
        }
        self.not_empty(&entry.node);
        self.marks_within(def, entry.key_place, joined);
        let mut out = Vec::new();
        for node in entry.node.one_or_many() {
            out.extend(match &node.value {
                Value::Table(_) => self.action(def, entry, node, joined, world),
                Value::Text(_) => self.short_form(def, node),
                _ => {
                    self.wrong_type(
                        node,
                        "a table with the keys of the action, or a list of them",
                    );
                    None
                }
            });
        }
        out
    }

    /// `mark = "NAME"`: the only key of an action that has one text key.
    fn short_form(&mut self, def: &ActionDef, node: &Node) -> Option<Action> {
        let Some(only) = def.short_form() else {
            self.wrong_type(node, &format!("a table such as `{}`", def.example));
            return None;
        };
        let arg = self.decode(node, &only.ty)?;
        let mut args = Args::default();
        args.0.insert(only.name, arg);
        Some(Action {
            name: def.name,
            place: node.place,
            condition: None,
            selects: def.selects,
            on: CLOSE,
            limits: Limits::default(),
            metric: None,
            unit: None,
            sink: None,
            labels: Vec::new(),
            args,
        })
    }

    fn action(
        &mut self,
        def: &ActionDef,
        entry: &Entry,
        node: &Node,
        joined: &Joined,
        world: &mut World<'_>,
    ) -> Option<Action> {
        let table = node.as_table()?;
        // An action under a header has its place there; shown is the key otherwise.
        let place = if entry.node.as_table().is_some() {
            entry.key_place
        } else {
            node.place
        };
        let keys = action_keys(def);
        let before = self.errors();
        let read = self.walk_known(table, &keys, |_| true, def.name);
        for unknown in &table.entries {
            if keys.iter().all(|key| key.name != &*unknown.key) {
                self.stray_key(def, unknown, &keys, node.place);
            }
        }
        self.demand(&read, place, &keys, &format!("`{}`", def.name));
        let mut action = Action {
            name: def.name,
            place,
            condition: read.args.expr("where").cloned(),
            selects: selects(def, &read.args),
            on: phases(&read),
            limits: self.limits(def, &read),
            metric: None,
            unit: None,
            sink: None,
            labels: self.labels_of(def, &read, joined),
            args: Args::default(),
        };
        self.built_ins_of_action(def, &read, &action, joined);
        self.rings_exist(def, &read, world);
        self.renames(&read);
        if let Some(kind) = def.metric {
            let measured = Measured {
                kind,
                read: &read,
                place,
            };
            action.metric = self.measure(&measured, &mut action.labels, &mut action.unit, world);
        }
        if let Some(class) = &def.sink {
            let node = read.entry("sink").map(|entry| &entry.node);
            action.sink = self.sink_for(def.name, class, node, place, world);
            if let Some(id) = action.sink {
                self.durable(&action, &read, world.sinks.get(id));
            }
        }
        action.args = own_args(read.args);
        (self.errors() == before || self.disabled).then_some(action)
    }

    /// The labels of an action that feeds a metric, those of its rule joined.
    fn labels_of(&mut self, def: &ActionDef, read: &Read<'_>, joined: &Joined) -> Vec<Label> {
        if def.metric.is_none() {
            return Vec::new();
        }
        let own = match read.entry("labels") {
            Some(entry) => self.labels(&entry.node),
            None => Vec::new(),
        };
        join_labels(joined.labels.clone(), &own)
    }

    fn stray_key(&mut self, def: &ActionDef, entry: &Entry, keys: &[KeyDef], table: Place) {
        let limit = matches!(&*entry.key, "sample" | "every" | "rate");
        if limit && def.metric.is_some() {
            self.report(
                Report::new(
                    &metrics::LIMIT_ON_METRIC,
                    entry.key_place,
                    format!("`{}` takes no `{}`: counts are exact", def.name, entry.key),
                )
                .under("a metric that misses records is wrong")
                .help("narrow it with `where`"),
            );
            return;
        }
        self.unknown_in_action(entry, keys, def.name, table);
    }

    /// A key of the rule's table that would be one of an action.
    pub(crate) fn key_of_an_action(&mut self, entry: &Entry, table: &Table) -> bool {
        let owners: Vec<&ActionDef> = self
            .vocabulary
            .actions
            .iter()
            .filter(|def| table.get(def.name).is_some())
            .filter(|def| action_keys(def).iter().any(|key| key.name == &*entry.key))
            .collect();
        let Some(owner) = owners.first() else {
            return false;
        };
        let name = owner.name;
        self.report(
            Report::new(
                &structure::KEY_OF_ACTION,
                entry.key_place,
                format!("`{}` is a key of `{name}`, not of the rule", entry.key),
            )
            .under(format!("belongs inside of `{name} = {{ .. }}`"))
            .help(format!("move it into the table of `{name}`")),
        );
        true
    }
}

const CLOSE: Phases = Phases {
    open: false,
    close: true,
};

fn phases(read: &Read<'_>) -> Phases {
    let Some(words) = read.args.list("on") else {
        return CLOSE;
    };
    let says = |word: &str| {
        words
            .iter()
            .any(|arg| matches!(arg, Arg::Text(text) if &**text == word))
    };
    Phases {
        open: says("open"),
        close: says("close"),
    }
}

/// What it acts on: a span built-in in `of` turns events into spans.
/// (`keep` belongs to an action that selects spans anyway.)
fn selects(def: &ActionDef, args: &Args) -> Selects {
    let of_spans = args
        .expr("of")
        .is_some_and(|of| built_ins::of_spans(of).is_some());
    if def.metric.is_some() && of_spans {
        Selects::Spans
    } else {
        def.selects
    }
}

/// What is left when everything that has a place of its own was taken out.
fn own_args(mut args: Args) -> Args {
    for taken in [
        "metric", "unit", "labels", "sink", "on", "sample", "every", "rate", "where",
    ] {
        args.0.remove(taken);
    }
    args
}
