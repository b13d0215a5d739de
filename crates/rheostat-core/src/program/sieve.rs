//! Conditions that only compare own fields with constants, decided while the fields go by.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use rheostat_policy::expr::Comparison;
use tracing_core::Event;
use tracing_core::field::{Field, Visit};

use super::flat::{At, Op, Program};
use super::load::Load;
use crate::capture::{CapturePlan, SlotId};
use crate::value::{Value, compare};

/// Such a condition.
#[derive(Debug)]
pub(crate) struct Sieve {
    comparisons: Box<[OfField]>,
    /// By comparison: whether it holds of a field without a value.
    of_missing: u32,
    /// Which of them must hold: all, or any.
    all: bool,
    /// A longer text would have been cut.
    limit: usize,
}

/// One comparison of a field with a constant.
#[derive(Debug)]
struct OfField {
    field: usize,
    op: Comparison,
    with: With,
}

#[derive(Debug)]
enum With {
    Plain(Value<'static>),
    Text(Arc<str>),
}

/// What a sieve says of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sieved {
    /// The condition holds.
    Holds,
    /// It does not.
    Fails,
    /// It takes more than a look.
    Unknown,
}

impl Sieve {
    /// The condition as a sieve, if it is of that form.
    pub(crate) fn of(program: &Program, capture: &CapturePlan) -> Option<Self> {
        let root = program.root();
        let (parts, all): (&[At], bool) = match &program.ops[root as usize] {
            Op::And(parts) => (parts, true),
            Op::Or(parts) => (parts, false),
            _ => (&[root], true),
        };
        let comparisons = parts
            .iter()
            .map(|part| comparison(program, *part, capture))
            .collect::<Option<Box<[_]>>>()?;
        let holds = |of: &OfField| of.holds(Value::Missing);
        let bits = comparisons.iter().enumerate();
        Some(Self {
            of_missing: bits.fold(0, |bits, (at, of)| bits | u32::from(holds(of)) << at),
            comparisons: Some(comparisons).filter(|comparisons| comparisons.len() <= 32)?,
            all,
            limit: capture.limit(),
        })
    }

    /// Looks at an event.
    #[inline]
    pub(crate) fn judge(&self, event: &Event<'_>) -> Sieved {
        let mut look = Look {
            sieve: self,
            held: self.of_missing,
            unknown: false,
        };
        event.record(&mut look);
        let holds = match self.all {
            true => look.held.count_ones() as usize == self.comparisons.len(),
            false => look.held != 0,
        };
        match (look.unknown, holds) {
            (true, _) => Sieved::Unknown,
            (false, true) => Sieved::Holds,
            (false, false) => Sieved::Fails,
        }
    }
}

impl OfField {
    #[inline]
    fn holds(&self, value: Value<'_>) -> bool {
        match &self.with {
            With::Plain(constant) => compare::holds(self.op, value, *constant),
            With::Text(text) => compare::holds(self.op, value, Value::Text(text)),
        }
    }
}

fn comparison(program: &Program, at: At, capture: &CapturePlan) -> Option<OfField> {
    let field = |slot: &SlotId| capture.field_of(*slot);
    let of = |slot: &SlotId, op: &Comparison, with: With| {
        Some(OfField {
            field: field(slot)?,
            op: *op,
            with,
        })
    };
    match &program.ops[at as usize] {
        Op::CompareField(op, slot, value) => of(slot, op, With::Plain(*value)),
        Op::Compare(op, left, right) => {
            match (&program.ops[*left as usize], &program.ops[*right as usize]) {
                (Op::Load(Load::Slot(slot)), Op::Text(text)) => {
                    of(slot, op, With::Text(text.clone()))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// One look at an event's fields.
struct Look<'s> {
    sieve: &'s Sieve,
    held: u32,
    unknown: bool,
}

impl Look<'_> {
    #[inline]
    fn at(&mut self, field: &Field, value: Value<'_>) {
        let field = field.index();
        for (at, of) in self.sieve.comparisons.iter().enumerate() {
            if of.field == field {
                let holds = of.holds(value);
                self.held = self.held & !(1 << at) | u32::from(holds) << at;
            }
        }
    }

    /// A value that has to be written down before it can be compared.
    #[inline]
    fn beyond(&mut self, field: &Field) {
        let field = field.index();
        self.unknown |= self.sieve.comparisons.iter().any(|of| of.field == field);
    }
}

impl Visit for Look<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.at(field, Value::F64(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.at(field, Value::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.at(field, Value::U64(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.at(field, Value::I128(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.at(field, Value::U128(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.at(field, Value::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if value.len() > self.sieve.limit {
            return self.beyond(field);
        }
        self.at(field, Value::Text(value));
    }

    fn record_bytes(&mut self, field: &Field, _: &[u8]) {
        self.beyond(field);
    }

    fn record_error(&mut self, field: &Field, _: &(dyn Error + 'static)) {
        self.beyond(field);
    }

    fn record_debug(&mut self, field: &Field, _: &dyn fmt::Debug) {
        self.beyond(field);
    }
}
