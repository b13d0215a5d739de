//! Conditions that only compare own fields with constants, decided while the fields go by.

use std::cmp::Ordering;
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

/// How many comparisons have a bit each; more of them take the usual way.
const MOST: usize = u32::BITS as usize;

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
    /// By order, from less to greater: whether the comparison holds.
    orders: [bool; 3],
}

#[derive(Debug)]
enum With {
    /// A whole number that floats have too.
    Whole(i32),
    Float(f64),
    Other(Value<'static>),
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
        if parts.len() > MOST {
            return None;
        }
        let comparisons = parts
            .iter()
            .map(|part| comparison(program, *part, capture))
            .collect::<Option<Box<[_]>>>()?;
        let holds = |of: &OfField| of.holds(Value::Missing);
        let bits = comparisons.iter().enumerate();
        Some(Self {
            of_missing: bits.fold(0, |bits, (at, of)| bits | u32::from(holds(of)) << at),
            comparisons,
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
    fn new(field: usize, op: Comparison, with: With) -> Self {
        let orders = match op {
            Comparison::Equal => [false, true, false],
            Comparison::NotEqual => [true, false, true],
            Comparison::Less => [true, false, false],
            Comparison::AtMost => [true, true, false],
            Comparison::Greater => [false, false, true],
            Comparison::AtLeast => [false, true, true],
        };
        Self {
            field,
            op,
            with,
            orders,
        }
    }

    /// Whether it holds of values in this order.
    #[inline(always)]
    fn holds_of(&self, order: Ordering) -> bool {
        self.orders[(order as i8 + 1) as usize]
    }

    /// As the language compares any two values.
    fn holds(&self, value: Value<'_>) -> bool {
        let constant = match &self.with {
            With::Whole(whole) => Value::I64(i64::from(*whole)),
            With::Float(float) => Value::F64(*float),
            With::Other(value) => *value,
            With::Text(text) => Value::Text(text),
        };
        compare::holds(self.op, value, constant)
    }
}

impl From<Value<'static>> for With {
    fn from(value: Value<'static>) -> Self {
        match value {
            Value::I64(whole) => i32::try_from(whole).map_or(Self::Other(value), Self::Whole),
            Value::F64(float) => Self::Float(float),
            other => Self::Other(other),
        }
    }
}

fn comparison(program: &Program, at: At, capture: &CapturePlan) -> Option<OfField> {
    let field = |slot: &SlotId| capture.field_of(*slot);
    let of =
        |slot: &SlotId, op: &Comparison, with: With| Some(OfField::new(field(slot)?, *op, with));
    match &program.ops[at as usize] {
        Op::CompareField(op, slot, value) => of(slot, op, With::from(*value)),
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
    /// Compares a field: quickly by its order, where there is one, else as the language does.
    #[inline(always)]
    fn at<'v>(
        &mut self,
        field: &Field,
        value: impl Fn() -> Value<'v>,
        order: impl Fn(&With) -> Option<Ordering>,
    ) {
        let field = field.index();
        for (at, of) in self.sieve.comparisons.iter().enumerate() {
            if of.field == field {
                let holds = match order(&of.with) {
                    Some(order) => of.holds_of(order),
                    None => of.holds(value()),
                };
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
        self.at(
            field,
            || Value::F64(value),
            |with| match with {
                With::Whole(whole) => value.partial_cmp(&f64::from(*whole)),
                With::Float(float) => value.partial_cmp(float),
                With::Other(_) | With::Text(_) => None,
            },
        );
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.at(
            field,
            || Value::I64(value),
            |with| match with {
                With::Whole(whole) => Some(value.cmp(&i64::from(*whole))),
                With::Float(_) | With::Other(_) | With::Text(_) => None,
            },
        );
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.at(
            field,
            || Value::U64(value),
            |with| match with {
                With::Whole(whole) => {
                    let order = |whole| value.cmp(&whole);
                    Some(u64::try_from(*whole).map_or(Ordering::Greater, order))
                }
                With::Float(_) | With::Other(_) | With::Text(_) => None,
            },
        );
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.at(field, || Value::I128(value), |_| None);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.at(field, || Value::U128(value), |_| None);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.at(field, || Value::Bool(value), |_| None);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if value.len() > self.sieve.limit {
            return self.beyond(field);
        }
        self.at(field, || Value::Text(value), |_| None);
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

#[cfg(test)]
mod tests {
    use tracing_core::callsite::{Callsite as _, DefaultCallsite, Identifier};
    use tracing_core::field::{FieldSet, Value as FieldValue};
    use tracing_core::metadata::Kind;
    use tracing_core::{Level, Metadata};

    use super::*;

    static CALLSITE: DefaultCallsite = DefaultCallsite::new(&META);
    static META: Metadata<'static> = Metadata::new(
        "event",
        "app",
        Level::INFO,
        None,
        None,
        None,
        FieldSet::new(&["a", "b"], Identifier(&CALLSITE)),
        Kind::EVENT,
    );

    const OPS: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::AtMost,
        Comparison::Greater,
        Comparison::AtLeast,
    ];

    fn judged(sieve: &Sieve, a: &dyn FieldValue, b: Option<&dyn FieldValue>) -> Sieved {
        let fields = CALLSITE.metadata().fields();
        let mut names = fields.iter();
        let (first, second) = (names.next().expect("a"), names.next().expect("b"));
        let values = [(&first, Some(a)), (&second, b)];
        let values = fields.value_set(&values);
        sieve.judge(&Event::new(CALLSITE.metadata(), &values))
    }

    fn sieve(comparisons: Vec<OfField>, all: bool) -> Sieve {
        let of_missing = comparisons.iter().enumerate().fold(0, |bits, (at, of)| {
            bits | u32::from(of.holds(Value::Missing)) << at
        });
        Sieve {
            comparisons: comparisons.into(),
            of_missing,
            all,
            limit: 8,
        }
    }

    #[test]
    fn a_look_agrees_with_the_language_on_every_pair() {
        let constants = || {
            [
                With::from(Value::I64(5)),
                With::from(Value::I64(-5)),
                With::from(Value::I64(1 << 60)),
                With::from(Value::F64(5.5)),
                With::from(Value::U64(u64::MAX)),
                With::from(Value::Bool(true)),
                With::Text("5".into()),
            ]
        };
        let values: [(&dyn FieldValue, Value<'_>); 10] = [
            (&5_u64, Value::U64(5)),
            (&u64::MAX, Value::U64(u64::MAX)),
            (&-5_i64, Value::I64(-5)),
            (&(1_i64 << 60), Value::I64(1 << 60)),
            (&5.5_f64, Value::F64(5.5)),
            (&f64::NAN, Value::F64(f64::NAN)),
            (&true, Value::Bool(true)),
            (&"5", Value::Text("5")),
            (&"x", Value::Text("x")),
            (&5_i128, Value::I128(5)),
        ];
        for op in OPS {
            for with in constants() {
                let sieve = sieve(vec![OfField::new(0, op, with)], true);
                for (given, value) in values {
                    let expected = match sieve.comparisons[0].holds(value) {
                        true => Sieved::Holds,
                        false => Sieved::Fails,
                    };
                    assert_eq!(judged(&sieve, given, None), expected, "{sieve:?} {value:?}");
                }
            }
        }
    }

    #[test]
    fn all_or_any_must_hold_and_a_missing_field_counts_as_one() {
        let parts = || {
            vec![
                OfField::new(0, Comparison::Greater, With::Whole(5)),
                OfField::new(1, Comparison::NotEqual, With::Whole(5)),
            ]
        };
        let (all, any) = (sieve(parts(), true), sieve(parts(), false));
        assert_eq!(judged(&all, &6_u64, None), Sieved::Holds);
        assert_eq!(judged(&all, &6_u64, Some(&5_u64)), Sieved::Fails);
        assert_eq!(judged(&any, &1_u64, Some(&5_u64)), Sieved::Fails);
        assert_eq!(judged(&any, &1_u64, Some(&6_u64)), Sieved::Holds);
    }

    #[test]
    fn what_must_be_written_down_or_cut_first_is_left_to_others() {
        let sieve = sieve(
            vec![OfField::new(0, Comparison::Equal, With::Whole(5))],
            true,
        );
        let formatted = tracing_core::field::debug(5);
        assert_eq!(judged(&sieve, &formatted, None), Sieved::Unknown);
        assert_eq!(judged(&sieve, &"too long for it", None), Sieved::Unknown);
    }
}
