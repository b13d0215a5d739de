//! The short way of events into one series: a look at the fields they need, and no record.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rheostat_core::Value;
use rheostat_core::output::{Direct, Look, Settled, Tick, Timed};
use tracing_core::Event;
use tracing_core::field::{Field, Visit};

use super::action::{ActionPlan, How, Kept, Place, What};
use super::convert::Convert;
use super::labelled::Labelled;
use crate::registry::Metric;
use crate::series::{Adder, Reading};

/// The short way of an action, if it has one.
pub(super) fn of(action: &ActionPlan, settled: &Settled<'_>) -> Option<Direct> {
    if action.exemplars {
        return None;
    }
    let amount = Amount::of(&action.what, settled)?;
    match (&action.series, amount) {
        (Place::Kept(kept), Amount::Fixed(amount)) => {
            let same = Same {
                adder: OnceLock::new(),
                amount,
                kept: Arc::clone(kept),
                metric: action.metric.clone(),
            };
            Some(Direct::Tick(Box::new(same)))
        }
        (Place::Kept(kept), Amount::Field(number)) => {
            let measured = Measured {
                number,
                kept: Arc::clone(kept),
                metric: action.metric.clone(),
            };
            Some(Direct::Look(Box::new(measured)))
        }
        (Place::Read(labels), amount) => {
            let labelled = Labelled::new(labels, amount, &action.metric, settled)?;
            Some(labelled.into_direct())
        }
        (Place::Fixed(_), _) => None,
    }
}

/// The short way of an action on spans that close, if it has one.
pub(super) fn timed(action: &ActionPlan, settled: &Settled<'_>) -> Option<Box<dyn Timed>> {
    if action.exemplars {
        return None;
    }
    match (&action.what, &action.series) {
        (What::Value(How::Observe, program, convert), Place::Kept(kept))
            if settled.is_duration(program) =>
        {
            Some(Box::new(Lasted {
                // A metric that takes no duration refuses every one, and that is counted elsewhere.
                scale: convert.nanoseconds()?,
                kept: Arc::clone(kept),
                metric: action.metric.clone(),
            }))
        }
        _ => None,
    }
}

/// How much an event comes to.
pub(super) enum Amount {
    Fixed(u64),
    Field(Number),
}

/// A number in a field.
pub(super) struct Number {
    pub(super) field: usize,
    how: How,
    convert: Convert,
}

impl Amount {
    fn of(what: &What, settled: &Settled<'_>) -> Option<Self> {
        match what {
            What::Add(amount) => Some(Self::Fixed(*amount)),
            What::Value(how, program, convert) => {
                let field = settled.own_field(program)?;
                field.default.is_none().then_some(Self::Field(Number {
                    field: field.index,
                    how: *how,
                    convert: *convert,
                }))
            }
            What::Open => None,
        }
    }
}

impl Number {
    /// What is recorded of a value; `None` where that has to be explained.
    #[inline]
    pub(super) fn reading(&self, value: Value<'_>) -> Option<Reading> {
        self.how.reading(self.convert.number(value).ok()?).ok()
    }
}

/// Every event adds the same to the same counter.
struct Same {
    adder: OnceLock<Adder>,
    amount: u64,
    kept: Arc<Kept>,
    metric: Metric,
}

impl Tick for Same {
    #[inline]
    fn tick(&self) {
        match self.adder.get() {
            Some(adder) if adder.add_alone(self.amount) => {}
            _ => self.add_at_length(),
        }
    }
}

impl Same {
    /// The first time, on a thread without cells of its own, or where somebody else keeps the counter.
    #[cold]
    fn add_at_length(&self) {
        let Some(handle) = self.kept.get(&self.metric) else {
            return;
        };
        handle.series.add(self.amount);
        if let Some(adder) = Adder::new(&handle.series) {
            self.adder.get_or_init(|| adder);
        }
    }
}

/// Every event records a number into the same series.
struct Measured {
    number: Number,
    kept: Arc<Kept>,
    metric: Metric,
}

impl Look for Measured {
    fn look(&self, event: &Event<'_>) -> bool {
        let mut look = OneField::new(self.number.field);
        event.record(&mut look);
        let (Some(reading), Some(handle)) = (
            self.number.reading(look.value()),
            self.kept.get(&self.metric),
        ) else {
            return false;
        };
        handle.series.apply(reading);
        true
    }
}

/// Every span that closes records its duration into the same histogram.
struct Lasted {
    scale: f64,
    kept: Arc<Kept>,
    metric: Metric,
}

impl Timed for Lasted {
    fn closed(&self, nanoseconds: u64) {
        if let Some(handle) = self.kept.get(&self.metric) {
            handle.series.record(nanoseconds as f64 / self.scale);
        }
    }
}

/// A look at one field. What is no number stays missing.
// Plain fields and no `Value`: what was written in parts and read as a whole would have to wait for itself.
struct OneField {
    field: usize,
    seen: Seen,
    float: f64,
    whole: u64,
}

/// Which of them was seen.
#[derive(Clone, Copy)]
enum Seen {
    Nothing,
    Float,
    Whole,
    Signed,
}

impl OneField {
    fn new(field: usize) -> Self {
        Self {
            field,
            seen: Seen::Nothing,
            float: 0.0,
            whole: 0,
        }
    }

    #[inline(always)]
    fn value(&self) -> Value<'static> {
        match self.seen {
            Seen::Nothing => Value::Missing,
            Seen::Float => Value::F64(self.float),
            Seen::Whole => Value::U64(self.whole),
            Seen::Signed => Value::I64(self.whole.cast_signed()),
        }
    }
}

impl Visit for OneField {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.index() == self.field {
            self.float = value;
            self.seen = Seen::Float;
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.index() == self.field {
            self.whole = value.cast_unsigned();
            self.seen = Seen::Signed;
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.index() == self.field {
            self.whole = value;
            self.seen = Seen::Whole;
        }
    }

    fn record_bool(&mut self, _: &Field, _: bool) {}

    fn record_str(&mut self, _: &Field, _: &str) {}

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl fmt::Debug for Same {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Same").field(&self.metric).finish()
    }
}

impl fmt::Debug for Lasted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lasted").field(&self.metric).finish()
    }
}

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Measured").field(&self.metric).finish()
    }
}
