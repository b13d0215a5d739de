//! What a rule's expressions read, whatever the callsite.

use std::sync::Arc;

use rheostat_policy::expr::{BuiltIn, Expr, ExprKind, Ref};
use rheostat_policy::model::{Action, Arg, Args, Rule, TemplatePart};

/// Every ref of a rule, in the order of its text, repeated ones included.
pub(crate) fn refs_of_rule(rule: &Rule) -> Vec<&Ref> {
    let mut refs = Vec::new();
    if let Some(condition) = &rule.condition {
        in_expr(condition, &mut refs);
    }
    for action in &rule.actions {
        in_action(action, &mut refs);
    }
    refs
}

fn in_action<'p>(action: &'p Action, refs: &mut Vec<&'p Ref>) {
    let limits = &action.limits;
    let by = [
        limits.sample.as_ref().map(|sample| &sample.by),
        limits.every.as_ref().map(|every| &every.by),
        limits.rate.as_ref().map(|rate| &rate.by),
    ];
    for expr in by.into_iter().flatten().flatten().chain(&action.condition) {
        in_expr(expr, refs);
    }
    for label in &action.labels {
        in_expr(&label.value.of, refs);
    }
    in_args(&action.args, refs);
}

fn in_args<'p>(args: &'p Args, refs: &mut Vec<&'p Ref>) {
    args.values().for_each(|arg| in_arg(arg, refs));
}

fn in_arg<'p>(arg: &'p Arg, refs: &mut Vec<&'p Ref>) {
    match arg {
        Arg::Expr(expr) => in_expr(expr, refs),
        Arg::Exprs(exprs) => exprs.iter().for_each(|expr| in_expr(expr, refs)),
        Arg::Template(template) => {
            for part in &template.0 {
                match part {
                    TemplatePart::Hole(hole) => refs.push(hole),
                    TemplatePart::Text(_) => {}
                }
            }
        }
        Arg::Table(args) => in_args(args, refs),
        Arg::List(list) => list.iter().for_each(|arg| in_arg(arg, refs)),
        Arg::Named(named) => named.iter().for_each(|(_, arg)| in_arg(arg, refs)),
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

fn in_expr<'p>(expr: &'p Expr, refs: &mut Vec<&'p Ref>) {
    match &expr.kind {
        ExprKind::Literal(_) => {}
        ExprKind::Ref(name) | ExprKind::Has(name) => refs.push(name),
        ExprKind::Pipe(of, _)
        | ExprKind::Negate(of)
        | ExprKind::Matches(of, _)
        | ExprKind::Not(of) => in_expr(of, refs),
        ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::Text(_, left, right) => {
            in_expr(left, refs);
            in_expr(right, refs);
        }
        ExprKind::In(of, list) => {
            in_expr(of, refs);
            list.iter().for_each(|item| in_expr(item, refs));
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter().for_each(|part| in_expr(part, refs));
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
