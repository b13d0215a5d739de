//! The label values of a record, read in the order of the metric's labels.

use std::sync::Arc;

use rheostat_core::output::{Settled, SpanField};
use rheostat_core::plan::Planner;
use rheostat_core::program::Program;
use rheostat_core::{MatchedAction, MatchedRule, Record, Value};
use rheostat_policy::model::Metric as Declared;

use super::stage::MetricsStaged;
use super::value_set::ValueSet;
use crate::series::LabelBuffer;

/// What stands in for a value outside of a closed set, or beyond `max_values`.
const OTHER: &str = "other";

/// How the labels of one action are read.
pub(super) struct Labels {
    parts: Box<[Part]>,
    max_label: usize,
}

struct Part {
    program: Option<Program>,
    closed: Option<Box<[Arc<str>]>>,
    values: Option<Arc<ValueSet>>,
}

impl Labels {
    pub(super) fn new(
        staged: &MetricsStaged,
        metric: &Declared,
        (rule, action): (&MatchedRule<'_>, &MatchedAction<'_>),
        planner: &mut Planner<'_>,
    ) -> Self {
        let parts = metric.labels.iter().map(|spec| {
            let label = action
                .action
                .labels
                .iter()
                .find(|label| label.name == spec.name);
            Part {
                program: label.map(|label| planner.label(rule, label)),
                closed: spec
                    .closed
                    .clone()
                    .filter(|set| !set.is_empty())
                    .map(Vec::into),
                values: staged.values(rule.rule, action.action, &spec.name),
            }
        });
        Self {
            parts: parts.collect(),
            max_label: staged.max_label(),
        }
    }

    /// Each as plainly as the short way needs them; `None` where one takes more.
    pub(super) fn plain(&self, settled: &Settled<'_>) -> Option<Box<[Plain]>> {
        self.parts.iter().map(|part| part.plain(settled)).collect()
    }

    pub(super) fn max_label(&self) -> usize {
        self.max_label
    }

    /// The values, where the callsite decides all of them.
    pub(super) fn fixed(&self) -> Option<LabelBuffer> {
        let mut labels = LabelBuffer::new(self.max_label);
        for part in &self.parts {
            let text = match &part.program {
                None => "",
                Some(program) => match program.constant()? {
                    Value::Text(text) => text,
                    // Rare enough to be read each time.
                    _ => return None,
                },
            };
            // A set with a limit depends on what came before.
            if part.values.is_some() {
                return None;
            }
            labels.push(part.settled(text));
        }
        Some(labels)
    }

    /// The values of a record.
    #[inline]
    pub(super) fn read(&self, record: &Record<'_>) -> LabelBuffer {
        let mut labels = LabelBuffer::new(self.max_label);
        for part in &self.parts {
            let Some(program) = &part.program else {
                labels.push("");
                continue;
            };
            match record.value(program) {
                Value::Text(text) => labels.push(part.settled(text)),
                Value::U64(number) if part.is_open() => labels.push_number(number),
                Value::I64(number) if part.is_open() && number >= 0 => {
                    labels.push_number(number.unsigned_abs());
                }
                value => labels.push(part.settled(record.shown(value).unwrap_or(""))),
            }
        }
        labels
    }
}

/// A label that is a text, or a field as it comes.
pub(super) enum Plain {
    Text(Box<str>),
    /// A field, and what stands in where it is missing.
    Field(usize, Box<str>),
    /// The same of the spans around.
    OfSpan(SpanField, Box<str>),
}

impl Plain {
    /// What stands where no field does.
    pub(super) fn default(&self) -> &str {
        match self {
            Self::Text(text) | Self::Field(_, text) | Self::OfSpan(_, text) => text,
        }
    }
}

impl Part {
    fn plain(&self, settled: &Settled<'_>) -> Option<Plain> {
        let Some(program) = &self.program else {
            return Some(Plain::Text("".into()));
        };
        if !self.is_open() {
            return None;
        }
        if let Some(Value::Text(text)) = program.constant() {
            return Some(Plain::Text(text.into()));
        }
        if let Some((field, default)) = settled.span_field(program) {
            return Some(Plain::OfSpan(field, default.unwrap_or("").into()));
        }
        let field = settled.own_field(program)?;
        let default = field.default.unwrap_or("");
        Some(Plain::Field(field.index, default.into()))
    }

    /// Whether every value may stand.
    fn is_open(&self) -> bool {
        self.closed.is_none() && self.values.is_none()
    }

    /// The value, or what stands in for it. An empty one is no value, so it is not `other` either.
    #[inline]
    fn settled<'t>(&self, text: &'t str) -> &'t str {
        if text.is_empty() {
            return text;
        }
        if let Some(closed) = &self.closed
            && !closed.iter().any(|value| **value == *text)
        {
            return OTHER;
        }
        match &self.values {
            Some(values) if !values.admits(text) => OTHER,
            _ => text,
        }
    }
}
