//! What both text formats have in common: samples, labels, metrics of one name.

use std::collections::HashSet;
use std::fmt::{Display, Write};
use std::sync::Arc;

use super::number::{Float, quote};
use crate::snapshot::{FamilySnapshot, SeriesSnapshot, Snapshot};

/// A page being written.
pub(super) struct Page {
    pub(super) text: String,
    bounds: Bounds,
}

/// The labels of one series, written once: `a="x",b="y"`.
#[derive(Default)]
pub(super) struct Labels(String);

/// The bounds of a histogram, and how each is written: its series have them in common.
#[derive(Clone)]
struct Bounds {
    of: Arc<[f64]>,
    written: Arc<[String]>,
}

impl Page {
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            bounds: Bounds::new(&Arc::from([])),
        }
    }

    /// Writes to the page. Writing to a `String` cannot fail.
    pub(super) fn put(&mut self, what: impl Display) {
        let _ = write!(self.text, "{what}");
    }

    /// Begins a sample: its name and labels, without value and end of line.
    pub(super) fn sample(
        &mut self,
        name: &str,
        suffix: &str,
        labels: &Labels,
        bound: Option<&str>,
    ) {
        self.text.push_str(name);
        self.text.push_str(suffix);
        if !labels.0.is_empty() || bound.is_some() {
            self.text.push('{');
            self.text.push_str(&labels.0);
            if let Some(bound) = bound {
                let comma = if labels.0.is_empty() { "" } else { "," };
                for part in [comma, "le=\"", bound, "\""] {
                    self.text.push_str(part);
                }
            }
            self.text.push('}');
        }
        self.text.push(' ');
    }

    /// The upper bounds of a histogram's buckets as they are written, that of the last included.
    pub(super) fn bounds(&mut self, of: &Arc<[f64]>) -> Arc<[String]> {
        if !Arc::ptr_eq(&self.bounds.of, of) {
            self.bounds = Bounds::new(of);
        }
        Arc::clone(&self.bounds.written)
    }
}

impl Bounds {
    fn new(of: &Arc<[f64]>) -> Self {
        let all = of.iter().copied().chain([f64::INFINITY]);
        Self {
            of: Arc::clone(of),
            written: all.map(|bound| Float(bound).to_string()).collect(),
        }
    }
}

impl Labels {
    /// Becomes the labels of a series, with those that are on every series.
    pub(super) fn become_those_of(
        &mut self,
        snapshot: &Snapshot,
        family: &FamilySnapshot,
        series: &SeriesSnapshot,
    ) {
        let text = &mut self.0;
        text.clear();
        for (name, value) in all_labels(snapshot, family, series) {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(name);
            text.push_str("=\"");
            quote(text, value);
            text.push('"');
        }
    }
}

/// The labels of a series; one that is on every series gives way to the series' own.
pub(super) fn all_labels<'a>(
    snapshot: &'a Snapshot,
    family: &'a FamilySnapshot,
    series: &'a SeriesSnapshot,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let has = move |name: &str| family.labels_of(series).any(|(own, _)| own == name);
    let constant = snapshot.const_labels.iter();
    let constant = constant.map(|(name, value)| (&**name, &**value));
    let constant = constant.filter(move |(name, value)| !value.is_empty() && !has(name));
    constant.chain(family.labels_of(series))
}

/// The metrics that have something to show, those of one name and kind together.
pub(super) fn groups(snapshot: &Snapshot) -> impl Iterator<Item = &[FamilySnapshot]> {
    let same = |one: &FamilySnapshot, other: &FamilySnapshot| {
        one.name == other.name && one.kind == other.kind
    };
    let groups = snapshot.families.chunk_by(same);
    groups.filter(|group| group.iter().any(|family| !family.series.is_empty()))
}

/// The series of a group, each set of labels once: a label that is empty is none, so that metrics of one
/// name can meet.
pub(super) fn series_of<'a>(
    snapshot: &'a Snapshot,
    group: &'a [FamilySnapshot],
) -> impl Iterator<Item = (&'a FamilySnapshot, &'a SeriesSnapshot)> {
    let mut seen = HashSet::new();
    let all = group
        .iter()
        .flat_map(|family| family.series.iter().map(move |series| (family, series)));
    all.filter(move |(family, series)| {
        if group.len() == 1 {
            return true;
        }
        let mut labels: Vec<_> = all_labels(snapshot, family, series).collect();
        labels.sort_unstable();
        seen.insert(labels)
    })
}

/// The help of a group.
pub(super) fn help(group: &[FamilySnapshot]) -> Arc<str> {
    let declared = group.iter().find_map(|family| family.help.clone());
    declared
        .filter(|help| !help.trim().is_empty())
        .unwrap_or_else(|| {
            let kind = group[0].kind.as_str();
            format!(
                "A {kind} without a help text; [metrics.{}] of the policy can give it one.",
                group[0].name
            )
            .into()
        })
}
