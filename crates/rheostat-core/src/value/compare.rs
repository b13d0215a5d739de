//! `==`, `<` and their kin over values of any two types.
//!
//! What does not fit compares as nothing: the result is then false, and only
//! `!=`, which is `not (a == b)`, is true.

use std::cmp::Ordering;

use rheostat_policy::expr::Comparison;

use super::number::{plain, read, read_duration};
use super::text::text_of;
use super::{Num, Value};

/// Whether a comparison holds.
#[inline]
pub(crate) fn holds(op: Comparison, left: Value<'_>, right: Value<'_>) -> bool {
    // Most comparisons are of a number with a literal that the policy spells as the same kind of number.
    let order = match (left, right) {
        (Value::I64(left), Value::I64(right)) => Some(left.cmp(&right)),
        (Value::U64(left), Value::I64(right)) => Some(match u64::try_from(right) {
            Ok(right) => left.cmp(&right),
            Err(_) => Ordering::Greater,
        }),
        (Value::F64(left), Value::F64(right)) => left.partial_cmp(&right),
        _ => return holds_across(op, left, right),
    };
    match op {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        _ => is_ordered(op, order),
    }
}

fn holds_across(op: Comparison, left: Value<'_>, right: Value<'_>) -> bool {
    match op {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        _ => is_ordered(op, order(left, right)),
    }
}

fn is_ordered(op: Comparison, order: Option<Ordering>) -> bool {
    match op {
        Comparison::Equal | Comparison::NotEqual => false,
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::AtMost => order.is_some_and(Ordering::is_le),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::AtLeast => order.is_some_and(Ordering::is_ge),
    }
}

/// Whether two values are the same; nothing is the same as a missing one.
pub(crate) fn equal(left: Value<'_>, right: Value<'_>) -> bool {
    if let (Some(left), Some(right)) = (text_of(left), text_of(right)) {
        return left == right;
    }
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Bytes(left), Value::Bytes(right)) => left == right,
        _ => measured(left, right) == Some(Ordering::Equal),
    }
}

/// The order of two numbers or two durations; of two texts only where both are one or the other.
fn order(left: Value<'_>, right: Value<'_>) -> Option<Ordering> {
    if text_of(left).is_some() && text_of(right).is_some() {
        return match (read(left), read(right)) {
            (Some(left), Some(right)) => left.compare(right),
            _ => Some(read_duration(left)?.cmp(&read_duration(right)?)),
        };
    }
    measured(left, right)
}

/// Compares by measure, where at least one side is no text and so says what is asked for.
fn measured(left: Value<'_>, right: Value<'_>) -> Option<Ordering> {
    if matches!(left, Value::Duration(_)) || matches!(right, Value::Duration(_)) {
        return Some(read_duration(left)?.cmp(&read_duration(right)?));
    }
    let number = |value| -> Option<Num> { plain(value).or_else(|| read(value)) };
    number(left)?.compare(number(right)?)
}
