//! What Rheostat counts about itself, as data: outputs that expose metrics read it.

use std::sync::Arc;

/// One number of a metric of our own.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The metric, such as `rheostat_records_total`.
    pub name: &'static str,
    /// One line: what it counts.
    pub help: &'static str,
    /// Whether it only goes up.
    pub counter: bool,
    /// Its labels, in order of their names.
    pub labels: Vec<(&'static str, Arc<str>)>,
    /// The number.
    pub value: f64,
}

impl Sample {
    /// A number that only goes up.
    pub fn counter(name: &'static str, help: &'static str, value: u64) -> Self {
        Self::new(name, help, value, true)
    }

    /// A number that goes up and down.
    pub fn gauge(name: &'static str, help: &'static str, value: u64) -> Self {
        Self::new(name, help, value, false)
    }

    /// With a label more; to be given in order of their names.
    #[must_use]
    pub fn with(mut self, label: &'static str, value: impl Into<Arc<str>>) -> Self {
        self.labels.push((label, value.into()));
        self
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "an exposed number is a float in every format"
    )]
    fn new(name: &'static str, help: &'static str, value: u64, counter: bool) -> Self {
        Self {
            name,
            help,
            counter,
            labels: Vec::new(),
            value: value as f64,
        }
    }
}
