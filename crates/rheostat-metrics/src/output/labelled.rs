//! The short way of events into series by labels: the key is written while the fields go by.

use std::fmt;

use rheostat_core::Value;
use rheostat_core::output::{Direct, Settled};
use tracing_core::Event;
use tracing_core::field::{Field, Visit};

use super::direct::Amount;
use super::labels::{Labels, Plain};
use crate::registry::Metric;
use crate::series::{LabelBuffer, Reading};

/// Nothing reads the field.
const NO_LABEL: u8 = u8::MAX;

/// Every event records into the series of its own labels.
pub(super) struct Labelled {
    amount: Amount,
    metric: Metric,
    /// In the order of the metric's labels.
    labels: Box<[Plain]>,
    /// By field: the label that reads it.
    label_of: Box<[u8]>,
    max_label: usize,
    text_limit: usize,
}

impl Labelled {
    /// `None` where labels are more than texts and numbers of own fields, in the order of the fields.
    pub(super) fn new(
        labels: &Labels,
        amount: Amount,
        metric: &Metric,
        settled: &Settled<'_>,
    ) -> Option<Self> {
        let plain = labels.plain(settled)?;
        let mut label_of: Vec<u8> = Vec::new();
        for (at, label) in plain.iter().enumerate() {
            if let Plain::Field(field, _) = label {
                let in_order = *field >= label_of.len();
                let at = u8::try_from(at)
                    .ok()
                    .filter(|at| *at != NO_LABEL && in_order)?;
                label_of.resize(*field, NO_LABEL);
                label_of.push(at);
            }
        }
        Some(Self {
            amount,
            metric: metric.clone(),
            labels: plain,
            label_of: label_of.into(),
            max_label: labels.max_label(),
            text_limit: settled.text_limit(),
        })
    }

    fn label(&self, field: &Field) -> Option<usize> {
        let label = *self.label_of.get(field.index())?;
        (label != NO_LABEL).then_some(usize::from(label))
    }
}

impl Direct for Labelled {
    fn event(&self, event: &Event<'_>) -> bool {
        let mut look = Look {
            way: self,
            key: LabelBuffer::new(self.max_label),
            written: 0,
            number: Value::Missing,
            beyond: false,
        };
        event.record(&mut look);
        look.write_missing(self.labels.len());
        if look.beyond {
            return false;
        }
        let reading = match &self.amount {
            Amount::Fixed(amount) => Some(Reading::Add(*amount)),
            Amount::Field(number) => number.reading(look.number),
        };
        let Some(reading) = reading else { return false };
        self.metric
            .family
            .with(&look.key, |series| series.apply(reading));
        true
    }
}

/// One look at an event's fields.
struct Look<'w> {
    way: &'w Labelled,
    key: LabelBuffer,
    /// How many labels are in the key.
    written: usize,
    number: Value<'static>,
    /// A value that takes more than this.
    beyond: bool,
}

impl Look<'_> {
    /// Labels up to this one have no value.
    #[inline]
    fn write_missing(&mut self, before: usize) {
        while self.written < before {
            self.key.push(self.way.labels[self.written].default());
            self.written += 1;
        }
    }

    /// Writes a label, if one reads the field and it is its turn.
    #[inline]
    fn write(&mut self, field: &Field, write: impl FnOnce(&mut LabelBuffer)) {
        let Some(label) = self.way.label(field) else {
            return;
        };
        self.write_missing(label);
        if self.written == label {
            write(&mut self.key);
            self.written += 1;
        } else {
            self.beyond = true;
        }
    }

    #[inline]
    fn number(&mut self, field: &Field, value: Value<'static>) {
        if let Amount::Field(number) = &self.way.amount
            && number.field == field.index()
        {
            self.number = value;
        }
    }

    fn pass(&mut self, field: &Field) {
        self.beyond |= self.way.label(field).is_some();
    }
}

impl Visit for Look<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.number(field, Value::F64(value));
        self.pass(field);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, Value::I64(value));
        match u64::try_from(value) {
            Ok(value) => self.write(field, |key| key.push_number(value)),
            Err(_) => self.pass(field),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, Value::U64(value));
        self.write(field, |key| key.push_number(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, |key| key.push(if value { "true" } else { "false" }));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if value.len() > self.way.text_limit {
            return self.pass(field);
        }
        self.write(field, |key| key.push(value));
    }

    fn record_bytes(&mut self, field: &Field, _: &[u8]) {
        self.pass(field);
    }

    fn record_debug(&mut self, field: &Field, _: &dyn fmt::Debug) {
        self.pass(field);
    }
}

impl fmt::Debug for Labelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Labelled").field(&self.metric).finish()
    }
}
