//! A policy that was checked: every name resolved, every value typed.
//!
//! What is here cannot be wrong; whatever could be was reported. Building one
//! by hand is not possible outside this crate.

mod action;
mod args;
mod lint;
mod policy;
mod rule;

pub use action::{Action, Every, Label, Limits, Mapped, Phases, Rate, Sample};
pub use args::{Arg, Args, Secret, Template, TemplatePart};
pub use lint::Lint;
pub use policy::{
    Buckets, CheckedPolicy, Defaults, Http, Inventory, LabelSpec, Metric, MetricId, OutOf,
    Redaction, RedactionWith, Sink, SinkId, Unit,
};
pub use rule::{Drop, Ends, Kinds, Level, LevelTest, LineTest, Priority, Rule, RuleId, Selector};
