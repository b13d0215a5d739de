//! Expressions, one table for each part of the language.
//!
//! A field named `x` is a slot; a literal is folded. Every case is asked both
//! ways, since folding and evaluating must agree.

mod arithmetic;
mod comparisons;
mod logic;
mod transforms;

use crate::testing::evaluated;
use crate::value::Value;

/// `x` is the value; each expression shows what stands beside it.
fn check(x: Value<'_>, cases: &[(&str, &str)]) {
    for (expr, expected) in cases {
        let shown = evaluated(expr, &[("x", x)]);
        assert_eq!(shown, *expected, "{expr} where x is {x:?}");
    }
}

/// The same, with no field `x` at all.
fn check_without(cases: &[(&str, &str)]) {
    for (expr, expected) in cases {
        assert_eq!(evaluated(expr, &[]), *expected, "{expr} without x");
    }
}
