//! Evaluating a program for one record.

use super::flat::{At, Op, Program};
use super::load::Load;
use super::transform;
use crate::record::Record;
use crate::value::text::text_of;
use crate::value::{Value, arithmetic, compare};

/// The value of a program.
#[inline]
pub(crate) fn value<'r>(program: &'r Program, record: &'r Record<'_>) -> Value<'r> {
    operand(program, program.root(), record)
}

/// Whether a program holds as a condition: it is boolean true.
#[inline]
pub(crate) fn holds(program: &Program, record: &Record<'_>) -> bool {
    condition(program, program.root(), record)
}

/// Most operands are a field or a constant; those are worth no call.
#[inline(always)]
fn operand<'r>(program: &'r Program, index: At, record: &'r Record<'_>) -> Value<'r> {
    match &program.ops[index as usize] {
        Op::Plain(value) => *value,
        Op::Text(text) => Value::Text(text),
        Op::Load(Load::Slot(slot)) => record.own(*slot),
        Op::FieldOr(slot, default) => match record.own(*slot) {
            Value::Missing => Value::Text(default),
            present => present,
        },
        _ => at(program, index, record),
    }
}

/// Most conditions compare a field with a constant.
#[inline(always)]
fn condition(program: &Program, index: At, record: &Record<'_>) -> bool {
    match &program.ops[index as usize] {
        Op::CompareField(op, slot, value) => compare::holds(*op, record.own(*slot), *value),
        _ => test(program, index, record),
    }
}

fn at<'r>(program: &'r Program, index: At, record: &'r Record<'_>) -> Value<'r> {
    let value = |of: At| operand(program, of, record);
    match &program.ops[index as usize] {
        Op::Plain(value) => *value,
        Op::Text(text) => Value::Text(text),
        Op::Load(load) => load_value(load, record),
        Op::Pipe(of, transform) => transform::apply(transform, value(*of), record.bump()),
        Op::Hash(of, key) => transform::hash(value(*of), *key, record.bump()),
        Op::Capture(of, group) => text_of(value(*of))
            .and_then(|text| group.of(text))
            .map_or(Value::Missing, Value::Text),
        Op::Negate(of) => arithmetic::negate(value(*of)),
        Op::Arithmetic(op, left, right) => arithmetic::compute(*op, value(*left), value(*right)),
        Op::Map(of, map) => transform::mapped(map, value(*of), record.bump()),
        Op::OrElse(of, default) => match value(*of) {
            Value::Missing => default.value(),
            present => present,
        },
        Op::Compare(..)
        | Op::In(..)
        | Op::TextTest(..)
        | Op::Matches(..)
        | Op::Has(_)
        | Op::Not(_)
        | Op::And(_)
        | Op::Or(_)
        | Op::CompareField(..) => Value::Bool(test(program, index, record)),
        Op::FieldOr(..) => value(index),
    }
}

fn test(program: &Program, index: At, record: &Record<'_>) -> bool {
    let value = |of: At| operand(program, of, record);
    let test = |of: At| condition(program, of, record);
    match &program.ops[index as usize] {
        Op::Compare(op, left, right) => compare::holds(*op, value(*left), value(*right)),
        Op::In(of, list) => {
            let of = value(*of);
            list.iter().any(|other| compare::equal(of, value(*other)))
        }
        Op::TextTest(test, left, right) => transform::text_test(*test, value(*left), value(*right)),
        Op::Matches(of, pattern) => transform::matches(pattern, value(*of)),
        Op::Has(of) => value(*of).is_some(),
        Op::CompareField(op, slot, value) => compare::holds(*op, record.own(*slot), *value),
        Op::Not(of) => !test(*of),
        Op::And(parts) => parts.iter().all(|part| test(*part)),
        Op::Or(parts) => parts.iter().any(|part| test(*part)),
        Op::Plain(_)
        | Op::Text(_)
        | Op::Load(_)
        | Op::Pipe(..)
        | Op::Hash(..)
        | Op::Capture(..)
        | Op::Negate(_)
        | Op::Arithmetic(..)
        | Op::Map(..)
        | Op::OrElse(..)
        | Op::FieldOr(..) => matches!(value(index), Value::Bool(true)),
    }
}

fn load_value<'r>(load: &'r Load, record: &'r Record<'_>) -> Value<'r> {
    match load {
        Load::Slot(slot) => record.own(*slot),
        Load::Scope(scope) => record.in_scope(scope),
        Load::SlotThenScope(slot, scope) => match record.own(*slot) {
            Value::Missing => record.in_scope(scope),
            own => own,
        },
        Load::OfSpan { is, name } => record.of_span(*is, *name),
        Load::BuiltIn(built_in) => record.built_in(built_in),
    }
}
