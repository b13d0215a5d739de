//! What both text formats have in common: samples, labels, metrics of one name.

use std::collections::HashSet;
use std::fmt::{Display, Write};
use std::sync::Arc;

use super::number::Quoted;
use crate::snapshot::{FamilySnapshot, SeriesSnapshot, Snapshot};

/// A page being written.
pub(super) struct Page {
    pub(super) text: String,
}

/// The labels of one series, written once: `a="x",b="y"`.
pub(super) struct Labels(String);

impl Page {
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
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
        bound: Option<&dyn Display>,
    ) {
        self.text.push_str(name);
        self.text.push_str(suffix);
        if !labels.0.is_empty() || bound.is_some() {
            self.text.push('{');
            self.text.push_str(&labels.0);
            if let Some(bound) = bound {
                let comma = if labels.0.is_empty() { "" } else { "," };
                self.put(format_args!("{comma}le=\"{bound}\""));
            }
            self.text.push('}');
        }
        self.text.push(' ');
    }
}

impl Labels {
    /// The labels of a series, with those that are on every series.
    pub(super) fn of(
        snapshot: &Snapshot,
        family: &FamilySnapshot,
        series: &SeriesSnapshot,
    ) -> Self {
        let mut text = String::new();
        for (name, value) in all_labels(snapshot, family, series) {
            let comma = if text.is_empty() { "" } else { "," };
            let _ = write!(text, "{comma}{name}=\"{}\"", Quoted(value));
        }
        Self(text)
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
