//! Built-ins that only some records have, used where others may come.

use crate::expr::{self, BuiltIn, BuiltInOf, Expr};

/// The first built-in that only a span that closes has, or that counts spans.
pub(crate) fn of_spans(expr: &Expr) -> Option<BuiltIn> {
    first(expr, |of| {
        matches!(of, BuiltInOf::ClosedSpan | BuiltInOf::Gauge)
    })
}

/// The first built-in that only a span has, and only when it closes.
pub(crate) fn at_close(expr: &Expr) -> Option<BuiltIn> {
    first(expr, |of| matches!(of, BuiltInOf::ClosedSpan))
}

/// The first built-in that only an event has.
pub(crate) fn of_events(expr: &Expr) -> Option<BuiltIn> {
    first(expr, |of| matches!(of, BuiltInOf::Event))
}

/// The first built-in that speaks of the `within` span.
pub(crate) fn of_within(expr: &Expr) -> Option<BuiltIn> {
    expr::built_ins(expr)
        .into_iter()
        .find(|built_in| matches!(built_in, BuiltIn::Elapsed | BuiltIn::Span))
}

/// Whether it uses `@open`.
pub(crate) fn uses_open(expr: &Expr) -> bool {
    expr::built_ins(expr).contains(&BuiltIn::Open)
}

fn first(expr: &Expr, holds: impl Fn(BuiltInOf) -> bool) -> Option<BuiltIn> {
    expr::built_ins(expr)
        .into_iter()
        .find(|built_in| holds(built_in.def().of))
}
