//! What a rule's expressions read, whatever the callsite.

use std::sync::Arc;

use rheostat_policy::expr::{BuiltIn, Expr, ExprKind, Ref};
use rheostat_policy::model::{Action, Arg, Args, Rule, TemplatePart};
use rheostat_policy::place::Place;

/// Every ref of a rule, in the order of its text, repeated ones included.
pub(crate) fn refs_of_rule(rule: &Rule) -> Vec<&Ref> {
    let mut refs = Vec::new();
    in_rule(rule, &mut |name, _| refs.push(name));
    refs
}

/// Where a rule first reads a bare name.
pub(crate) fn place_of(rule: &Rule, name: &str) -> Option<Place> {
    let mut place = None;
    in_rule(rule, &mut |found, at| {
        if matches!(found, Ref::Name(found) if **found == *name) {
            place = place.or(at);
        }
    });
    place
}

/// Called with each ref and its place; a hole of a template has none.
type Visit<'v, 'p> = &'v mut dyn FnMut(&'p Ref, Option<Place>);

fn in_rule<'p>(rule: &'p Rule, visit: Visit<'_, 'p>) {
    if let Some(condition) = &rule.condition {
        in_expr(condition, visit);
    }
    for action in &rule.actions {
        in_action(action, visit);
    }
}

fn in_action<'p>(action: &'p Action, visit: Visit<'_, 'p>) {
    let limits = &action.limits;
    let by = [
        limits.sample.as_ref().map(|sample| &sample.by),
        limits.every.as_ref().map(|every| &every.by),
        limits.rate.as_ref().map(|rate| &rate.by),
    ];
    for expr in by.into_iter().flatten().flatten().chain(&action.condition) {
        in_expr(expr, visit);
    }
    for label in &action.labels {
        in_expr(&label.value.of, visit);
    }
    in_args(&action.args, visit);
}

fn in_args<'p>(args: &'p Args, visit: Visit<'_, 'p>) {
    args.values().for_each(|arg| in_arg(arg, visit));
}

fn in_arg<'p>(arg: &'p Arg, visit: Visit<'_, 'p>) {
    match arg {
        Arg::Expr(expr) => in_expr(expr, visit),
        Arg::Exprs(exprs) => exprs.iter().for_each(|expr| in_expr(expr, visit)),
        Arg::Template(template) => {
            for part in &template.0 {
                match part {
                    TemplatePart::Hole(hole) => visit(hole, None),
                    TemplatePart::Text(_) => {}
                }
            }
        }
        Arg::Table(args) => in_args(args, visit),
        Arg::List(list) => list.iter().for_each(|arg| in_arg(arg, visit)),
        Arg::Named(named) => named.iter().for_each(|(_, arg)| in_arg(arg, visit)),
        Arg::Bool(_)
        | Arg::Text(_)
        | Arg::Integer(_)
        | Arg::Float(_)
        | Arg::Duration(_)
        | Arg::Size(_)
        | Arg::Level(_)
        | Arg::Globs(_)
        | Arg::Map(_)
        | Arg::Secret(_) => {}
    }
}

fn in_expr<'p>(expr: &'p Expr, visit: Visit<'_, 'p>) {
    match &expr.kind {
        ExprKind::Literal(_) => {}
        ExprKind::Ref(name) | ExprKind::Has(name) => visit(name, Some(expr.place)),
        ExprKind::Pipe(of, _)
        | ExprKind::Negate(of)
        | ExprKind::Matches(of, _)
        | ExprKind::Not(of) => in_expr(of, visit),
        ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::Text(_, left, right) => {
            in_expr(left, visit);
            in_expr(right, visit);
        }
        ExprKind::In(of, list) => {
            in_expr(of, visit);
            list.iter().for_each(|item| in_expr(item, visit));
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter().for_each(|part| in_expr(part, visit));
        }
    }
}

/// The names among refs that may reach out to enclosing spans, each once.
pub(crate) fn bare_names(refs: &[&Ref]) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    for name in refs {
        match name {
            Ref::Name(name) if &**name != "message" && !names.contains(name) => {
                names.push(name.clone());
            }
            Ref::Name(_) | Ref::Own(_) | Ref::OfSpan { .. } | Ref::BuiltIn(_) | Ref::Since(_) => {}
        }
    }
    names
}

/// Whether a built-in is among refs.
pub(crate) fn reads(refs: &[&Ref], built_in: BuiltIn) -> bool {
    refs.iter().any(|name| **name == Ref::BuiltIn(built_in))
}
