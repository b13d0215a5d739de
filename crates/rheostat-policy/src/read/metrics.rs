//! `[metrics.NAME]`: what is declared, and what the rules make of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::Reader;
use super::buckets::by_unit;
use super::defaults::count;
use super::keys::Read;
use crate::check::names::{is_label_name, is_metric_name, is_reserved_label, sanitised};
use crate::check::units;
use crate::codes::metrics as codes;
use crate::diagnostic::Report;
use crate::language::metric_keys;
use crate::model::{Buckets, LabelSpec, Metric, MetricId, Unit};
use crate::place::Place;
use crate::toml::{Entry, Node, Value};
use crate::vocabulary::MetricKind;

/// A value and where it was said.
pub(crate) type Said<T> = Option<(T, Place)>;

/// A metric that is still being agreed on.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// As it was written first.
    pub(crate) name: Arc<str>,
    pub(crate) place: Place,
    pub(crate) declared: bool,
    pub(crate) kind: Said<MetricKind>,
    /// Whether its table says a kind, be it one that there is or not.
    pub(crate) says_kind: bool,
    pub(crate) unit: Said<Unit>,
    pub(crate) labels: Said<Vec<LabelSpec>>,
    pub(crate) buckets: Option<Buckets>,
    pub(crate) help: Option<Arc<str>>,
    pub(crate) max_series: Option<u32>,
    pub(crate) expire: Option<Duration>,
    pub(crate) stale_after: Option<Duration>,
    pub(crate) exemplars: bool,
}

/// All metrics of the policy.
#[derive(Default)]
pub(crate) struct Metrics {
    pub(crate) list: Vec<Draft>,
    by_name: BTreeMap<Arc<str>, MetricId>,
}

impl Metrics {
    /// The metric that a name means; a counter's with and without its suffix are one.
    pub(crate) fn find(&self, name: &str, kind: MetricKind) -> Option<MetricId> {
        if let Some(id) = self.by_name.get(name) {
            return Some(*id);
        }
        let other = match name.strip_suffix("_total") {
            Some(bare) => bare.to_owned(),
            None => format!("{name}_total"),
        };
        let id = *self.by_name.get(&*other)?;
        let declared = self.get(id).kind.as_ref().map(|(kind, _)| *kind);
        let both = kind == MetricKind::Counter
            && declared.is_none_or(|declared| declared == MetricKind::Counter);
        both.then_some(id)
    }

    pub(crate) fn get(&self, id: MetricId) -> &Draft {
        &self.list[id.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, id: MetricId) -> &mut Draft {
        &mut self.list[id.0 as usize]
    }

    pub(crate) fn add(&mut self, draft: Draft) -> MetricId {
        let id = MetricId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.by_name.insert(draft.name.clone(), id);
        self.list.push(draft);
        id
    }

    /// What all agreed on. A metric of which nobody said the kind is left a gauge;
    /// `finish_metrics` has spoken of it.
    pub(crate) fn done(self, max_series: u32) -> Vec<Metric> {
        self.list
            .into_iter()
            .map(|draft| draft.done(max_series))
            .collect()
    }
}

impl Draft {
    pub(crate) fn new(name: Arc<str>, place: Place) -> Self {
        let unit = units::of_name(&name).map(|unit| (unit, place));
        Self {
            name,
            place,
            declared: false,
            kind: None,
            says_kind: false,
            unit,
            labels: None,
            buckets: None,
            help: None,
            max_series: None,
            expire: None,
            stale_after: None,
            exemplars: true,
        }
    }

    /// The name under which it is exposed.
    pub(crate) fn exposed(&self) -> Arc<str> {
        let counter = matches!(self.kind, Some((MetricKind::Counter, _)));
        if counter && !self.name.ends_with("_total") {
            return Arc::from(format!("{}_total", self.name));
        }
        self.name.clone()
    }

    fn done(self, max_series: u32) -> Metric {
        let unit = self.unit.clone().map(|(unit, _)| unit);
        Metric {
            name: self.exposed(),
            kind: self.kind.map_or(MetricKind::Gauge, |(kind, _)| kind),
            help: self.help,
            labels: self.labels.map(|(labels, _)| labels).unwrap_or_default(),
            buckets: self.buckets.unwrap_or_else(|| by_unit(unit.as_ref())),
            unit,
            max_series: self.max_series.unwrap_or(max_series),
            expire: self.expire,
            stale_after: self.stale_after,
            exemplars: self.exemplars,
            place: self.place,
        }
    }
}

impl Reader<'_> {
    pub(crate) fn metrics(&mut self, table: Option<&crate::toml::Table>) -> Metrics {
        let mut metrics = Metrics::default();
        for entry in table.map_or(&[][..], |table| &table.entries) {
            let Value::Table(keys) = &entry.node.value else {
                self.wrong_type(&entry.node, "a table with the keys of a metric");
                continue;
            };
            let of = format!("the metric `{}`", entry.key);
            let read = self.walk(keys, entry.node.place, &metric_keys(), &of);
            self.metric_name(&entry.key, entry.key_place, entry.key_place, false);
            let draft = self.declared(entry, &read);
            metrics.add(draft);
        }
        metrics
    }

    fn declared(&mut self, entry: &Entry, read: &Read<'_>) -> Draft {
        let args = &read.args;
        let mut draft = Draft::new(entry.key.clone(), entry.key_place);
        draft.declared = true;
        draft.says_kind = read.entry("kind").is_some();
        if let (Some(word), Some(at)) = (args.text("kind"), read.entry("kind")) {
            draft.kind = kind_named(word).map(|kind| (kind, at.node.place));
        }
        if let (Some(word), Some(at)) = (args.text("unit"), read.entry("unit")) {
            let unit = units::named(word);
            self.judge_unit(&draft, &unit, &at.node);
            draft.unit = Some((unit, at.node.place));
        }
        if let Some(at) = read.entry("labels") {
            let sets = self.label_sets(&at.node);
            draft.labels = Some((sets, at.node.place));
        }
        if let Some(at) = read.entry("buckets") {
            let unit = draft.unit.clone().map(|(unit, _)| unit);
            draft.buckets = self.buckets(&at.node, unit.as_ref());
            if draft.kind.is_none() {
                draft.kind = Some((MetricKind::Histogram, at.key_place));
            }
        }
        self.keys_of_kind(&draft, read);
        draft.help = args.text("help").cloned();
        draft.max_series = args
            .integer("max_series")
            .map(|_| count(args, "max_series"));
        draft.expire = args.duration("expire").copied();
        draft.stale_after = args.duration("stale_after").copied();
        draft.exemplars = args.bool("exemplars").copied().unwrap_or(true);
        draft
    }

    fn keys_of_kind(&mut self, draft: &Draft, read: &Read<'_>) {
        let Some((kind, said)) = draft.kind else {
            return;
        };
        if let Some(at) = read.entry("buckets")
            && kind != MetricKind::Histogram
        {
            self.report(
                Report::new(
                    &codes::BUCKETS_WITHOUT_HISTOGRAM,
                    at.key_place,
                    format!("a {} has no buckets", kind.as_str()),
                )
                .under("only a histogram has them")
                .also(said, "said here")
                .help("take them out, or make it a histogram"),
            );
        }
        if let Some(at) = read.entry("stale_after")
            && kind != MetricKind::Gauge
        {
            self.report(
                Report::new(
                    &codes::KEY_OF_KIND,
                    at.key_place,
                    format!("a {} does not become stale", kind.as_str()),
                )
                .under("only a gauge does")
                .also(said, "said here")
                .help("`expire` makes an idle series go"),
            );
        }
    }

    fn judge_unit(&mut self, draft: &Draft, unit: &Unit, node: &Node) {
        if let Some((by_name, _)) = &draft.unit
            && by_name != unit
        {
            self.report(
                Report::new(
                    &codes::METRIC_NAME,
                    node.place,
                    format!(
                        "the name `{}` says {}, the declaration {}",
                        draft.name, by_name.name, unit.name
                    ),
                )
                .under("readers of the name will misread the numbers")
                .also(draft.place, format!("ends in {}", by_name.name))
                .help(format!(
                    "end its name in `_{}`, or leave `unit` out",
                    unit.name
                )),
            );
        }
        self.spelled_unit(unit, node);
    }

    /// Free text that was probably meant to be a unit which is known.
    pub(crate) fn spelled_unit(&mut self, unit: &Unit, node: &Node) {
        if let Some(near) = self.unit_meant(unit) {
            self.report(
                Report::new(
                    &codes::METRIC_UNIT,
                    node.place,
                    format!("`{}` is free text, not the unit `{near}`", unit.name),
                )
                .under("converts to nothing")
                .fix(format!("write `{near}`"), node.place, format!("\"{near}\"")),
            );
        }
    }

    /// The unit that was probably meant by free text.
    pub(crate) fn unit_meant(&self, unit: &Unit) -> Option<&'static str> {
        if unit.scale.is_some() || units::OTHERS.contains(&&*unit.name) {
            return None;
        }
        units::short(&unit.name).or_else(|| self.near(&unit.name, units::known()))
    }

    fn label_sets(&mut self, node: &Node) -> Vec<LabelSpec> {
        let mut out: Vec<LabelSpec> = Vec::new();
        let mut names = BTreeSet::new();
        let mut add = |reader: &mut Self, name: &Arc<str>, place: Place, closed| {
            reader.declared_label(name, place, !names.insert(name.clone()));
            out.push(LabelSpec {
                name: name.clone(),
                closed,
            });
        };
        match &node.value {
            Value::List(nodes) => {
                for element in nodes {
                    if let Some(name) = self.text(element) {
                        add(self, &name, element.place, None);
                    }
                }
            }
            Value::Table(table) => {
                for entry in &table.entries {
                    let Value::List(nodes) = &entry.node.value else {
                        self.wrong_type(&entry.node, "a list of values; an empty one is open");
                        continue;
                    };
                    let values = self.closed_set(&entry.key, nodes);
                    let closed = (!values.is_empty()).then_some(values);
                    add(self, &entry.key, entry.key_place, closed);
                }
            }
            // The walk has reported the type.
            _ => {}
        }
        out.sort_by(|left, right| left.name.cmp(&right.name));
        out
    }

    fn closed_set(&mut self, label: &str, nodes: &[Node]) -> Vec<Arc<str>> {
        let mut values: Vec<(Arc<str>, Place)> = Vec::new();
        for node in nodes {
            let Some(value) = self.text(node) else {
                continue;
            };
            let first = values.iter().find(|(other, _)| *other == value);
            let report = if value.is_empty() {
                Report::new(
                    &codes::BAD_CLOSED_SET,
                    node.place,
                    format!("an empty text is no value of the label `{label}`"),
                )
                .under("a label without a value is not shown")
                .help("take it out; `[]` leaves the label open")
            } else if let Some((_, first)) = first {
                Report::new(
                    &codes::BAD_CLOSED_SET,
                    node.place,
                    format!("the label `{label}` has the value `{value}` twice"),
                )
                .under("the second one")
                .also(*first, "the first one")
                .help("take one of them out")
            } else {
                values.push((value, node.place));
                continue;
            };
            self.report(report);
        }
        values.into_iter().map(|(value, _)| value).collect()
    }

    fn declared_label(&mut self, name: &str, place: Place, twice: bool) {
        if twice {
            self.report(
                Report::new(
                    &codes::DUPLICATE_LABEL,
                    place,
                    format!("two labels are named `{name}`"),
                )
                .under("the second one"),
            );
        } else if !is_label_name(name) {
            self.report(
                Report::new(
                    &codes::BAD_LABEL_NAME,
                    place,
                    format!("`{name}` cannot name a label"),
                )
                .under("letters, digits and `_`, not beginning with a digit")
                .help(format!("its label is named `{}`", sanitised(name))),
            );
        } else if is_reserved_label(name) {
            self.report(
                Report::new(
                    &codes::RESERVED_LABEL,
                    place,
                    format!("`{name}` cannot be the name of a label"),
                )
                .under("belongs to the exposition"),
            );
        }
    }

    /// Whether it can name a metric; `edit` is what a correction replaces.
    pub(crate) fn metric_name(
        &mut self,
        name: &str,
        place: Place,
        edit: Place,
        quoted: bool,
    ) -> bool {
        if !is_metric_name(name) {
            let better = sanitised(name);
            let with = if quoted {
                format!("\"{better}\"")
            } else {
                better.clone()
            };
            self.report(
                Report::new(
                    &codes::BAD_METRIC_NAME,
                    place,
                    format!("`{name}` cannot name a metric"),
                )
                .under("letters, digits, `_` and `:`, not beginning with a digit")
                .fix(format!("write `{better}`"), edit, with),
            );
            return false;
        }
        if name.starts_with("rheostat_") || name.starts_with("__") {
            self.report(
                Report::new(
                    &codes::RESERVED_METRIC,
                    place,
                    format!("the name `{name}` is reserved"),
                )
                .under(if name.starts_with("__") {
                    "names of Prometheus itself begin so"
                } else {
                    "names of our own metrics begin so"
                })
                .help("let its name begin with that of your program"),
            );
            return false;
        }
        true
    }
}

/// The kind that a word says.
pub(crate) fn kind_named(word: &str) -> Option<MetricKind> {
    [
        MetricKind::Counter,
        MetricKind::Gauge,
        MetricKind::Histogram,
    ]
    .into_iter()
    .find(|kind| kind.as_str() == word)
}
