//! The short way of events into one series: a look at the fields they need, and no record.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rheostat_core::Value;
use rheostat_core::output::{Direct, Settled};
use tracing_core::Event;
use tracing_core::field::{Field, Visit};

use super::action::{ActionPlan, How, Kept, Place, What};
use super::convert::Convert;
use super::labelled::Labelled;
use crate::registry::Metric;
use crate::series::{Adder, Reading};

/// The short way of an action, if it has one.
pub(super) fn of(action: &ActionPlan, settled: &Settled<'_>) -> Option<Box<dyn Direct>> {
    if action.exemplars {
        return None;
    }
    let amount = Amount::of(&action.what, settled)?;
    match (&action.series, amount) {
        (Place::Kept(kept), Amount::Fixed(amount)) => Some(Box::new(Tick {
            adder: OnceLock::new(),
            amount,
            kept: Arc::clone(kept),
            metric: action.metric.clone(),
        })),
        (Place::Kept(kept), Amount::Field(number)) => Some(Box::new(Measured {
            number,
            kept: Arc::clone(kept),
            metric: action.metric.clone(),
        })),
        (Place::Read(labels), amount) => {
            Labelled::new(labels, amount, &action.metric, settled).map(|way| Box::new(way) as _)
        }
        (Place::Fixed(_), _) => None,
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
struct Tick {
    adder: OnceLock<Adder>,
    amount: u64,
    kept: Arc<Kept>,
    metric: Metric,
}

impl Direct for Tick {
    #[inline]
    fn event(&self, _: &Event<'_>) -> bool {
        match self.adder.get() {
            Some(adder) => {
                adder.add(self.amount);
                true
            }
            None => self.first(),
        }
    }
}

impl Tick {
    #[cold]
    fn first(&self) -> bool {
        let kept = self.kept.get(&self.metric);
        let Some(adder) = kept.and_then(|handle| Adder::new(&handle.series)) else {
            return false;
        };
        self.adder.get_or_init(|| adder).add(self.amount);
        true
    }
}

/// Every event records a number into the same series.
struct Measured {
    number: Number,
    kept: Arc<Kept>,
    metric: Metric,
}

impl Direct for Measured {
    fn event(&self, event: &Event<'_>) -> bool {
        let mut look = Look {
            field: self.number.field,
            value: Value::Missing,
        };
        event.record(&mut look);
        let (Some(reading), Some(handle)) =
            (self.number.reading(look.value), self.kept.get(&self.metric))
        else {
            return false;
        };
        handle.series.apply(reading);
        true
    }
}

/// A look at one field. What is no number stays missing.
struct Look {
    field: usize,
    value: Value<'static>,
}

impl Look {
    #[inline(always)]
    fn at(&mut self, field: &Field, value: Value<'static>) {
        if field.index() == self.field {
            self.value = value;
        }
    }
}

impl Visit for Look {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.at(field, Value::F64(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.at(field, Value::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.at(field, Value::U64(value));
    }

    fn record_bool(&mut self, _: &Field, _: bool) {}

    fn record_str(&mut self, _: &Field, _: &str) {}

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl fmt::Debug for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tick").field(&self.metric).finish()
    }
}

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Measured").field(&self.metric).finish()
    }
}
