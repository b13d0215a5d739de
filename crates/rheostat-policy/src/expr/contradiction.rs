//! Conditions that never hold, always hold, or follow from others.
//!
//! Every answer `true` is certain; `false` means that it is not known. The
//! analysis looks at literals and at several tests of one value, no further.

use std::cmp::Ordering;

use super::fold::{as_duration, as_number, equal, order, truth};
use super::{Comparison, Expr, ExprKind, Literal};

/// Whether a condition can never hold, by its own text.
pub fn always_false(expr: &Expr) -> bool {
    if truth(expr) == Some(false) {
        return true;
    }
    match &expr.kind {
        ExprKind::And(_) => {
            let mut parts = Vec::new();
            flatten(expr, &mut parts);
            parts.iter().any(|part| always_false(part)) || contradict(&parts)
        }
        ExprKind::Or(parts) => parts.iter().all(always_false),
        ExprKind::Not(of) => always_true(of),
        _ => false,
    }
}

/// Whether a condition holds for every record, by its own text.
pub fn always_true(expr: &Expr) -> bool {
    if truth(expr) == Some(true) {
        return true;
    }
    match &expr.kind {
        ExprKind::And(parts) => parts.iter().all(always_true),
        ExprKind::Or(parts) => {
            let looked_at = &parts[..parts.len().min(LIMIT)];
            parts.iter().any(always_true)
                || looked_at
                    .iter()
                    .any(|part| looked_at.iter().any(|other| negates(part, other)))
        }
        ExprKind::Not(of) => always_false(of),
        _ => false,
    }
}

/// Whether the second condition holds wherever the first does.
pub fn implies(first: &Expr, second: &Expr) -> bool {
    if always_false(first) || always_true(second) {
        return true;
    }
    // Nested `and`s and `or`s can be compared in a great many ways; after so many it is not known.
    let mut steps = 10_000;
    follows(first, second, &mut steps)
}

fn follows(first: &Expr, second: &Expr, steps: &mut u32) -> bool {
    let Some(left) = steps.checked_sub(1) else {
        return false;
    };
    *steps = left;
    if first == second {
        return true;
    }
    if let ExprKind::Or(parts) = &first.kind {
        return parts.iter().all(|part| follows(part, second, steps));
    }
    match &second.kind {
        ExprKind::And(parts) => return parts.iter().all(|part| follows(first, part, steps)),
        ExprKind::Or(parts) if parts.iter().any(|part| follows(first, part, steps)) => return true,
        _ => {}
    }
    match &first.kind {
        ExprKind::And(parts) => parts.iter().any(|part| follows(part, second, steps)),
        _ => stricter(first, second),
    }
}

/// Whether a test of a value against a literal follows from another one.
fn stricter(first: &Expr, second: &Expr) -> bool {
    let (Some(first), Some(second)) = (Test::of(first), Test::of(second)) else {
        return false;
    };
    if first.of != second.of {
        return false;
    }
    match (&first.must, &second.must) {
        (Must::OneOf(values), _) => values
            .iter()
            .all(|value| !reads_twice(value) && second.must.accepts(value)),
        (Must::Bound(op, bound), Must::Bound(other_op, other)) => {
            same_side(*op, *other_op)
                && match (order(bound, other), op) {
                    (Some(Ordering::Equal), _) => op == other_op || !includes(*op),
                    (Some(Ordering::Greater), Comparison::Greater | Comparison::AtLeast) => true,
                    (Some(Ordering::Less), Comparison::Less | Comparison::AtMost) => true,
                    _ => false,
                }
        }
        (Must::Bound(..), Must::OneOf(_)) => false,
    }
}

fn same_side(left: Comparison, right: Comparison) -> bool {
    let up = |op| matches!(op, Comparison::Greater | Comparison::AtLeast);
    up(left) == up(right)
}

fn includes(op: Comparison) -> bool {
    matches!(op, Comparison::AtMost | Comparison::AtLeast)
}

/// The conditions of nested `and`s.
fn flatten<'e>(expr: &'e Expr, into: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::And(parts) => parts.iter().for_each(|part| flatten(part, into)),
        _ => into.push(expr),
    }
}

/// How many tests are looked at together; a longer list is only looked at in part.
const LIMIT: usize = 256;

fn contradict(parts: &[&Expr]) -> bool {
    let parts = &parts[..parts.len().min(LIMIT)];
    let tests: Vec<Test<'_>> = parts.iter().filter_map(|part| Test::of(part)).collect();
    let pairs = |at: usize| parts[at + 1..].iter();
    let negated = parts
        .iter()
        .enumerate()
        .any(|(at, part)| pairs(at).any(|other| negates(part, other)));
    negated
        || tests.iter().enumerate().any(|(at, test)| {
            tests[at + 1..]
                .iter()
                .any(|other| test.of == other.of && test.must.excludes(&other.must))
        })
}

/// Whether one of two conditions is exactly the other turned round.
fn negates(left: &Expr, right: &Expr) -> bool {
    let turned = |condition: &Expr, other: &Expr| match &condition.kind {
        ExprKind::Not(of) => **of == *other,
        ExprKind::Compare(Comparison::NotEqual, a, b) => matches!(
            &other.kind,
            ExprKind::Compare(Comparison::Equal, c, d) if (a == c && b == d) || (a == d && b == c)
        ),
        _ => false,
    };
    turned(left, right) || turned(right, left)
}

/// A test of one value against literals.
struct Test<'e> {
    of: &'e Expr,
    must: Must<'e>,
}

/// What a test demands of the value.
enum Must<'e> {
    OneOf(Vec<&'e Literal>),
    Bound(Comparison, &'e Literal),
}

impl<'e> Test<'e> {
    fn of(expr: &'e Expr) -> Option<Self> {
        match &expr.kind {
            ExprKind::Compare(op, left, right) => {
                let (of, op, literal) = match (&left.kind, &right.kind) {
                    (ExprKind::Literal(_), ExprKind::Literal(_)) => return None,
                    (_, ExprKind::Literal(literal)) => (left, *op, literal),
                    (ExprKind::Literal(literal), _) => (right, op.mirrored(), literal),
                    _ => return None,
                };
                let must = match op {
                    Comparison::Equal => Must::OneOf(vec![literal]),
                    Comparison::NotEqual => return None,
                    op => Must::Bound(op, literal),
                };
                Some(Self { of, must })
            }
            ExprKind::In(of, values) => {
                let literals: Option<Vec<&Literal>> = values
                    .iter()
                    .map(|value| match &value.kind {
                        ExprKind::Literal(literal) => Some(literal),
                        _ => None,
                    })
                    .collect();
                Some(Self {
                    of,
                    must: Must::OneOf(literals?),
                })
            }
            _ => None,
        }
    }
}

impl Must<'_> {
    /// Whether a value that equals this literal passes.
    fn accepts(&self, value: &Literal) -> bool {
        match self {
            Self::OneOf(values) => values.iter().any(|other| equal(value, other)),
            Self::Bound(op, bound) => super::fold::compare(*op, value, bound),
        }
    }

    /// Whether no value passes both.
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            // Lists so long are not compared value by value.
            (Self::OneOf(left), Self::OneOf(right)) if left.len() * right.len() > LIMIT * LIMIT => {
                false
            }
            (Self::OneOf(left), Self::OneOf(right)) => left
                .iter()
                .all(|left| right.iter().all(|right| differ(left, right))),
            (Self::OneOf(values), bound @ Self::Bound(_, limit))
            | (bound @ Self::Bound(_, limit), Self::OneOf(values)) => values
                .iter()
                .all(|value| comparable(value, limit) && !bound.accepts(value)),
            (Self::Bound(left_op, left), Self::Bound(right_op, right)) => {
                bounds_exclude(*left_op, left, *right_op, right)
            }
        }
    }
}

fn bounds_exclude(
    left_op: Comparison,
    left: &Literal,
    right_op: Comparison,
    right: &Literal,
) -> bool {
    if same_side(left_op, right_op) {
        return false;
    }
    let (lower, upper) = if matches!(left_op, Comparison::Greater | Comparison::AtLeast) {
        (left, right)
    } else {
        (right, left)
    };
    match order(lower, upper) {
        Some(Ordering::Greater) => true,
        Some(Ordering::Equal) => !(includes(left_op) && includes(right_op)),
        Some(Ordering::Less) | None => false,
    }
}

/// Whether no value equals both literals.
///
/// A value that is a text may read as a number, so '1' and 1 may both be met; two texts are met by one
/// value only if they are the same.
fn differ(left: &Literal, right: &Literal) -> bool {
    match (left, right) {
        (Literal::Text(left), Literal::Text(right)) => left != right && !reads_alike(left, right),
        _ => comparable(left, right) && !equal(left, right),
    }
}

/// A number 1 equals both of '1' and '1.0'.
fn reads_alike(left: &std::sync::Arc<str>, right: &std::sync::Arc<str>) -> bool {
    let (left, right) = (Literal::Text(left.clone()), Literal::Text(right.clone()));
    order(&left, &right) == Some(Ordering::Equal)
}

/// Whether a text literal might be met by values of two types.
fn reads_twice(literal: &Literal) -> bool {
    matches!(literal, Literal::Text(text) if super::ty::reads_as(text) != super::ty::Ty::Text)
}

/// Whether two literals are of one dimension, so that a value meets at most one of them where they differ.
fn comparable(left: &Literal, right: &Literal) -> bool {
    let both = |reads: fn(&Literal) -> bool| reads(left) && reads(right);
    both(|literal| as_number(literal).is_some())
        || both(|literal| as_duration(literal).is_some())
        || both(|literal| matches!(literal, Literal::Bool(_)))
}
