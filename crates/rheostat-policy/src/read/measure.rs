//! What a rule's action makes of a metric: kind, unit and labels that all agree on.

use std::sync::Arc;

use super::Reader;
use super::keys::Read;
use super::metrics::Draft;
use super::policy::World;
use crate::check::units;
use crate::codes::metrics as codes;
use crate::diagnostic::Report;
use crate::expr::{self, BuiltIn, Expr, ExprKind, Literal, Ref, Ty};
use crate::model::{Label, MetricId, OutOf, Unit};
use crate::place::Place;
use crate::toml::Entry;
use crate::vocabulary::MetricKind;

/// An action that feeds a metric.
pub(crate) struct Measured<'r, 't> {
    pub(crate) kind: MetricKind,
    pub(crate) read: &'r Read<'t>,
    pub(crate) place: Place,
}

impl Reader<'_> {
    /// The metric it feeds; `None` after a finding.
    pub(crate) fn measure(
        &mut self,
        action: &Measured<'_, '_>,
        labels: &mut Vec<Label>,
        unit: &mut Option<Unit>,
        world: &mut World<'_>,
    ) -> Option<MetricId> {
        let at = action.read.entry("metric")?;
        let name = action.read.args.text("metric")?.clone();
        if !self.metric_name(&name, at.node.place, at.node.place, true) {
            return None;
        }
        self.judge_labels(labels, action, world);
        let id = match world.metrics.find(&name, action.kind) {
            Some(id) => id,
            None => world.metrics.add(Draft::new(name.clone(), at.node.place)),
        };
        self.agree_on_kind(action, at, world.metrics.get_mut(id));
        if world
            .metrics
            .get(id)
            .kind
            .as_ref()
            .is_some_and(|(kind, _)| *kind == action.kind)
        {
            self.counter_suffix(action, at, &name, world.metrics.get(id));
        }
        let draft = world.metrics.get_mut(id);
        *unit = self.agree_on_unit(action, draft);
        self.agree_on_labels(action, at, labels, world.metrics.get_mut(id));
        if let Some(stale) = action.read.args.duration("stale_after") {
            let draft = world.metrics.get_mut(id);
            draft.stale_after = Some(draft.stale_after.map_or(*stale, |other| other.max(*stale)));
        }
        Some(id)
    }

    fn agree_on_kind(&mut self, action: &Measured<'_, '_>, at: &Entry, draft: &mut Draft) {
        match draft.kind {
            None => draft.kind = Some((action.kind, at.node.place)),
            Some((kind, _)) if kind == action.kind => {}
            Some((kind, said)) => self.report(
                Report::new(
                    &codes::KIND_CLASH,
                    at.node.place,
                    format!(
                        "`{}` is a {}, and here it would be a {}",
                        draft.name,
                        kind.as_str(),
                        action.kind.as_str()
                    ),
                )
                .under(format!("a {} here", action.kind.as_str()))
                .also(said, format!("a {} here", kind.as_str()))
                .help("give one of the two another name"),
            ),
        }
    }

    fn counter_suffix(
        &mut self,
        action: &Measured<'_, '_>,
        at: &Entry,
        name: &Arc<str>,
        draft: &Draft,
    ) {
        let counter = action.kind == MetricKind::Counter;
        if counter && !name.ends_with("_total") {
            self.report(
                Report::new(
                    &codes::COUNTER_SUFFIX,
                    at.node.place,
                    format!("the counter is exposed as `{}`", draft.exposed()),
                )
                .under("a counter's name ends in `_total`")
                .fix(
                    format!("write `{name}_total`"),
                    at.node.place,
                    format!("\"{name}_total\""),
                ),
            );
        }
        if !counter && name.ends_with("_total") {
            self.report(
                Report::new(
                    &codes::MISLEADING_SUFFIX,
                    at.node.place,
                    format!("`{name}` is a {}, not a counter", action.kind.as_str()),
                )
                .under("`_total` says that it only goes up")
                .help("leave `_total` out of its name"),
            );
        }
    }

    /// The unit of plain numbers, where one is written; the metric's where nobody said one.
    fn agree_on_unit(&mut self, action: &Measured<'_, '_>, draft: &mut Draft) -> Option<Unit> {
        let written = action
            .read
            .args
            .text("unit")
            .map(|name| units::named(name))
            .zip(action.read.entry("unit"));
        if let Some((unit, at)) = &written {
            match &draft.unit {
                None if !draft.declared => {
                    self.spelled_unit(unit, &at.node);
                    draft.unit = Some((unit.clone(), at.node.place));
                }
                None => self.report(
                    Report::new(
                        &codes::UNIT_CLASH,
                        at.node.place,
                        format!("the metric `{}` is declared without a unit", draft.name),
                    )
                    .under("nothing to convert to")
                    .also(draft.place, "declared here")
                    .help("declare its `unit`, or leave this one out"),
                ),
                Some((other, said)) if !units::convert(unit, other) => {
                    let said_by_rule = !draft.declared && units::of_name(&draft.name).is_none();
                    let code = if said_by_rule {
                        &codes::UNIT_CLASH
                    } else {
                        &codes::UNFIT_UNIT
                    };
                    let near = self
                        .unit_meant(unit)
                        .filter(|near| units::convert(&units::named(near), other));
                    let free = unit.scale.is_none() && !units::OTHERS.contains(&&*unit.name);
                    let message = if free {
                        format!(
                            "`{}` is free text, which cannot become {}",
                            unit.name, other.name
                        )
                    } else {
                        format!("{} cannot become {}", unit.name, other.name)
                    };
                    let report = Report::new(code, at.node.place, message)
                        .under(format!("the metric `{}` is in {}", draft.name, other.name))
                        .also(*said, "said here");
                    let report = match (&*unit.name, &*other.name, near) {
                        ("percent", "ratio", _) => {
                            report.help("divide instead: `of = \"x / 100\"`, without `unit`")
                        }
                        ("ratio", "percent", _) => {
                            report.help("multiply instead: `of = \"x * 100\"`, without `unit`")
                        }
                        (_, _, Some(near)) => report.fix(
                            format!("write `{near}`"),
                            at.node.place,
                            format!("\"{near}\""),
                        ),
                        _ => report.help("record it in a metric of its own unit"),
                    };
                    self.report(report);
                }
                Some(_) => {}
            }
        }
        if let Some(of) = action.read.args.expr("of") {
            self.judge_value(action, of, draft);
        }
        written.map(|(unit, _)| unit)
    }

    fn judge_value(&mut self, action: &Measured<'_, '_>, of: &Expr, draft: &Draft) {
        let place = action
            .read
            .entry("of")
            .map_or(action.place, |entry| entry.node.place);
        let quantity = match expr::type_of(of) {
            Ty::Duration => "a duration",
            Ty::Size => "a size",
            Ty::Bool => return self.no_number(place, "true or false"),
            Ty::Text if is_never_number(of) => {
                return self.no_number(place, "a text");
            }
            _ => {
                self.judge_count(action, of, place);
                return;
            }
        };
        let duration = quantity == "a duration";
        match &draft.unit {
            // A size is a number of bytes, a duration has no number of its own.
            None if duration => self.report(
                Report::new(
                    &codes::DURATION_WITHOUT_UNIT,
                    place,
                    format!(
                        "a duration is recorded in `{}`, which has no unit",
                        draft.name
                    ),
                )
                .under("in which unit?")
                .also(draft.place, "its name does not end in a unit")
                .help(format!(
                    "name it `{}_seconds{}`, or declare it with `unit = \"seconds\"`",
                    draft.name.trim_end_matches("_total"),
                    if action.kind == MetricKind::Counter {
                        "_total"
                    } else {
                        ""
                    },
                )),
            ),
            None => {}
            Some((unit, said)) => {
                let fits = matches!(
                    (unit.scale, duration),
                    (Some(OutOf::Nanoseconds(_)), true) | (Some(OutOf::Bytes(_)), false)
                );
                if !fits {
                    self.report(
                        Report::new(
                            &codes::UNFIT_UNIT,
                            place,
                            format!("{quantity} cannot become {}", unit.name),
                        )
                        .under(format!("this is {quantity}"))
                        .also(*said, format!("says {}", unit.name))
                        .help("record it in a metric of its own unit"),
                    );
                }
            }
        }
    }

    fn no_number(&mut self, place: Place, what: &str) {
        self.report(
            Report::new(
                &codes::NOT_A_NUMBER,
                place,
                format!("{what} cannot be recorded in a metric"),
            )
            .under("not a number, duration or size")
            .help("to count where it holds, use `where`"),
        );
    }

    fn judge_count(&mut self, action: &Measured<'_, '_>, of: &Expr, place: Place) {
        let negative = match &of.kind {
            ExprKind::Literal(Literal::Integer(number)) => *number < 0,
            ExprKind::Literal(Literal::Float(number)) => *number < 0.0,
            _ => false,
        };
        if negative && action.kind == MetricKind::Counter {
            self.report(
                Report::new(&codes::NEGATIVE_COUNT, place, "a counter cannot go down")
                    .under("always negative")
                    .help("a `gauge` with `op = \"sub\"` goes down"),
            );
        }
    }
}

/// Whether a text is none that reads as a number.
fn is_never_number(of: &Expr) -> bool {
    match &of.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Ref(Ref::BuiltIn(built_in)) => {
            matches!(built_in, BuiltIn::Level | BuiltIn::Kind | BuiltIn::Callsite)
        }
        _ => false,
    }
}
