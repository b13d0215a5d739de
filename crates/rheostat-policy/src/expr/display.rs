//! Trees back to text: canonical, and read back as the same tree.

use std::fmt::{Display, Formatter, Result, Write as _};

use super::primary::{name_text, text_literal};
use super::{Arithmetic, BuiltIn, Comparison, Expr, ExprKind, Literal, Ref, TextTest, Transform};
use crate::literal::{format_nanos, format_size};

/// How tightly an expression binds; the number only orders them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Sign,
    Pipe,
    Value,
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.kind {
            ExprKind::Literal(literal) => literal.fmt(f),
            ExprKind::Ref(reference) => reference.fmt(f),
            ExprKind::Pipe(of, transform) => {
                within(of, Binding::Pipe, f)?;
                write!(f, " | {transform}")
            }
            ExprKind::Negate(of) => {
                f.write_char('-')?;
                within(of, Binding::Sign, f)
            }
            ExprKind::Arithmetic(op, left, right) => {
                let own = binding(self);
                within(left, own, f)?;
                write!(f, " {op} ")?;
                let tighter = if own == Binding::Sum {
                    Binding::Product
                } else {
                    Binding::Sign
                };
                within(right, tighter, f)
            }
            ExprKind::Compare(op, left, right) => two(left, op, right, f),
            ExprKind::Text(test, left, right) => two(left, test, right, f),
            ExprKind::Matches(of, pattern) => {
                within(of, Binding::Sum, f)?;
                write!(f, " matches {}", text_literal(pattern.0.as_str()))
            }
            ExprKind::In(of, values) => {
                within(of, Binding::Sum, f)?;
                f.write_str(" in [")?;
                list(values.iter(), f)?;
                f.write_char(']')
            }
            ExprKind::Has(reference) => write!(f, "has({reference})"),
            ExprKind::Not(of) => {
                f.write_str("not ")?;
                within(of, Binding::Not, f)
            }
            ExprKind::And(parts) => joined(parts, " and ", Binding::Not, f),
            ExprKind::Or(parts) => joined(parts, " or ", Binding::And, f),
        }
    }
}

fn two(left: &Expr, op: &dyn Display, right: &Expr, f: &mut Formatter<'_>) -> Result {
    within(left, Binding::Sum, f)?;
    write!(f, " {op} ")?;
    within(right, Binding::Sum, f)
}

fn joined(parts: &[Expr], word: &str, at_least: Binding, f: &mut Formatter<'_>) -> Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        within(part, at_least, f)?;
    }
    Ok(())
}

/// Writes a part, in parentheses where it binds weaker than its place demands.
fn within(expr: &Expr, at_least: Binding, f: &mut Formatter<'_>) -> Result {
    if binding(expr) < at_least {
        write!(f, "({expr})")
    } else {
        expr.fmt(f)
    }
}

fn list<'d, D: Display + 'd>(items: impl Iterator<Item = D>, f: &mut Formatter<'_>) -> Result {
    for (at, item) in items.enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

fn binding(expr: &Expr) -> Binding {
    match &expr.kind {
        ExprKind::Or(_) => Binding::Or,
        ExprKind::And(_) => Binding::And,
        ExprKind::Not(_) => Binding::Not,
        ExprKind::Compare(..) | ExprKind::In(..) | ExprKind::Text(..) | ExprKind::Matches(..) => {
            Binding::Comparison
        }
        ExprKind::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..) => Binding::Sum,
        ExprKind::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide, ..) => Binding::Product,
        ExprKind::Negate(_) => Binding::Sign,
        ExprKind::Pipe(..) => Binding::Pipe,
        ExprKind::Literal(literal) if is_negative(literal) => Binding::Sign,
        ExprKind::Literal(_) | ExprKind::Ref(_) | ExprKind::Has(_) => Binding::Value,
    }
}

fn is_negative(literal: &Literal) -> bool {
    match literal {
        Literal::Integer(integer) | Literal::Duration(integer) => *integer < 0,
        Literal::Float(float) => float.is_sign_negative(),
        Literal::Bool(_) | Literal::Text(_) | Literal::Size(_) => false,
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            // The debug form keeps the point or exponent that makes it a float.
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(text) => f.write_str(&text_literal(text)),
            Self::Duration(nanos) => f.write_str(&format_nanos(*nanos)),
            Self::Size(bytes) => f.write_str(&format_size(*bytes)),
        }
    }
}

impl Display for Ref {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Name(name) => f.write_str(&name_text(name)),
            Self::Own(name) => write!(f, ".{}", after_dot(name)),
            Self::OfSpan { span, name } => {
                write!(f, "span({}).{}", text_literal(span), after_dot(name))
            }
            Self::BuiltIn(built_in) => built_in.fmt(f),
            Self::Since(name) => write!(f, "@since.{}", after_dot(name)),
        }
    }
}

fn after_dot(name: &str) -> String {
    name_text(name)
}

impl Display for BuiltIn {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "@{}", self.name())
    }
}

impl Display for Transform {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Lower => f.write_str("lower"),
            Self::Upper => f.write_str("upper"),
            Self::Trim => f.write_str("trim"),
            Self::Unquote => f.write_str("unquote"),
            Self::Truncate(count) => write!(f, "truncate({count})"),
            Self::Before(text) => write!(f, "before({})", text_literal(text)),
            Self::After(text) => write!(f, "after({})", text_literal(text)),
            Self::Last(text) => write!(f, "last({})", text_literal(text)),
            Self::Capture(pattern) => write!(f, "capture({})", text_literal(pattern.0.as_str())),
            Self::Replace(pattern, text) => write!(
                f,
                "replace({}, {})",
                text_literal(pattern.0.as_str()),
                text_literal(text)
            ),
            Self::Number => f.write_str("number"),
            Self::Duration => f.write_str("duration"),
            Self::Size => f.write_str("size"),
            Self::Class => f.write_str("class"),
            Self::Hash => f.write_str("hash"),
            Self::Default(literal) => write!(f, "default({literal})"),
            Self::Unwrap => f.write_str("unwrap"),
        }
    }
}

impl Arithmetic {
    /// Its symbol.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

impl Comparison {
    /// Its symbol.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl TextTest {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
        }
    }
}

impl Display for Arithmetic {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.as_str())
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.as_str())
    }
}

impl Display for TextTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.as_str())
    }
}
