//! Expressions that stand in strings, and what else can be a value.

use super::Reader;
use crate::expr::{self, Expr, ExprKind, Literal, Reading};
use crate::toml::{Node, Value};

impl Reader<'_> {
    /// A value of the language: an expression in a string, or a bare number or bool.
    pub(crate) fn value(&mut self, node: &Node) -> Option<Expr> {
        let literal = match &node.value {
            Value::Integer(number) => Literal::Integer(i128::from(*number)),
            Value::Float(number) if number.is_finite() => Literal::Float(*number),
            Value::Float(_) => {
                self.float(node);
                return None;
            }
            Value::Bool(value) => Literal::Bool(*value),
            Value::Text(_) => return self.expression(node),
            _ => {
                self.wrong_type(node, "a value such as `\"status | class\"` or `1`");
                return None;
            }
        };
        Some(Expr {
            kind: ExprKind::Literal(literal),
            place: node.place,
        })
    }

    /// A condition of the language.
    pub(crate) fn condition(&mut self, node: &Node) -> Option<Expr> {
        let reading = expr::read_condition(node.as_text()?, self.env);
        self.reading(node, reading)
    }

    fn expression(&mut self, node: &Node) -> Option<Expr> {
        let reading = expr::read(node.as_text()?, self.env);
        self.reading(node, reading)
    }

    fn reading(&mut self, node: &Node, reading: Reading) -> Option<Expr> {
        self.problems(node, reading.problems);
        let mut expr = reading.expr?;
        expr::move_places(&mut expr, &|place| self.inner_place(node, place));
        Some(expr)
    }

    /// A list of values.
    pub(crate) fn values(&mut self, node: &Node) -> Option<Vec<Expr>> {
        let mut out = Vec::new();
        let mut fine = true;
        for element in node.one_or_many() {
            match self.value(element) {
                Some(expr) => out.push(expr),
                None => fine = false,
            }
        }
        fine.then_some(out)
    }
}
