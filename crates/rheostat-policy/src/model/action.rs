//! One action of a rule, typed.

use std::sync::Arc;
use std::time::Duration;

use super::{Args, MetricId, SinkId, Unit};
use crate::expr::Expr;
use crate::place::Place;
use crate::vocabulary::Selects;

/// What a rule does with a record that it holds for.
#[derive(Clone, Debug)]
pub struct Action {
    /// The vocabulary's name for it, such as `count`.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What must hold besides the rule's own condition.
    pub condition: Option<Expr>,
    /// What it acts on where the selector names no kind; a span built-in in `of` or `keep` has already
    /// turned events into spans here.
    pub selects: Selects,
    /// When a span is judged.
    pub on: Phases,
    /// `sample`, `every`, `rate`.
    pub limits: Limits,
    /// The metric it feeds.
    pub metric: Option<MetricId>,
    /// The unit of plain numbers in `of`, where it is written; it converts to that of the metric.
    pub unit: Option<Unit>,
    /// The sink it feeds.
    pub sink: Option<SinkId>,
    /// `labels`, those of group and rule joined, in order of their names.
    pub labels: Vec<Label>,
    /// Its own keys, defaults filled in.
    pub args: Args,
}

impl Action {
    /// Whether what it sends must not be lost: `durable = true`. It has no limits then, and goes before all others.
    pub fn is_durable(&self) -> bool {
        self.args.bool("durable").copied().unwrap_or(false)
    }
}

/// When an action judges a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phases {
    /// When it opens.
    pub open: bool,
    /// When it closes.
    pub close: bool,
}

/// How much of what holds passes; in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// A share of it.
    pub sample: Option<Sample>,
    /// The first of each period.
    pub every: Option<Every>,
    /// A token bucket.
    pub rate: Option<Rate>,
}

/// `sample`
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// From 0 to 1.
    pub ratio: f64,
    /// Same key, same fate; empty: per record.
    pub by: Vec<Expr>,
}

/// `every`
#[derive(Clone, Debug, PartialEq)]
pub struct Every {
    /// The period.
    pub period: Duration,
    /// One period per key.
    pub by: Vec<Expr>,
}

/// `rate`
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Records per second.
    pub per_second: f64,
    /// How many may come at once; at least 1.
    pub burst: f64,
    /// One bucket per key.
    pub by: Vec<Expr>,
}

/// One label of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Its name, as exposed.
    pub name: Arc<str>,
    /// Its value.
    pub value: Mapped,
}

/// A value with the table form's extras.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// The value.
    pub of: Expr,
    /// After the transforms: text to text.
    pub map: Option<Vec<(Arc<str>, Arc<str>)>>,
    /// For what is unmapped or missing.
    pub default: Option<Arc<str>>,
    /// Beyond this many distinct values: `other`.
    pub max_values: Option<u32>,
}
