//! The short way of events into series by labels: the key is written while the fields go by.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use rheostat_core::Value;
use rheostat_core::capture::formatted;
use rheostat_core::output::{Direct, Look, LookAround, Settled};
use rheostat_core::scope::Scope;
use rheostat_policy::literal::unquote;
use tracing_core::Event;
use tracing_core::field::{Field, Visit};

use super::direct::Amount;
use super::labels::{Labels, Plain};
use super::written::Written;
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
    /// `None` where labels are more than texts and numbers of fields, the own ones in the order of the fields.
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

    /// The short way that it is.
    pub(super) fn into_direct(self) -> Direct {
        let of_span = |label: &Plain| matches!(label, Plain::OfSpan(..));
        match self.labels.iter().any(of_span) {
            true => Direct::LookAround(Box::new(self)),
            false => Direct::Look(Box::new(self)),
        }
    }

    fn label(&self, field: &Field) -> Option<usize> {
        let label = *self.label_of.get(field.index())?;
        (label != NO_LABEL).then_some(usize::from(label))
    }
}

impl Look for Labelled {
    fn look(&self, event: &Event<'_>) -> bool {
        self.record(event, Scope::none())
    }
}

impl LookAround for Labelled {
    fn look_around(&self, event: &Event<'_>, around: Scope<'_>) -> bool {
        self.record(event, around)
    }
}

impl Labelled {
    #[inline(always)]
    fn record(&self, event: &Event<'_>, around: Scope<'_>) -> bool {
        let mut look = Looking {
            way: self,
            around,
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
struct Looking<'w> {
    way: &'w Labelled,
    /// The spans in which the event fired.
    around: Scope<'w>,
    key: LabelBuffer,
    /// How many labels are in the key.
    written: usize,
    number: Value<'static>,
    /// A value that takes more than this.
    beyond: bool,
}

impl Looking<'_> {
    /// Labels up to this one have no value of the event's own.
    #[inline(always)]
    fn write_missing(&mut self, before: usize) {
        if self.written < before {
            self.write_others(before);
        }
    }

    #[inline(never)]
    fn write_others(&mut self, before: usize) {
        while self.written < before {
            let label = &self.way.labels[self.written];
            match label {
                Plain::OfSpan(field, _) => self.write_of_span(field.value(self.around), label),
                Plain::Text(_) | Plain::Field(..) => self.key.push(label.default()),
            }
            self.written += 1;
        }
    }

    fn write_of_span(&mut self, value: Value<'_>, label: &Plain) {
        match value {
            Value::Missing => self.key.push(label.default()),
            Value::Text(text) => self.key.push(text),
            Value::U64(number) => self.key.push_number(number),
            Value::I64(number) if number >= 0 => self.key.push_number(number.unsigned_abs()),
            _ => self.beyond = true,
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

    /// The same of a value that has to be written down first. One that panics is none.
    fn write_formatted(
        &mut self,
        field: &Field,
        value: fmt::Arguments<'_>,
        shown: impl Fn(&str) -> Cow<'_, str>,
    ) {
        let Some(label) = self.way.label(field) else {
            return;
        };
        let mut written = Written::new(self.way.text_limit);
        if formatted(&mut written, value) {
            self.write(field, |key| key.push(&shown(written.text())));
        } else {
            self.write_missing(label + 1);
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

impl Visit for Looking<'_> {
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

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.write_formatted(field, format_args!("{value}"), |text| text.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.write_formatted(field, format_args!("{value:?}"), without_quotes);
    }
}

/// As the language reads a formatted value, and then as labels show it.
fn without_quotes(text: &str) -> Cow<'_, str> {
    match unquote(text) {
        Cow::Borrowed(text) => unquote(text),
        Cow::Owned(text) => unquote(&text).into_owned().into(),
    }
}

impl fmt::Debug for Labelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Labelled").field(&self.metric).finish()
    }
}
