//! A node as the language would write it, for `explain`.

use rheostat_policy::expr::{Expr, ExprKind, Literal, Ref};
use rheostat_policy::place::Place;

use super::node::Node;
use crate::value::{Constant, Num};

impl Node {
    /// What is left, in the language's own spelling.
    pub(crate) fn shown(&self) -> String {
        self.expr().to_string()
    }

    fn expr(&self) -> Expr {
        let boxed = |node: &Self| Box::new(node.expr());
        let all = |nodes: &[Self]| nodes.iter().map(Self::expr).collect();
        let kind = match self {
            Self::Const(constant) => ExprKind::Literal(literal(constant)),
            Self::Load(name, _) => ExprKind::Ref(name.clone()),
            Self::Pipe(of, transform) => ExprKind::Pipe(boxed(of), transform.clone()),
            Self::Hash(of, _) => ExprKind::Pipe(boxed(of), rheostat_policy::expr::Transform::Hash),
            Self::Negate(of) => ExprKind::Negate(boxed(of)),
            Self::Arithmetic(op, left, right) => {
                ExprKind::Arithmetic(*op, boxed(left), boxed(right))
            }
            Self::Compare(op, left, right) => ExprKind::Compare(*op, boxed(left), boxed(right)),
            Self::In(of, list) => ExprKind::In(boxed(of), all(list)),
            Self::Text(test, left, right) => ExprKind::Text(*test, boxed(left), boxed(right)),
            Self::Matches(of, pattern) => ExprKind::Matches(boxed(of), pattern.clone()),
            Self::Has(of) => ExprKind::Has(of.name()),
            Self::Not(of) => ExprKind::Not(boxed(of)),
            // A condition of which one part is left is that part.
            Self::And(parts) | Self::Or(parts) if parts.len() == 1 => return parts[0].expr(),
            Self::And(parts) => ExprKind::And(all(parts)),
            Self::Or(parts) => ExprKind::Or(all(parts)),
            // The table form stands around an expression, never in one.
            Self::Map(of, _) | Self::OrElse(of, _) => return of.expr(),
        };
        Expr {
            kind,
            place: Place::default(),
        }
    }

    fn name(&self) -> Ref {
        match self {
            Self::Load(name, _) => name.clone(),
            _ => Ref::Own("".into()),
        }
    }
}

fn literal(constant: &Constant) -> Literal {
    match constant {
        // Folding leaves no missing value inside an expression.
        Constant::Missing => Literal::Text("".into()),
        Constant::Bool(value) => Literal::Bool(*value),
        Constant::Number(Num::Whole(whole)) => Literal::Integer(*whole),
        Constant::Number(number) => Literal::Float(number.to_f64()),
        Constant::Text(text) => Literal::Text(text.clone()),
        Constant::Duration(nanos) => Literal::Duration(*nanos),
        Constant::Size(bytes) => Literal::Size(*bytes),
    }
}
