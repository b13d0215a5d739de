//! The labels of a metric that its actions agree on, and what they may hold.

use std::sync::Arc;

use super::Reader;
use super::measure::Measured;
use super::metrics::Draft;
use super::policy::World;
use crate::codes::metrics as codes;
use crate::diagnostic::Report;
use crate::expr::{ExprKind, Literal, Transform};
use crate::model::{Label, LabelSpec};
use crate::place::Place;
use crate::toml::Entry;

impl Reader<'_> {
    pub(super) fn agree_on_labels(
        &mut self,
        action: &Measured<'_, '_>,
        at: &Entry,
        labels: &[Label],
        draft: &mut Draft,
    ) {
        let names: Vec<&str> = labels.iter().map(|label| &*label.name).collect();
        let Some((specs, said)) = &draft.labels else {
            let specs = labels
                .iter()
                .map(|label| LabelSpec {
                    name: label.name.clone(),
                    closed: None,
                })
                .collect();
            let place = action
                .read
                .entry("labels")
                .map_or(at.node.place, |entry| entry.node.place);
            draft.labels = Some((specs, place));
            return;
        };
        let agreed: Vec<&str> = specs.iter().map(|spec| &*spec.name).collect();
        if names != agreed {
            let place = action
                .read
                .entry("labels")
                .map_or(at.node.place, |entry| entry.node.place);
            let code = if draft.declared {
                &codes::UNDECLARED_LABEL
            } else {
                &codes::LABELS_CLASH
            };
            self.report(
                Report::new(
                    code,
                    place,
                    format!("the labels of `{}` are {}", draft.name, listed(&agreed)),
                )
                .under(format!("here they are {}", listed(&names)))
                .also(*said, format!("here they are {}", listed(&agreed)))
                .help("all rules of a metric use the same label names"),
            );
            return;
        }
        let said = *said;
        for (label, spec) in labels.iter().zip(specs) {
            self.texts_in_set(label, spec, said);
        }
    }

    /// Texts that a label is certainly made, of which none is in its closed set.
    fn texts_in_set(&mut self, label: &Label, spec: &LabelSpec, said: Place) {
        let Some(closed) = &spec.closed else {
            return;
        };
        let value = &label.value;
        let constant = match &value.of.kind {
            ExprKind::Literal(Literal::Text(text)) if value.map.is_none() => Some(text),
            ExprKind::Pipe(_, Transform::Default(Literal::Text(text))) if value.map.is_none() => {
                Some(text)
            }
            _ => None,
        };
        let mapped = value.map.iter().flatten().map(|(_, to)| to);
        let of = constant.map(|text| (text, "the value"));
        let to = mapped.map(|text| (text, "`map`"));
        let or = value.default.iter().map(|text| (text, "`default`"));
        let all: Vec<(&Arc<str>, &str)> = of.into_iter().chain(to).chain(or).collect();
        for (text, by) in all {
            // What is outside becomes `other`; who says so means so.
            if closed.contains(text) || &**text == "other" || text.is_empty() {
                continue;
            }
            let near = self.near(text, closed.iter().map(|value| &**value));
            let mut report = Report::new(
                &codes::OUTSIDE_CLOSED_SET,
                value.of.place,
                format!(
                    "{by} makes the label `{}` `{text}`, which is not in its closed set",
                    label.name
                ),
            )
            .under("would always be shown as `other`")
            .also(said, "the closed set");
            report = match near {
                Some(near) => report.help(format!("write `{near}` instead of `{text}`")),
                None => report.help(format!("add `{text}` to the set, or say `other`")),
            };
            self.report(report);
        }
    }

    /// Labels that the defaults forbid: names of constant labels, fields that are redacted.
    pub(super) fn judge_labels(
        &mut self,
        labels: &mut Vec<Label>,
        action: &Measured<'_, '_>,
        world: &World<'_>,
    ) {
        let place = action
            .read
            .entry("labels")
            .map_or(action.place, |entry| entry.node.place);
        labels.retain(|label| {
            if world.const_labels.contains(&label.name) {
                self.report(
                    Report::new(
                        &codes::RESERVED_LABEL,
                        place,
                        format!("`{}` stands on every series already", label.name),
                    )
                    .under("also in `const_labels` of [defaults]")
                    .help("name it otherwise, or take it out there"),
                );
                return false;
            }
            let redacted = crate::check::redacted::field_in(&label.value.of, &world.redact);
            if let Some(field) = redacted {
                self.report(
                    Report::new(
                        &codes::REDACTED_LABEL,
                        label.value.of.place,
                        format!("the field `{field}` is redacted, so it cannot be a label"),
                    )
                    .under("a label would publish it")
                    .help("take the label out, or narrow `redact`"),
                );
                return false;
            }
            true
        });
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}
