//! When the expressions of an action are read, and of which records.

use super::joined::Joined;
use super::keys::Read;
use crate::check::built_ins::uses_open;
use crate::check::reach::{Reached, choices_of, kinds_reached};
use crate::expr::{Expr, ExprKind};
use crate::model::{Action, Arg, Args, TemplatePart};
use crate::place::Place;
use crate::vocabulary::{ActionDef, Selects};

/// The records that an expression may be read of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) events: bool,
    pub(crate) spans: bool,
    /// Whether spans are judged when they close; else only when they open.
    pub(crate) closed: bool,
}

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Decides whether the action acts.
    Condition,
    /// `of` of an action that feeds a metric: it selects spans by itself.
    Measured,
    /// `keep`: judged when the local root closes.
    Keep,
    /// What an action calls the spans that it ships.
    Name,
    /// A label, the key of a limit, an argument.
    Value,
}

/// An expression of an action.
pub(crate) struct Spot {
    pub(crate) expr: Expr,
    pub(crate) role: Role,
}

impl Moment {
    /// What an action gets to see.
    pub(crate) fn of(def: &ActionDef, action: &Action, joined: &Joined, read: &Read<'_>) -> Self {
        let reached: Vec<Reached> = match choices_of(&joined.matches) {
            Some(choices) => choices
                .iter()
                .filter_map(|choice| kinds_reached(choice, action.selects))
                .collect(),
            None => vec![Reached::Both],
        };
        let opens_only = is_at_open(def) || read.args.expr("of").is_some_and(uses_open);
        Self {
            events: reached.iter().any(|one| one.covers(Reached::Events)),
            spans: reached.iter().any(|one| one.covers(Reached::Spans)),
            closed: action.on.close && !opens_only,
        }
    }

    /// The moment at which an expression of that role is read.
    pub(crate) fn of_role(self, role: Role) -> Self {
        Self {
            closed: self.closed || role == Role::Keep,
            ..self
        }
    }
}

/// Whether the action judges a span only when it opens.
pub(crate) fn is_at_open(def: &ActionDef) -> bool {
    def.selects == Selects::Spans && !def.phases
}

/// All expressions that an action reads, but the condition of its rule.
pub(crate) fn spots(def: &ActionDef, read: &Read<'_>, action: &Action) -> Vec<Spot> {
    let mut out: Vec<Spot> = action
        .labels
        .iter()
        .map(|label| (label.value.of.clone(), Role::Value))
        .chain(
            action
                .condition
                .iter()
                .map(|c| (c.clone(), Role::Condition)),
        )
        .map(|(expr, role)| Spot { expr, role })
        .collect();
    for (key, arg) in &read.args.0 {
        let role = match *key {
            "where" => continue,
            "of" if def.metric.is_some() => Role::Measured,
            "keep" => Role::Keep,
            _ => Role::Value,
        };
        let place = read
            .entry(key)
            .map_or(action.place, |entry| entry.node.place);
        collect(arg, role, place, &mut out);
    }
    out
}

fn collect(arg: &Arg, role: Role, place: Place, out: &mut Vec<Spot>) {
    match arg {
        Arg::Expr(expr) => out.push(Spot {
            expr: expr.clone(),
            role,
        }),
        Arg::Exprs(exprs) => out.extend(exprs.iter().map(|expr| Spot {
            expr: expr.clone(),
            role,
        })),
        Arg::Template(template) => {
            for part in &template.0 {
                if let TemplatePart::Hole(hole) = part {
                    out.push(Spot {
                        expr: Expr {
                            kind: ExprKind::Ref(hole.clone()),
                            place,
                        },
                        role: Role::Name,
                    });
                }
            }
        }
        Arg::Table(Args(table)) => {
            for arg in table.values() {
                collect(arg, role, place, out);
            }
        }
        Arg::List(list) => {
            for arg in list {
                collect(arg, role, place, out);
            }
        }
        Arg::Named(named) => {
            for (_, arg) in named {
                collect(arg, role, place, out);
            }
        }
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
