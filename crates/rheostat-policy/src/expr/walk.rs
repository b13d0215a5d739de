//! Walks over a tree: what it reads, and where it stands.

use std::sync::Arc;

use super::{BuiltIn, Expr, ExprKind, Ref};
use crate::place::Place;

/// Calls `see` with an expression and everything in it, the outer ones first.
pub fn visit<'e>(expr: &'e Expr, see: &mut dyn FnMut(&'e Expr)) {
    see(expr);
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Ref(_) | ExprKind::Has(_) => {}
        ExprKind::Pipe(of, _)
        | ExprKind::Negate(of)
        | ExprKind::Matches(of, _)
        | ExprKind::Not(of) => visit(of, see),
        ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::Text(_, left, right) => {
            visit(left, see);
            visit(right, see);
        }
        ExprKind::In(of, values) => {
            visit(of, see);
            values.iter().for_each(|value| visit(value, see));
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter().for_each(|part| visit(part, see));
        }
    }
}

/// Every field and built-in that an expression reads, in the order of the text, each once.
pub fn refs(expr: &Expr) -> Vec<&Ref> {
    let mut found: Vec<&Ref> = Vec::new();
    visit(expr, &mut |expr| {
        if let ExprKind::Ref(reference) | ExprKind::Has(reference) = &expr.kind
            && !found.contains(&reference)
        {
            found.push(reference);
        }
    });
    found
}

/// The bare names among them: those that may come from an enclosing span.
pub fn bare_names(expr: &Expr) -> Vec<&Arc<str>> {
    refs(expr)
        .into_iter()
        .filter_map(|reference| match reference {
            Ref::Name(name) => Some(name),
            Ref::Own(_) | Ref::OfSpan { .. } | Ref::BuiltIn(_) | Ref::Since(_) => None,
        })
        .collect()
}

/// The built-ins among them.
pub fn built_ins(expr: &Expr) -> Vec<BuiltIn> {
    refs(expr)
        .into_iter()
        .filter_map(|reference| match reference {
            Ref::BuiltIn(built_in) => Some(*built_in),
            Ref::Name(_) | Ref::Own(_) | Ref::OfSpan { .. } | Ref::Since(_) => None,
        })
        .collect()
}

/// Moves every place, as when the text turns out to stand somewhere in a file.
pub fn move_places(expr: &mut Expr, to: &dyn Fn(Place) -> Place) {
    expr.place = to(expr.place);
    match &mut expr.kind {
        ExprKind::Literal(_) | ExprKind::Ref(_) | ExprKind::Has(_) => {}
        ExprKind::Pipe(of, _)
        | ExprKind::Negate(of)
        | ExprKind::Matches(of, _)
        | ExprKind::Not(of) => move_places(of, to),
        ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::Text(_, left, right) => {
            move_places(left, to);
            move_places(right, to);
        }
        ExprKind::In(of, values) => {
            move_places(of, to);
            values.iter_mut().for_each(|value| move_places(value, to));
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter_mut().for_each(|part| move_places(part, to));
        }
    }
}
